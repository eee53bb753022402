// Which messages the events of erasure and of copies of personal data lead to. Pure.
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { isEvent } from '@bahi/kit/events/events.ts'
import type { ContentOfEvent } from './content.ts'
import type { Template } from './templates.ts'

/** All of them are sent whatever the preferences say: whoever has got hold of the phone may have asked. */
export function privacyContents(event: CloudEvent): ContentOfEvent[] {
  if (isEvent(event, 'user.erasure-requested')) return message('privacy.erasure-requested', event.data)
  if (isEvent(event, 'user.erasure-cancelled')) return message('privacy.erasure-cancelled', event.data)
  if (isEvent(event, 'user.erasure-reminded')) return message('privacy.erasure-reminded', event.data)
  if (isEvent(event, 'user.erasure-postponed')) return message('privacy.erasure-postponed', event.data)
  if (isEvent(event, 'user.export-requested')) return message('privacy.export-requested', event.data)
  if (isEvent(event, 'user.export-made')) return message('privacy.export-made', event.data)
  if (isEvent(event, 'user.export-fetched')) return message('privacy.export-fetched', event.data)
  return []
}

function message(
  template: Template,
  { userId, until }: { userId: string; until?: string },
): ContentOfEvent[] {
  const values: Record<string, string> = until === undefined ? {} : { until }
  return [{ userId, template, values, data: values, sms: 'always', email: 'always' }]
}
