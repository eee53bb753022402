// The events of mandates of accounts at our bank that other apps keep.
import * as Type from 'typebox'
import { AmountPaise, Rrn, Uuid, Vpa } from './formats.ts'

/** The stream is the account's. `app`: the handle of the other app; `amountPaise`: what one debit may be. */
const MandateOf = {
  ...{ userId: Uuid, accountId: Uuid, mandateId: Uuid, umn: Vpa, app: Type.String() },
  payee: Type.Object({ vpa: Vpa, name: Type.String() }),
  amountPaise: AmountPaise,
}
const DebitOf = { ...MandateOf, sequence: Type.Integer(), debitPaise: AmountPaise, rrn: Rrn }

export const mandateElsewhereEvents = {
  /** By its payer, in the other app. */
  'account.mandate-changed': Type.Object({
    ...MandateOf,
    operation: Type.Enum(['create', 'update', 'pause', 'unpause', 'revoke']),
  }),
  'account.mandate-debited': Type.Object(DebitOf),
  /** The network had it given back. */
  'account.mandate-debit-returned': Type.Object(DebitOf),
} as const
