// The address at which a payment is prepared: the payee, and what a code or an earlier payment says of it, in the
// parameters of a UPI link.
import { linkParameters, writeParameters, type LinkContent } from '@bahi/contracts/codes/upi-link.ts'
import type { InitiationInput } from '@bahi/contracts/initiation.ts'

/** What an address asks for beside the payee. */
export type RequestedPayment = {
  amountPaise?: number
  /** The least that the payee takes. */
  minPaise?: number
  /** The amount is not the payer's to change. */
  isFixed?: boolean
  note?: string
  initiation?: InitiationInput
  /** The code itself, when it is signed or expires: all that it says is read from it, and the services see it too. */
  code?: string
  /** The payer's UPI ID that is tried again. */
  from?: string
  /** Another account of the payer is to be chosen. */
  isChoosing?: boolean
  /** The id that the payment is to have. */
  paymentId?: string
}

export const claimKinds = ['request', 'schedule', 'mandate'] as const
export type Claim = { kind: (typeof claimKinds)[number]; id: string }

/** The payment request, the schedule or the debit of a mandate that is paid; undefined: none. */
export function claimOf({ initiation }: Pick<RequestedPayment, 'initiation'>): Claim | undefined {
  const { kind: given, id } = initiation?.origin ?? {}
  const kind = claimKinds.find((one) => one === given)
  return kind !== undefined && id !== undefined ? { kind, id } : undefined
}

/** `/pay/asha%40bahi?am=250.00&tr=ORD-17&fixed=1` */
export function payPath(asked: { vpa: string } & RequestedPayment): string {
  const { isFixed, from, isChoosing, paymentId, initiation, code, ...order } = asked
  const picture = initiation?.origin?.kind === 'picture' ? { picture: '1' } : {}
  if (code !== undefined) {
    const query = writeParameters({ code, from, ...picture, ...(isChoosing ? { choose: 'account' } : {}) })
    return `/pay/${encodeURIComponent(asked.vpa)}?${query}`
  }
  const claim = claimOf(asked)
  // A link has no parameter for a claim, and a claim nothing else to say of how its payment begins.
  const said = initiation === undefined || claim !== undefined ? {} : { initiation }
  const { pa, ...rest } = linkParameters({ ...order, ...said } satisfies LinkContent)
  const query = writeParameters({
    ...rest,
    ...(isFixed ? { fixed: '1' } : {}),
    ...picture,
    ...(claim === undefined ? {} : { [claim.kind]: claim.id }),
    ...(paymentId === undefined ? {} : { payment: paymentId }),
    ...(from === undefined ? {} : { from }),
    ...(isChoosing ? { choose: 'account' } : {}),
  })
  return `/pay/${encodeURIComponent(pa)}${query === '' ? '' : `?${query}`}`
}
