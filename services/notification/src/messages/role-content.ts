// Which messages the events of staff roles lead to: for the person, for who requested it and for who decided. Pure.
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { isEvent } from '@bahi/kit/events/events.ts'
import type { ContentOfEvent } from './content.ts'
import type { SmsTemplate } from './templates.ts'

type About = { grantId: string; userId: string; role: string; endsAt?: string }
type To = [userId: string | undefined, template: SmsTemplate]

/** None can be switched off: whoever has got hold of an administrator's device is seen by all who are concerned. */
export function roleContents(event: CloudEvent): ContentOfEvent[] {
  if (isEvent(event, 'auth.role-requested')) {
    const { userId, actorId } = event.data
    return messages(event.data, [userId, 'role.requested'], [actorId, 'role.requested-by-you'])
  }
  if (isEvent(event, 'auth.role-granted')) {
    const { userId, actorId, makerId } = event.data
    return messages(
      event.data,
      [userId, 'role.granted'],
      [actorId, 'role.approved-by-you'],
      [makerId, 'role.request-approved'],
    )
  }
  if (isEvent(event, 'auth.role-declined')) {
    const { userId, actorId, makerId } = event.data
    return messages(
      event.data,
      [userId, 'role.declined'],
      [actorId, 'role.declined-by-you'],
      [makerId, 'role.request-declined'],
    )
  }
  if (isEvent(event, 'auth.role-ended')) {
    const { userId, actorId, renewed } = event.data
    // The event of the grant that takes its place says until when it is.
    return renewed ? [] : messages(event.data, [userId, 'role.ended'], [actorId, 'role.ended-by-you'])
  }
  return []
}

/** One for each: who declines their own request did one thing. */
function messages({ grantId, userId, role, endsAt }: About, ...to: To[]): ContentOfEvent[] {
  const first = to.filter(([id], at) => id !== undefined && to.findIndex(([other]) => other === id) === at)
  return first.map(([id, template]) => ({
    userId: id!,
    template,
    values: { role, ...(endsAt === undefined ? {} : { until: endsAt }) },
    data: { grantId, role, ...(id === userId ? {} : { forUserId: userId }) },
    sms: 'always',
    email: 'always',
  }))
}
