// Turns events into messages and deliveries, in the transaction that marks the events as heard; then tells who looks.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { liveSource } from '@bahi/contracts/events.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { isEvent, toCloudEvent } from '@bahi/kit/events/events.ts'
import type { AfterCommit } from '@bahi/kit/events/consume.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { currentTrace } from '@bahi/kit/trace.ts'
import { noticesOf, type Notice } from './message-content.ts'
import type { Channel, NotificationDeps } from '../notification.ts'
import { insertDeliveries, type NewDelivery } from '../deliveries/store.ts'
import { findLatest, insertMessages, touchPeople, type MessageRow, type PersonRow } from './store.ts'
import { render } from './templates.ts'

/** Makes no call: what must be asked of others is asked when a delivery is sent. */
export async function tell(
  deps: NotificationDeps,
  tx: Tx,
  events: CloudEvent[],
): Promise<AfterCommit | void> {
  const notices = events.flatMap(noticesOf)
  const changed = new Set(events.flatMap(profileChangedIn))
  const told = Map.groupBy(notices, (notice) => notice.userId)
  const userIds = [...new Set([...told.keys(), ...changed])]
  if (userIds.length === 0) return
  const people = await touchPeople(
    tx,
    userIds.map((userId) => ({ userId, told: told.get(userId)?.length ?? 0, changed: changed.has(userId) })),
  )
  const at = deps.clock.now()
  const messages: MessageRow[] = []
  const deliveries: NewDelivery[] = []
  for (const person of people) {
    const ofPerson = told.get(person.userId) ?? []
    ofPerson.forEach((notice, i) => {
      messages.push(messageOf(person, notice, person.lastSeq - ofPerson.length + 1 + i, at))
      deliveries.push(...deliveriesOf(deps, person, notice, at))
    })
  }
  if (messages.length === 0) return
  await insertMessages(tx, messages)
  if (deliveries.length > 0) await insertDeliveries(tx, deliveries)
  return () => announce(deps, messages)
}

/** Whose language or address may be other than the copy says. */
function profileChangedIn(event: CloudEvent): string[] {
  if (isEvent(event, 'user.profile-created')) return [event.data.userId]
  if (!isEvent(event, 'user.profile-changed')) return []
  return event.data.fields.some((field) => field === 'language' || field === 'email')
    ? [event.data.userId]
    : []
}

function messageOf(person: PersonRow, notice: Notice, seq: number, at: Date): MessageRow {
  return {
    userId: person.userId,
    seq,
    id: uuidv7(at.getTime()),
    type: notice.type,
    ...render(notice.template, person.language, notice.values),
    data: notice.data,
    live: person.live || notice.sms === 'always',
    at,
  }
}

/**
 * Of events heard before: whoever died between the commit and the announcement may not have made it. The latest message
 * is enough, a stream reads what it misses before it.
 */
export async function tellAgain(deps: NotificationDeps, events: CloudEvent[]): Promise<void> {
  const userIds = [...new Set(events.flatMap(noticesOf).map(({ userId }) => userId))]
  if (userIds.length > 0) await announce(deps, await findLatest(deps.sql, userIds))
}

/** To the open streams. Nothing is lost when it fails: a stream that notices a gap reads what is stored. */
async function announce({ bus, log }: NotificationDeps, messages: MessageRow[]): Promise<void> {
  const created = messages.filter((message) => message.live).map(createdEvent)
  if (created.length === 0) return
  await bus
    .publish(liveSource, created)
    .catch((err: unknown) => log.warn({ err, messages: created.length }, 'messages were not told live'))
}

function createdEvent({ userId, live: _live, at, ...message }: MessageRow): CloudEvent {
  return toCloudEvent('notification', {
    seq: message.seq,
    id: message.id,
    stream: message.id,
    version: 1,
    type: 'notification.created',
    data: { userId, message: { ...message, at: at.toISOString() } },
    at,
    traceparent: currentTrace()?.traceparent ?? null,
  })
}

function deliveriesOf(
  { carriers }: NotificationDeps,
  person: PersonRow,
  { userId, template, values, subject, sms, email }: Notice,
  at: Date,
): NewDelivery[] {
  const channels: Channel[] = []
  if (sms === 'always' || (sms === 'wanted' && person.sms)) channels.push('sms')
  // Without anybody to carry mail none is meant to be sent; whether the person has an address may not be known yet.
  if (email === 'wanted' && person.email && carriers.email && person.hasEmail !== false)
    channels.push('email')
  return channels.map((channel) => ({
    id: uuidv7(at.getTime()),
    userId,
    channel,
    template,
    data: values,
    subject,
    at,
  }))
}
