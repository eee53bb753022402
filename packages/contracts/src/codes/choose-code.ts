// Of the codes in one picture the one that is meant: the payment, whatever stands beside it.
import type { PaymentOrder } from './payment-order.ts'
import { readCode, type CodeReading } from './read-code.ts'

/** What was chosen, and its text. `several`: payments that differ, between which only the payer can choose. */
export type ChosenCode = { reading: CodeReading | { kind: 'several' }; text: string }

/** What is said of codes when none of them can be paid: the one that comes nearest to a payment. */
const nearest = ['refused', 'mandate', 'other-upi', 'web', 'no-payment'] as const

export const isPayment = (text: string) => readCode(text).kind === 'pay'

/** @param nowMs by it codes have expired */
export function chooseCode(texts: string[], nowMs = Date.now()): ChosenCode {
  const all = texts.map((text) => ({ text, reading: readCode(text, nowMs) }))
  const payments = all.flatMap(({ text, reading }) => (reading.kind === 'pay' ? [{ text, reading }] : []))
  const [first] = payments
  if (first) {
    const isOne = payments.every(({ reading }) => isSame(reading.order, first.reading.order))
    return isOne ? first : { text: first.text, reading: { kind: 'several' } }
  }
  const found = nearest.flatMap((kind) => all.filter(({ reading }) => reading.kind === kind))
  return found[0] ?? { text: '', reading: { kind: 'no-payment' } }
}

/** A shop shows the same as a link and as a merchant code: how it begins may differ, the money may not. */
function isSame(a: PaymentOrder, b: PaymentOrder): boolean {
  const keyOf = ({ vpa, amountPaise, minPaise, initiation }: PaymentOrder) =>
    JSON.stringify([vpa, amountPaise, minPaise, initiation.reference])
  return keyOf(a) === keyOf(b)
}
