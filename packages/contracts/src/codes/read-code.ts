// Reads the text of a scanned code: a payment order, or why it is none. The name in a code proves nothing: not read.
import { splitVpa } from '../formats.ts'
import type { InitiationMode } from '../initiation.ts'
import { readEmvCode } from './emv-code.ts'
import { orderOf, type OrderParameters, type OrderRefusal, type PaymentOrder } from './payment-order.ts'
import { readParameters, splitUpiLink } from './upi-link.ts'

export type CodeReading =
  | { kind: 'pay'; order: PaymentOrder }
  /** It means to be a payment and can't be one. */
  | { kind: 'refused'; reason: OrderRefusal }
  | { kind: 'mandate' }
  /** Another upi:// address: a request to collect, something new. */
  | { kind: 'other-upi' }
  | { kind: 'web'; host: string }
  | { kind: 'no-payment' }

const maxLength = 2_048
/** Blanks and what does not show: it stands around what was copied. */
const around = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]+|[\s\p{Cf}\p{Default_Ignorable_Code_Point}]+$/gu
/** Modes of a code that does not name one: a QR code's, and that of BharatQR. */
const plainQr: InitiationMode = '01'
const bharatQr: InitiationMode = '03'

/** @param nowMs by it a code has expired */
export function readCode(scanned: string, nowMs = Date.now()): CodeReading {
  const reading = readingOf(scanned)
  const expiresAt = reading.kind === 'pay' ? reading.order.expiresAt : undefined
  if (expiresAt !== undefined && Date.parse(expiresAt) <= nowMs) return { kind: 'refused', reason: 'expired' }
  return reading
}

function readingOf(scanned: string): CodeReading {
  const text = scanned.replaceAll(around, '')
  if (text === '' || text.length > maxLength) return { kind: 'no-payment' }
  if (/^0002\d\d/.test(text)) return orderIn(readEmvCode(text), bharatQr)
  const link = splitUpiLink(text)
  if (link?.action === 'pay') return orderIn(readParameters(link.query), plainQr)
  if (link) return { kind: link.action === 'mandate' ? 'mandate' : 'other-upi' }
  const host = webHostIn(text)
  if (host !== undefined) return { kind: 'web', host }
  // Nothing but a UPI ID; a dot behind the @ makes it an e-mail address.
  if (splitVpa(text)?.handle.includes('.') === false) return orderIn({ pa: text }, plainQr)
  return { kind: 'no-payment' }
}

function orderIn(given: OrderParameters | OrderRefusal, usualMode: InitiationMode): CodeReading {
  const order = typeof given === 'string' ? given : orderOf(given, usualMode)
  return typeof order === 'string' ? { kind: 'refused', reason: order } : { kind: 'pay', order }
}

function webHostIn(text: string): string | undefined {
  if (!/^https?:/i.test(text)) return undefined
  try {
    return new URL(text).host
  } catch {
    return undefined
  }
}
