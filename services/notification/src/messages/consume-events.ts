// Turns consumed events into messages and deliveries in one transaction, then publishes the messages to live streams.
import type { Language } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { liveSource } from '@bahi/contracts/events.ts'
import type { MessageChannel } from '@bahi/contracts/message-kinds.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { isEvent, toCloudEvent } from '@bahi/kit/events/events.ts'
import type { AfterCommit } from '@bahi/kit/events/consume.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { currentTrace, keptSpan } from '@bahi/kit/trace.ts'
import type { Channel } from '../carriers/carrier.ts'
import { insertDeliveries, type NewDelivery } from '../deliveries/store.ts'
import type { NotificationDeps } from '../deps.ts'
import { mutedChannels } from '../preferences/muting.ts'
import { endSubscriptions } from '../push/subscribe.ts'
import type { MessageContent } from './content.ts'
import { messageContents } from './message-content.ts'
import {
  allocateNumbers,
  findLatest,
  insertMessages,
  type MessageRow,
  type Recipient,
  type SentMessage,
} from './store.ts'
import { render } from './templates.ts'

/** Calls no other service: addresses are looked up when a delivery is sent. */
export async function consumeEvents(
  deps: NotificationDeps,
  tx: Tx,
  events: CloudEvent[],
): Promise<AfterCommit | void> {
  await endSubscriptions(tx, events)
  const contents = events.flatMap((event) => {
    const traceparent = keptSpan(event.traceparent) && event.traceparent
    return messageContents(event).map((content) => ({ ...content, traceparent }))
  })
  return storeMessages(deps, tx, contents, new Set(events.flatMap(changedProfileIds)))
}

/** Stores messages and their deliveries; what it returns publishes them to live streams, after the commit. */
export async function storeMessages(
  deps: NotificationDeps,
  tx: Tx,
  contents: MessageContent[],
  changedProfiles: ReadonlySet<string> = new Set(),
): Promise<AfterCommit | void> {
  const byRecipient = Map.groupBy(contents, (content) => content.userId)
  const userIds = [...new Set([...byRecipient.keys(), ...changedProfiles])]
  if (userIds.length === 0) return
  const recipients = await allocateNumbers(
    tx,
    userIds.map((userId) => ({
      userId,
      count: byRecipient.get(userId)?.length ?? 0,
      profileChanged: changedProfiles.has(userId),
    })),
  )
  const at = deps.clock.now()
  const messages: MessageRow[] = []
  const sent: SentMessage[] = []
  const deliveries: NewDelivery[] = []
  for (const recipient of recipients) {
    const own = byRecipient.get(recipient.userId) ?? []
    own.forEach((content, i) => {
      const muted = mutedChannels(recipient.muted, content.template, at)
      const isLive = content.sms === 'always' || (recipient.live && !muted.includes('live'))
      const seq = recipient.lastSeq - own.length + 1 + i
      const row = messageRow(recipient.userId, content, { seq, live: isLive, at })
      messages.push(row)
      sent.push(toSent(row, recipient.language))
      deliveries.push(...newDeliveries(deps, recipient, content, muted, at))
    })
  }
  if (messages.length === 0) return
  await insertMessages(tx, deps.seal, messages)
  if (deliveries.length > 0) await insertDeliveries(tx, deps.seal, deliveries)
  return () => publishLive(deps, sent)
}

/** Whose language or e-mail address may have changed. */
function changedProfileIds(event: CloudEvent): string[] {
  if (isEvent(event, 'user.profile-created')) return [event.data.userId]
  if (!isEvent(event, 'user.profile-changed')) return []
  return event.data.fields.some((field) => field === 'language' || field === 'email')
    ? [event.data.userId]
    : []
}

function messageRow(
  userId: string,
  content: MessageContent,
  { seq, live, at }: Pick<MessageRow, 'seq' | 'live' | 'at'>,
): MessageRow {
  return {
    userId,
    seq,
    id: uuidv7(at.getTime()),
    type: content.type,
    template: content.template,
    templateValues: content.values,
    data: content.data,
    live,
    at,
  }
}

function toSent(
  { userId, seq, id, type, data, live, at, ...row }: MessageRow,
  language: Language,
): SentMessage {
  const text = render(row.template, language, row.templateValues)
  return { userId, live, message: { seq, id, type, ...text, data, at: at.toISOString() } }
}

/**
 * For redelivered events: a process that died after its commit may not have published the messages. The latest message
 * of each person is enough, a live stream reads the ones it missed before it.
 */
export async function republishLatest(deps: NotificationDeps, events: CloudEvent[]): Promise<void> {
  const userIds = [...new Set(events.flatMap(messageContents).map(({ userId }) => userId))]
  if (userIds.length > 0) await publishLive(deps, await findLatest(deps, userIds))
}

/** Nothing is lost when this fails: a live stream that notices a gap reads the stored messages. */
async function publishLive({ bus, log }: NotificationDeps, messages: SentMessage[]): Promise<void> {
  const created = messages.filter(({ live }) => live).map(createdEvent)
  if (created.length === 0) return
  await bus
    .publish(liveSource, created)
    .catch((err: unknown) =>
      log.warn(
        { err, messages: created.length },
        'live messages could not be published: streams read them later',
      ),
    )
}

function createdEvent({ userId, message }: SentMessage): CloudEvent {
  return toCloudEvent('notification', {
    seq: message.seq,
    id: message.id,
    stream: message.id,
    version: 1,
    type: 'notification.created',
    data: { userId, message },
    at: new Date(message.at),
    traceparent: currentTrace()?.traceparent ?? null,
  })
}

function newDeliveries(
  { carriers, push }: NotificationDeps,
  recipient: Recipient,
  content: MessageContent,
  muted: readonly MessageChannel[],
  at: Date,
): NewDelivery[] {
  const { userId, template, values, subject, sms, email, traceparent } = content
  const channels: Channel[] = []
  if (sms === 'always' || (sms === 'wanted' && recipient.sms && !muted.includes('sms'))) channels.push('sms')
  // No mail carrier means that no mail is to be sent. Whether the person has an address may not be known yet (null).
  if (email === 'always' || (email === 'wanted' && recipient.email && !muted.includes('email')))
    if (carriers.email && recipient.hasEmail !== false) channels.push('email')
  if (push && recipient.hasPush && (sms === 'always' || !muted.includes('push'))) channels.push('push')
  return channels.map((channel) => ({
    id: uuidv7(at.getTime()),
    userId,
    channel,
    template,
    values,
    subject,
    at,
    traceparent,
  }))
}
