// One timeline of a payment: its events, what the ledger did, messages to people, and what staff did about it. Each in
// plain words, with the record that they stand for.
import type { RecordedAct } from '@bahi/contracts/acts.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import type { InspectedPayment } from '@bahi/contracts/look-up.ts'
import type { deliveriesOf } from '@bahi/contracts/notification.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import type { Language } from '../../language/language.ts'
import type { TimelineText } from './timeline-texts.ts'

export type Step = {
  key: string
  at: string
  kind: 'event' | 'ledger' | 'message' | 'act'
  what: string
  /** Sentences that belong to it. */
  more: string[]
  /** The names and codes of its record, as they are searched for in the audit chain and in logs. */
  record: string
}

type Delivery = Output<typeof deliveriesOf>['deliveries'][number]
type Words = { t: TimelineText; language: Language }

/** Oldest first. */
export function timelineOf(
  words: Words,
  payment: InspectedPayment,
  deliveries: Delivery[],
  acts: RecordedAct[],
): Step[] {
  const steps: Step[] = [
    ...payment.events.map((event) => eventStep(words, event)),
    ...payment.movements.map((movement) => ledgerStep(words, movement)),
    ...deliveries.map((delivery) => messageStep(words, delivery)),
    ...acts.map((act) => actStep(words, act)),
  ]
  return steps.sort((a, b) => a.at.localeCompare(b.at))
}

function eventStep({ t, language }: Words, { id, at, type, data }: InspectedPayment['events'][number]): Step {
  const code = typeof data['code'] === 'string' ? data['code'] : undefined
  return {
    ...{ key: id, at, kind: 'event' },
    // A type without words of its own is shown as it is recorded.
    what: t(`event.${type}` as 'event.payment.begun') || type,
    more:
      type === 'payment.failed' && code !== undefined
        ? [t('event.told', { text: upiCodeText(code, language) })]
        : [],
    record: recordOf(type, code, id),
  }
}

function ledgerStep({ t, language }: Words, movement: InspectedPayment['movements'][number]): Step {
  const { id, postedAt, kind, code, entries } = movement
  const isDeclined = kind !== 'tombstone' && code !== '00'
  const accountOf = (of: string) =>
    of === 'customer' ? t('ledger.of-customer') : t('ledger.of-internal', { name: of })
  return {
    ...{ key: id, at: postedAt, kind: 'ledger' },
    what: t(isDeclined ? 'ledger.declined' : `ledger.${kind}`),
    more: [
      ...(isDeclined ? [upiCodeText(code, language)] : []),
      ...entries.map(({ of, amountPaise }) =>
        t(amountPaise < 0 ? 'ledger.debited' : 'ledger.credited', {
          ...{ amount: formatRupees(Math.abs(amountPaise)), account: accountOf(of) },
        }),
      ),
    ],
    record: recordOf(kind, code, id),
  }
}

function messageStep({ t }: Words, delivery: Delivery): Step {
  const { id, at, channel, to, template, status, error, report, reportCode } = delivery
  const named = { channel: t(`message.${channel}` as 'message.sms') || channel }
  return {
    ...{ key: id, at, kind: 'message' },
    what: t(`message.${template}` as 'message.payment.sent', named) || t('message.other', named),
    more: [
      t(status === 'failed' ? 'message.not-sent' : `message.${status}`),
      ...(report ? [t(report === 'failed' ? 'message.undelivered' : 'message.delivered')] : []),
    ],
    record: recordOf(channel, template, to, error, reportCode),
  }
}

const outcomes = { 'audit.access-denied': 'act.denied', 'audit.staff-failed': 'act.failed' } as const

function actStep({ t }: Words, { seq, at, kind, data, actor }: RecordedAct): Step {
  const operation = typeof data['operation'] === 'string' ? data['operation'] : undefined
  const outcome = Object.hasOwn(outcomes, kind) ? outcomes[kind as keyof typeof outcomes] : undefined
  return {
    ...{ key: String(seq), at, kind: 'act' },
    what: outcome ? t(outcome) : t(`act.${operation}` as 'act.inspectPayment') || t('act.other'),
    more: [],
    record: recordOf(kind, operation, actor),
  }
}

const recordOf = (...parts: (string | undefined)[]): string => parts.filter(Boolean).join(' · ')
