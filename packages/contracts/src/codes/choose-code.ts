// Of the codes in one picture the one that is meant: the payment, or the mandate, whatever stands beside it.
import { isSameTerms } from '../mandate-rules.ts'
import type { PaymentOrder } from './payment-order.ts'
import { readCode, type CodeReading } from './read-code.ts'

/** What was chosen, and its text. `several`: orders that differ, between which only the payer can choose. */
export type ChosenCode = { reading: CodeReading | { kind: 'several' }; text: string }

/** What is said of codes when none of them can be paid: the one that comes nearest to a payment. */
const nearest = ['refused', 'other-upi', 'web', 'no-payment'] as const

/** Whether it can be paid, or agreed to. */
export const isOrder = (text: string) => ['pay', 'mandate'].includes(readCode(text).kind)

/** @param nowMs by it codes have expired */
export function chooseCode(texts: string[], nowMs = Date.now()): ChosenCode {
  const all = texts.map((text) => ({ text, reading: readCode(text, nowMs) }))
  for (const kind of ['pay', 'mandate'] as const) {
    const orders = all.filter(({ reading }) => reading.kind === kind)
    const [first] = orders
    if (!first) continue
    const isOne = orders.every(({ reading }) => isSame(reading, first.reading))
    return isOne ? first : { text: first.text, reading: { kind: 'several' } }
  }
  const found = nearest.flatMap((kind) => all.filter(({ reading }) => reading.kind === kind))
  return found[0] ?? { text: '', reading: { kind: 'no-payment' } }
}

/** A shop shows the same as a link and as a merchant code: how it begins may differ, the money may not. */
function isSame(one: CodeReading, other: CodeReading): boolean {
  if (one.kind === 'mandate' && other.kind === 'mandate')
    return hasSamePayee(one.order, other.order) && isSameTerms(one.order.terms, other.order.terms)
  if (one.kind !== 'pay' || other.kind !== 'pay') return false
  const [a, b] = [one.order, other.order]
  return hasSamePayee(a, b) && a.amountPaise === b.amountPaise && a.minPaise === b.minPaise
}

type Payee = Pick<PaymentOrder, 'vpa'> & { initiation: Pick<PaymentOrder['initiation'], 'reference'> }
const hasSamePayee = (one: Payee, other: Payee): boolean =>
  one.vpa === other.vpa && one.initiation.reference === other.initiation.reference
