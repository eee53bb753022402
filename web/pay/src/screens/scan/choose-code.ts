// Of the codes in one picture the one that is meant: the payment, whatever stands beside it.
import type { PaymentOrder } from '@bahi/contracts/codes/payment-order.ts'
import { readCode, type CodeReading } from '@bahi/contracts/codes/read-code.ts'

/** `several`: payments that differ, between which only the payer can choose. */
export type ChosenCode = CodeReading | { kind: 'several' }

/** What is said of codes when none of them can be paid: the one that comes nearest to a payment. */
const nearest = ['refused', 'mandate', 'other-upi', 'web', 'no-payment'] as const

export const isPayment = (text: string) => readCode(text).kind === 'pay'

export function chooseCode(texts: string[]): ChosenCode {
  const readings = texts.map((text) => readCode(text))
  const payments = readings.filter((reading) => reading.kind === 'pay')
  const [first] = payments
  if (first) return payments.every(({ order }) => isSame(order, first.order)) ? first : { kind: 'several' }
  const found = nearest.flatMap((kind) => readings.filter((reading) => reading.kind === kind))
  return found[0] ?? { kind: 'no-payment' }
}

/** A shop shows the same as a link and as a merchant code: how it begins may differ, the money may not. */
function isSame(a: PaymentOrder, b: PaymentOrder): boolean {
  const keyOf = ({ vpa, amountPaise, minPaise, initiation }: PaymentOrder) =>
    JSON.stringify([vpa, amountPaise, minPaise, initiation.reference])
  return keyOf(a) === keyOf(b)
}
