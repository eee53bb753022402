// The steps of a payment's life, as far as they are known.
import type { PaymentView } from '@bahi/contracts/payment.ts'
import type { TextKey } from '../../language/en.ts'

/** `isBy`: the moment is a deadline, not when it happened. */
export type Step = {
  text: TextKey
  is: 'done' | 'waiting' | 'failed' | 'to-come'
  at?: string
  isBy?: boolean
}

export function timelineSteps({ status, direction, createdAt, completedAt, pending }: PaymentView): Step[] {
  const begun: Step = { text: 'timeline.begun', is: 'done', at: createdAt }
  const ended = completedAt === undefined ? {} : { at: completedAt }
  if (status === 'failed') return [begun, { text: 'timeline.failed', is: 'failed', ...ended }]
  if (status === 'settled') {
    const text = direction === 'debit' ? 'timeline.settled' : 'timeline.received'
    return [begun, { text, is: 'done', ...ended }]
  }
  const by = pending ? { at: pending.returnBy, isBy: true } : {}
  return [
    begun,
    { text: `timeline.${pending?.reason ?? 'in-progress'}`, is: 'waiting' },
    { text: 'timeline.clear', is: 'to-come', ...by },
  ]
}
