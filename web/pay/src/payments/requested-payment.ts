// What a code orders, or the address of a payment asks for, read: apart from what only leads there, which every screen
// has.
import { orderOf, type OrderRefusal, type PaymentOrder } from '@bahi/contracts/codes/payment-order.ts'
import { codeText } from '@bahi/contracts/codes/code-text.ts'
import { readCode } from '@bahi/contracts/codes/read-code.ts'
import { signatureIn } from '@bahi/contracts/codes/signed-link.ts'
import { readParameters } from '@bahi/contracts/codes/upi-link.ts'
import { normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import {
  defaultInitiation,
  isDefaultInitiation,
  mandateCodes,
  type InitiationInput,
} from '@bahi/contracts/initiation.ts'
import { claimKinds, payPath, type Claim, type RequestedPayment } from './pay-path.ts'

const uuid = /^[0-9a-f-]{36}$/

/** How the payment of a claim begins: that of a debit by UPI's mode and purpose of a mandate. */
const beginningOf = (claim: Claim): InitiationInput =>
  claim.kind === 'mandate' ? { ...mandateCodes, origin: claim } : { origin: claim }

/** Where what a code orders is paid. @param text of the code, as it was scanned or pasted */
export function orderPath(order: PaymentOrder, text: string, isPicture = false): string {
  const code = codeText(text)
  const isKept = order.expiresAt !== undefined || signatureIn(code) !== undefined
  const initiation = isPicture ? fromPicture(order.initiation) : order.initiation
  return payPath({ ...order, initiation, isFixed: hasFixedAmount(order), ...(isKept ? { code } : {}) })
}

/** Of a code that nobody held before the camera: the services have limits of their own for it. */
const fromPicture = (initiation: InitiationInput): InitiationInput =>
  initiation.origin?.kind === 'qr' ? { ...initiation, origin: { kind: 'picture' } } : initiation

const hasFixedAmount = (order: PaymentOrder) =>
  order.amountPaise !== undefined && order.minPaise === undefined

/** What the query of such an address asks for; a reason when it asks for something that can't be held. */
export function parseRequestedPayment(vpa: string, search: string): RequestedPayment | OrderRefusal {
  const query = search.replace(/^\?/, '')
  const code = new URLSearchParams(query).get('code')
  if (code !== null) return parseCode(vpa, code, query)
  const given = readParameters(query)
  const order = typeof given === 'string' ? given : orderOf({ ...given, pa: vpa }, '00')
  if (typeof order === 'string') return order
  const { vpa: _vpa, initiation, ...asked } = order
  const own = new URLSearchParams(query)
  const claimed = claimKinds
    .map((kind) => ({ kind, id: own.get(kind) ?? '' }))
    .find(({ id }) => uuid.test(id))
  const paymentId = own.get('payment') ?? ''
  const scanned = own.get('picture') === '1' ? fromPicture(initiation) : initiation
  const began: InitiationInput = claimed ? beginningOf(claimed) : scanned
  return {
    ...asked,
    ...chosenIn(own),
    ...(uuid.test(paymentId) ? { paymentId } : {}),
    ...(order.amountPaise !== undefined && own.get('fixed') === '1' ? { isFixed: true } : {}),
    ...(isDefaultInitiation({ ...defaultInitiation, ...began }) ? {} : { initiation: began }),
  }
}

/** What the payer chose beside it. */
function chosenIn(own: URLSearchParams): Pick<RequestedPayment, 'from' | 'isChoosing'> {
  const from = normaliseVpa(own.get('from') ?? '')
  return {
    ...(splitVpa(from) ? { from } : {}),
    ...(own.get('choose') === 'account' ? { isChoosing: true } : {}),
  }
}

function parseCode(vpa: string, code: string, query: string): RequestedPayment | OrderRefusal {
  const reading = readCode(code)
  if (reading.kind !== 'pay') return reading.kind === 'refused' ? reading.reason : 'kind'
  const { vpa: payee, expiresAt: _, ...order } = reading.order
  if (payee !== vpa) return 'address'
  const isFixed = hasFixedAmount(reading.order) ? { isFixed: true } : {}
  const own = new URLSearchParams(query)
  const initiation = own.get('picture') === '1' ? fromPicture(order.initiation) : order.initiation
  return { ...order, initiation, ...isFixed, code, ...chosenIn(own) }
}
