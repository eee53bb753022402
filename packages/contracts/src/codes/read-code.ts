// Reads the text of a scanned code: a payment order, a mandate, or why it is neither. The name in a
// code proves nothing: not read.
import { splitVpa } from '../formats.ts'
import { isSecureMode, type InitiationMode } from '../initiation.ts'
import { codeText, maxCodeLength } from './code-text.ts'
import { readEmvCode } from './emv-code.ts'
import { mandateOrderAt, mandateOrderOf, mandateParameters, type MandateOrder } from './mandate-order.ts'
import { orderOf, type OrderParameters, type OrderRefusal, type PaymentOrder } from './payment-order.ts'
import { signatureIn } from './signed-link.ts'
import { parametersIn, readParameters, splitUpiLink } from './upi-link.ts'

export type CodeReading =
  /** A signature that it has is not verified here: that needs the keys of whoever signed. */
  | { kind: 'pay'; order: PaymentOrder }
  | { kind: 'mandate'; order: MandateOrder }
  /** It means to be a payment or a mandate and can't be one. */
  | { kind: 'refused'; reason: OrderRefusal }
  /** Another upi:// address: a request to collect, something new. */
  | { kind: 'other-upi' }
  | { kind: 'web'; host: string }
  | { kind: 'no-payment' }

/** Modes of a code that does not name one: a QR code's, and that of BharatQR. */
const plainQr: InitiationMode = '01'
const bharatQr: InitiationMode = '03'

/** @param nowMs by it a code has expired, and a mandate has its first day */
export function readCode(scanned: string, nowMs = Date.now()): CodeReading {
  const reading = readUndated(scanned)
  if (reading.kind === 'mandate') return asMandate(mandateOrderAt(reading.order, new Date(nowMs)))
  const expiresAt = reading.kind === 'pay' ? reading.order.expiresAt : undefined
  if (expiresAt !== undefined && Date.parse(expiresAt) <= nowMs) return { kind: 'refused', reason: 'expired' }
  return reading
}

/** What a code says, without a look at the time. */
export function readUndated(scanned: string): CodeReading {
  const text = codeText(scanned)
  if (text === '' || text.length > maxCodeLength) return { kind: 'no-payment' }
  if (/^0002\d\d/.test(text)) return paymentIn(readEmvCode(text), bharatQr)
  const link = splitUpiLink(text)
  if (link?.action === 'pay') return signable(text, paymentIn(readParameters(link.query), plainQr))
  if (link?.action === 'mandate') return signable(text, mandateIn(link.query))
  if (link) return { kind: 'other-upi' }
  const host = webHostIn(text)
  if (host !== undefined) return { kind: 'web', host }
  // Nothing but a UPI ID; a dot behind the @ makes it an e-mail address.
  if (splitVpa(text)?.handle.includes('.') === false) return paymentIn({ pa: text }, plainQr)
  return { kind: 'no-payment' }
}

/** One that says that it is signed must be. */
function signable(text: string, reading: CodeReading): CodeReading {
  if (reading.kind !== 'pay' && reading.kind !== 'mandate') return reading
  const found = signatureIn(text)
  if (found === 'malformed') return { kind: 'refused', reason: 'signature' }
  const isUnsigned = found === undefined && isSecureMode(reading.order.initiation.mode!)
  return isUnsigned ? { kind: 'refused', reason: 'unsigned' } : reading
}

function paymentIn(given: OrderParameters | OrderRefusal, usualMode: InitiationMode): CodeReading {
  const order = typeof given === 'string' ? given : orderOf(given, usualMode)
  return typeof order === 'string' ? { kind: 'refused', reason: order } : { kind: 'pay', order }
}

function mandateIn(query: string): CodeReading {
  const given = parametersIn(query, mandateParameters)
  return asMandate(typeof given === 'string' ? given : mandateOrderOf(given))
}

const asMandate = (order: MandateOrder | OrderRefusal): CodeReading =>
  typeof order === 'string' ? { kind: 'refused', reason: order } : { kind: 'mandate', order }

function webHostIn(text: string): string | undefined {
  if (!/^https?:/i.test(text)) return undefined
  try {
    return new URL(text).host
  } catch {
    return undefined
  }
}
