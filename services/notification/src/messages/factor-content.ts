// Which messages the events of second factors lead to. Pure.
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { isEvent } from '@bahi/kit/events/events.ts'
import type { ContentOfEvent } from './content.ts'
import type { SmsTemplate, Values } from './templates.ts'

/** All of them are sent whatever the preferences say. */
export function factorContents(event: CloudEvent): ContentOfEvent[] {
  if (isEvent(event, 'auth.second-factor-enrolled')) return message('auth.factor-enrolled', event.data)
  if (isEvent(event, 'auth.second-factor-locked'))
    return message('auth.factor-locked', event.data, { until: event.data.until })
  if (isEvent(event, 'auth.recovery-code-used'))
    return message('auth.recovery-code-used', event.data, { codesLeft: String(event.data.codesLeft) })
  if (isEvent(event, 'auth.recovery-codes-renewed')) return message('auth.recovery-codes-renewed', event.data)
  for (const what of ['added', 'removed'] as const)
    if (isEvent(event, `auth.passkey-${what}`)) {
      const { userId, name } = event.data
      return message(`auth.passkey-${what}`, { userId }, { device: name })
    }
  if (isEvent(event, 'auth.second-factor-reset')) return message('auth.factor-reset', event.data)
  return []
}

function message(
  template: SmsTemplate,
  { userId }: { userId: string },
  values: Values = {},
): ContentOfEvent[] {
  return [{ userId, template, values, data: values, sms: 'always', email: 'always' }]
}
