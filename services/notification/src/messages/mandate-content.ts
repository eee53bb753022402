// Which messages the events of a mandate lead to: what its payer is asked, and notified of around a debit. Pure.
import type { EventData } from '@bahi/contracts/events.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { isEvent } from '@bahi/kit/events/events.ts'
import { contentFor, type ContentOfEvent } from './content.ts'
import type { Template } from './templates.ts'

type Mandate = EventData<'payment.mandate-declined'>
type Side = 'payer' | 'payee'
type About = {
  status: string
  sms?: ContentOfEvent['sms']
  values?: Record<string, string>
  amountPaise?: number
}

/** A debit that was made leads to none: its payment has one for each side. */
export function mandateContents(event: CloudEvent): ContentOfEvent[] {
  if (isEvent(event, 'payment.mandate-requested'))
    return message(event.data, 'payer', 'mandate.requested', {
      ...{ status: 'requested', values: { until: event.data.expiresAt } },
    })
  // Whoever got hold of the phone may have agreed to it.
  if (isEvent(event, 'payment.mandate-authorised'))
    return [
      ...message(event.data, 'payer', 'mandate.authorised', { status: 'active', sms: 'always' }),
      ...message(event.data, 'payee', 'mandate.agreed', { status: 'active' }),
    ]
  if (isEvent(event, 'payment.mandate-updated'))
    return message(event.data, 'payer', 'mandate.updated', { status: 'active', sms: 'always' })
  if (isEvent(event, 'payment.mandate-ported')) {
    const { payer } = event.data
    const about = { status: 'active', sms: 'always', values: { to: payer.vpa } } as const
    return message(event.data, 'payer', 'mandate.ported', about)
  }
  // Whoever got hold of the phone, or of the other app, may have moved it.
  if (isEvent(event, 'payment.mandate-ported-in'))
    return [
      ...message(event.data, 'payer', 'mandate.ported-in', { status: 'active', sms: 'always' }),
      ...message(event.data, 'payee', 'mandate.payer-here', { status: 'active' }),
    ]
  if (isEvent(event, 'payment.mandate-ported-out'))
    return message(event.data, 'payer', 'mandate.ported-out', { status: 'ported', sms: 'always' })
  if (isEvent(event, 'payment.mandate-declined'))
    return message(event.data, 'payee', 'mandate.declined', { status: 'declined' })
  // Of a payer elsewhere: a payer of ours sees it as they enter the PIN, and their payee was never asked.
  if (isEvent(event, 'payment.mandate-failed') && event.data.payer.userId === undefined)
    return message(event.data, 'payee', 'mandate.failed', {
      ...{ status: 'failed', values: { code: event.data.code } },
    })
  if (isEvent(event, 'payment.mandate-revoked'))
    return [
      ...message(event.data, 'payer', 'mandate.revoked', { status: 'revoked', sms: 'wanted' }),
      ...message(event.data, 'payee', 'mandate.revoked', { status: 'revoked' }),
    ]
  if (isEvent(event, 'payment.mandate-debit-announced')) {
    const { executeAt, needsApproval, debitPaise } = event.data
    const template = needsApproval ? 'mandate.debit-to-approve' : 'mandate.debit-announced'
    const values = { until: executeAt }
    // RBI: the payer is notified of every debit before it.
    const about = { status: needsApproval ? 'to-approve' : 'announced', sms: 'always', values } as const
    return message(event.data, 'payer', template, { ...about, amountPaise: debitPaise })
  }
  if (isEvent(event, 'payment.mandate-debit-asked')) {
    const { answerUntil, debitPaise: amountPaise } = event.data
    const about = { status: 'to-approve', sms: 'wanted', values: { until: answerUntil } } as const
    return message(event.data, 'payer', 'mandate.debit-to-approve', { ...about, amountPaise })
  }
  if (isEvent(event, 'payment.mandate-debit-failed')) return failed(event.data)
  if (isEvent(event, 'payment.mandate-debit-refused')) {
    const { code, debitPaise: amountPaise } = event.data
    return message(event.data, 'payee', 'mandate.debit-failed', {
      ...{ status: 'failed', values: { code }, amountPaise },
    })
  }
  if (isEvent(event, 'payment.mandate-debit-skipped'))
    return message(event.data, 'payee', 'mandate.debit-skipped', {
      ...{ status: 'skipped', values: { on: event.data.dueOn }, amountPaise: event.data.debitPaise },
    })
  return []
}

function failed(data: EventData<'payment.mandate-debit-failed'>): ContentOfEvent[] {
  const { code, nextAt, debitPaise: amountPaise } = data
  if (nextAt !== undefined) {
    const about = { status: 'retried', sms: 'wanted', values: { code, until: nextAt }, amountPaise } as const
    return message(data, 'payer', 'mandate.debit-retried', about)
  }
  const about = { status: 'failed', values: { code }, amountPaise }
  return [
    ...message(data, 'payer', 'mandate.debit-failed', { ...about, sms: 'wanted' }),
    ...message(data, 'payee', 'mandate.debit-failed', about),
  ]
}

function message(
  mandate: Mandate,
  to: Side,
  template: Template,
  { status, amountPaise = mandate.amountPaise, ...more }: About,
): ContentOfEvent[] {
  const { mandateId, payer, payee } = mandate
  const [recipient, other] = to === 'payer' ? [payer, payee] : [payee, payer]
  const data = { mandateId, status, direction: to === 'payer' ? 'debit' : 'credit' }
  return contentFor(recipient, other, template, { ...more, amountPaise, data })
}
