// The address at which a payment is prepared: the payee, and what a code or an earlier payment says of it, in the
// parameters of a UPI link.
import { orderOf, type OrderRefusal, type PaymentOrder } from '@bahi/contracts/codes/payment-order.ts'
import {
  linkParameters,
  readParameters,
  writeParameters,
  type LinkContent,
} from '@bahi/contracts/codes/upi-link.ts'
import { normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import { defaultInitiation, isDefaultInitiation, type InitiationInput } from '@bahi/contracts/initiation.ts'

/** What an address asks for beside the payee. */
export type RequestedPayment = {
  amountPaise?: number
  /** The least that the payee takes. */
  minPaise?: number
  /** The amount is not the payer's to change. */
  isFixed?: boolean
  note?: string
  initiation?: InitiationInput
  /** The payer's UPI ID that is tried again. */
  from?: string
  /** Another account of the payer is to be chosen. */
  isChoosing?: boolean
}

const uuid = /^[0-9a-f-]{36}$/

/** The payment request that is paid; undefined: none. */
export const requestIdOf = ({ initiation }: Pick<RequestedPayment, 'initiation'>): string | undefined =>
  initiation?.origin?.kind === 'request' ? initiation.origin.id : undefined

/** `/pay/asha%40bahi?am=250.00&tr=ORD-17&fixed=1` */
export function payPath(asked: { vpa: string } & RequestedPayment): string {
  const { isFixed, from, isChoosing, initiation, ...order } = asked
  const requestId = requestIdOf(asked)
  // A link has no parameter for a request, and a request nothing else to say of how its payment begins.
  const said = initiation === undefined || requestId !== undefined ? {} : { initiation }
  const { pa, ...rest } = linkParameters({ ...order, ...said } satisfies LinkContent)
  const query = writeParameters({
    ...rest,
    ...(isFixed ? { fixed: '1' } : {}),
    ...(requestId === undefined ? {} : { request: requestId }),
    ...(from === undefined ? {} : { from }),
    ...(isChoosing ? { choose: 'account' } : {}),
  })
  return `/pay/${encodeURIComponent(pa)}${query === '' ? '' : `?${query}`}`
}

/** Where what a code orders is paid. */
export function orderPath(order: PaymentOrder): string {
  return payPath({ ...order, isFixed: order.amountPaise !== undefined && order.minPaise === undefined })
}

/** What the query of such an address asks for; a reason when it asks for something that can't be held. */
export function parseRequestedPayment(vpa: string, search: string): RequestedPayment | OrderRefusal {
  const query = search.replace(/^\?/, '')
  const given = readParameters(query)
  const order = typeof given === 'string' ? given : orderOf({ ...given, pa: vpa }, '00')
  if (typeof order === 'string') return order
  const { vpa: _vpa, initiation, ...asked } = order
  const own = new URLSearchParams(query)
  const from = normaliseVpa(own.get('from') ?? '')
  const requestId = own.get('request') ?? ''
  const began: InitiationInput | undefined = uuid.test(requestId)
    ? { origin: { kind: 'request', id: requestId } }
    : initiation
  return {
    ...asked,
    ...(splitVpa(from) ? { from } : {}),
    ...(own.get('choose') === 'account' ? { isChoosing: true } : {}),
    ...(order.amountPaise !== undefined && own.get('fixed') === '1' ? { isFixed: true } : {}),
    ...(began === undefined || isDefaultInitiation({ ...defaultInitiation, ...began })
      ? {}
      : { initiation: began }),
  }
}
