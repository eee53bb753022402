// A person's messages: the list, what is unread, and what a resumed live stream missed.
import type { Input, Output } from '@bahi/contracts/call.ts'
import type * as contracts from '@bahi/contracts/notification.ts'
import type { NotificationDeps } from '../deps.ts'
import { countUnread, findLastSeq, findLiveMessages, findMessages, markRead } from './store.ts'

const defaultPage = 20
const maxResumed = 500

/** A number from a client, within what the database can compare. */
const bounded = (seq: number) => Math.min(Math.max(seq, 0), Number.MAX_SAFE_INTEGER)

export async function listMessages(
  deps: NotificationDeps,
  userId: string,
  {
    limit = defaultPage,
    before = Number.MAX_SAFE_INTEGER,
    language,
  }: Input<typeof contracts.listMessages>['querystring'],
): Promise<Output<typeof contracts.listMessages>> {
  const [notifications, unread] = await Promise.all([
    findMessages(deps, userId, { before: bounded(before), limit, ...(language && { language }) }),
    countUnread(deps.sql, userId),
  ])
  const last = notifications.at(-1)
  // Numbers begin at 1 and have no gaps: below 1 there is no further page.
  return { notifications, unread, ...(last && last.seq > 1 ? { next: last.seq } : {}) }
}

export function readMessages(deps: NotificationDeps, userId: string, upToSeq: number): Promise<number> {
  return deps.transaction((tx) => markRead(tx, userId, bounded(upToSeq), deps.clock.now()))
}

/** `last` is read first: a message that is committed in between is among `messages`, and not counted too early. */
export async function messagesAfter(
  deps: NotificationDeps,
  { userId, after, limit = maxResumed }: Input<typeof contracts.messagesAfter>['querystring'],
): Promise<Output<typeof contracts.messagesAfter>> {
  const last = await findLastSeq(deps.sql, userId)
  const count = Math.min(Math.max(limit, 1), maxResumed)
  return { last, messages: after < last ? await findLiveMessages(deps, userId, bounded(after), count) : [] }
}
