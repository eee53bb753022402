// Which messages the events of a schedule lead to: its payer is reminded, asked, and learns what was missed. Pure.
import type { EventData } from '@bahi/contracts/events.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { isEvent } from '@bahi/kit/events/events.ts'
import { contentFor, type ContentOfEvent } from './content.ts'
import type { Template } from './templates.ts'

type Schedule = EventData<'payment.schedule-paused'>

/** A paid date leads to none: the payment has its own. What the payer did in the app neither. */
export function scheduleContents(event: CloudEvent): ContentOfEvent[] {
  if (isEvent(event, 'payment.schedule-reminded'))
    return message(
      event.data,
      'schedule.reminded',
      { status: 'upcoming', sms: 'wanted' },
      { on: event.data.dueOn },
    )
  if (isEvent(event, 'payment.schedule-due'))
    return message(
      event.data,
      'schedule.due',
      { status: 'due', sms: 'wanted' },
      { until: event.data.payableUntil },
    )
  if (isEvent(event, 'payment.schedule-missed'))
    return message(
      event.data,
      'schedule.missed',
      { status: 'missed', sms: 'never' },
      { on: event.data.dueOn },
    )
  if (isEvent(event, 'payment.schedule-ended') && event.data.reason === 'completed')
    return message(event.data, 'schedule.completed', { status: 'completed', sms: 'never' })
  return []
}

function message(
  { scheduleId, amountPaise, payer, payee }: Schedule,
  template: Template,
  { status, sms }: { status: string; sms: ContentOfEvent['sms'] },
  values: Record<string, string> = {},
): ContentOfEvent[] {
  const data = { scheduleId, status, direction: 'debit' }
  return contentFor(payer, payee, template, { amountPaise, data, values, sms })
}
