// What payment asks of account, the payer's bank, about mandates: to authorise and change them. Their debits are
// transfers with a mandate as authorisation.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { CompactJwe, Uuid, UuidV7, Vpa } from './formats.ts'
import { MandateTerms } from './mandate-rules.ts'
import { IstDate } from './recurrence.ts'

const strict = { additionalProperties: false } as const

/** The mandate as its bank keeps it, with what its PIN block is bound to. */
const Registration = Type.Object(
  {
    type: Type.Literal('create'),
    mandateId: UuidV7,
    userId: Uuid,
    payeeVpa: Vpa,
    /** With `terms.blockFunds`: whose account the money is reserved for, and the id of the hold. */
    block: Type.Optional(Type.Object({ payeeAccountId: Uuid, holdId: UuidV7 }, strict)),
    terms: MandateTerms,
  },
  strict,
)

export const BankOperation = Type.Union([
  Registration,
  Type.Object(
    { type: Type.Literal('update'), amountPaise: MandateTerms.properties.amountPaise, validTo: IstDate },
    strict,
  ),
  Type.Object({ type: Type.Literal('pause'), from: IstDate, until: IstDate }, strict),
  Type.Object({ type: Type.Literal('unpause') }, strict),
  /** From now on it debits this account of the same person, which the PIN is of. */
  Type.Object({ type: Type.Literal('port'), accountId: Uuid }, strict),
  /** Another app kept it under `fromUmn`; from now on this one does, and debits by the other number are declined. */
  Type.Object(
    {
      ...{ type: Type.Literal('take'), fromUmn: Vpa, mandateId: Uuid, userId: Uuid, payeeVpa: Vpa },
      terms: MandateTerms,
    },
    strict,
  ),
  /** Another app keeps it from now on, under this number, and debits by ours are declined. */
  Type.Object({ type: Type.Literal('release'), toUmn: Vpa }, strict),
  Type.Object({ type: Type.Literal('revoke'), by: Type.Optional(Type.Enum(['payer', 'payee'])) }, strict),
])
export type BankOperation = Static<typeof BankOperation>

/** UPI code `00`: done. Final for this number: repeating it gives the same answer. */
const Outcome = Type.Object({
  code: Type.String({ minLength: 2, maxLength: 3 }),
  triesLeft: Type.Optional(Type.Integer()),
})
/** `accountId`: the payer's account, as it is before the operation. */
const operation = { umn: Vpa, nth: Type.Integer({ minimum: 1 }), accountId: Uuid }

/**
 * The `nth` operation on a mandate. To create, to raise, to unpause, to port, to take and to release need the PIN.
 * Idempotent by mandate and number.
 */
export const operateMandate = {
  service: 'account',
  method: 'POST',
  url: '/internal/account/mandates',
  access: { services: ['payment'] },
  summary: 'Authorise a mandate or change it',
  schema: {
    body: Type.Object({ ...operation, operation: BankOperation, pin: Type.Optional(CompactJwe) }, strict),
    response: { 200: Outcome },
  },
} as const satisfies Contract

/** What became of an operation. One that was never done gets a tombstone: `XB` from then on. */
export const resolveMandateOperation = {
  service: 'account',
  method: 'POST',
  url: '/internal/account/mandates/resolve',
  access: { services: ['payment'] },
  summary: 'What became of an operation on a mandate; one that was never done is declined from now on',
  schema: {
    body: Type.Object(operation, strict),
    response: { 200: Outcome },
  },
} as const satisfies Contract
