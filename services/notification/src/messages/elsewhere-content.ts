// Which messages the events of mandates that another app keeps lead to, of an account at our bank. Pure.
import type { EventData } from '@bahi/contracts/events.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { isEvent } from '@bahi/kit/events/events.ts'
import type { ContentOfEvent } from './content.ts'
import { withoutControls } from './safe-text.ts'

type About = Omit<EventData<'account.mandate-changed'>, 'operation'>

/** Each debit after it was made: that other app says nothing in ours. */
export function elsewhereContents(event: CloudEvent): ContentOfEvent[] {
  if (isEvent(event, 'account.mandate-debited')) return [debit(event.data, 'debited')]
  if (isEvent(event, 'account.mandate-debit-returned')) return [debit(event.data, 'returned')]
  if (isEvent(event, 'account.mandate-changed')) {
    const { operation, amountPaise } = event.data
    // Whoever got hold of the other app may have let it debit more.
    const sms = operation === 'create' || operation === 'update' ? 'always' : 'wanted'
    return [message(event.data, amountPaise, `mandate.elsewhere-${operation}`, { sms, status: operation })]
  }
  return []
}

/** RBI: the payer is notified of every debit after it, and customers of every electronic one. */
function debit(data: EventData<'account.mandate-debited'>, status: 'debited' | 'returned'): ContentOfEvent {
  const { debitPaise, rrn } = data
  return message(data, debitPaise, `mandate.elsewhere-${status}`, { sms: 'always', status, rrn })
}

function message(
  { userId, umn, app, payee: { vpa, name } }: About,
  amountPaise: number,
  template: ContentOfEvent['template'],
  { sms, status, rrn }: { sms: ContentOfEvent['sms']; status: string; rrn?: string },
): ContentOfEvent {
  const ofDebit: Record<string, string> = rrn === undefined ? {} : { rrn }
  return {
    ...{ userId, template, sms, email: 'never' },
    values: { amountPaise: String(amountPaise), name, app, ...ofDebit },
    data: { umn, status, amountPaise, counterpart: { vpa, name: withoutControls(name) }, ...ofDebit },
  }
}
