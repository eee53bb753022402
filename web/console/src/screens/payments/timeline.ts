// One timeline of a payment: its events, what the ledger did, messages to people, and what staff did about it.
import type { RecordedAct } from '@bahi/contracts/acts.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import type { InspectedPayment } from '@bahi/contracts/look-up.ts'
import type { deliveriesOf } from '@bahi/contracts/notification.ts'

export type Step = {
  key: string
  at: string
  kind: 'event' | 'ledger' | 'message' | 'act'
  what: string
  /** Code or a sentence, as the service has it. */
  more: string
}

type Delivery = Output<typeof deliveriesOf>['deliveries'][number]

/** Oldest first. */
export function timelineOf(payment: InspectedPayment, deliveries: Delivery[], acts: RecordedAct[]): Step[] {
  const steps: Step[] = [
    ...payment.events.map(({ id, at, type, data }) => ({
      ...{ key: id, at, kind: 'event' as const, what: type },
      more: typeof data['code'] === 'string' ? data['code'] : '',
    })),
    ...payment.movements.map(({ id, postedAt, kind, code, entries }) => ({
      ...{ key: id, at: postedAt, kind: 'ledger' as const, what: `${kind} ${code}` },
      more: entries.map(({ of, amountPaise }) => `${of} ${formatRupees(amountPaise)}`).join(', '),
    })),
    ...deliveries.map(({ id, at, channel, template, status, error }) => ({
      ...{ key: id, at, kind: 'message' as const, what: `${channel} ${template}` },
      more: error ? `${status}: ${error}` : status,
    })),
    ...acts.map(({ seq, at, kind, data, actor }) => ({
      ...{ key: String(seq), at, kind: 'act' as const },
      what: typeof data['operation'] === 'string' ? data['operation'] : kind,
      more: actor ?? '',
    })),
  ]
  return steps.sort((a, b) => a.at.localeCompare(b.at))
}
