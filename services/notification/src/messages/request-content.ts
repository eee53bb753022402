// Which messages the events of a payment request lead to: its payer is asked, its payee learns the answer. Pure.
import type { EventData } from '@bahi/contracts/events.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { isEvent } from '@bahi/kit/events/events.ts'
import { contentFor, type ContentOfEvent } from './content.ts'
import type { Template } from './templates.ts'

type Request = EventData<'payment.request-cancelled'>

/** A paid one leads to none: the payment has its own. */
export function requestContents(event: CloudEvent): ContentOfEvent[] {
  if (isEvent(event, 'payment.request-made'))
    return message(event.data, 'payer', 'request.made', 'pending', { until: event.data.expiresAt })
  if (isEvent(event, 'payment.request-reminded'))
    return message(event.data, 'payer', 'request.reminded', 'pending')
  if (isEvent(event, 'payment.request-cancelled'))
    return message(event.data, 'payer', 'request.cancelled', 'cancelled')
  if (isEvent(event, 'payment.request-declined'))
    return message(event.data, 'payee', 'request.declined', 'declined')
  if (isEvent(event, 'payment.request-expired'))
    return message(event.data, 'payee', 'request.expired', 'expired')
  if (isEvent(event, 'payment.request-failed'))
    return message(event.data, 'payee', 'request.failed', 'failed')
  return []
}

function message(
  { requestId, amountPaise, payer, payee }: Request,
  to: 'payer' | 'payee',
  template: Template,
  status: string,
  values: Record<string, string> = {},
): ContentOfEvent[] {
  const [recipient, other] = to === 'payer' ? [payer, payee] : [payee, payer]
  const data = { requestId, status, direction: to === 'payer' ? 'received' : 'sent' }
  return contentFor(recipient, other, template, { amountPaise, data, values })
}
