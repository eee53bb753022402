// The one inbox that every SMS and mail of a sandbox lands in, and where testers read it.
import type { InboxMessage } from '@bahi/contracts/sandbox.ts'
import type { SandboxDeps } from '../sandbox.ts'
import { deleteOlderMessages, findMessages, insertMessages, type MessageRow } from './store.ts'
import { messageColumn } from '../sealed-columns.ts'

const maxMessagesKept = 10_000
const defaultLimit = 50

type Content = Pick<InboxMessage, 'to' | 'subject' | 'text'>
type Received = Content & Pick<InboxMessage, 'id' | 'channel'>

/** A phone may have lost its plus to a URL (`+91…` is read as ` 91…`); addresses are compared in lower case. */
export function normaliseAddress(to: string): string {
  const trimmed = to.trim()
  return /^91[6-9][0-9]{9}$/.test(trimmed) ? `+${trimmed}` : trimmed.toLowerCase()
}

const printOf = (deps: SandboxDeps, to: string) => deps.seal.fingerprint(normaliseAddress(to), 'sandbox.to')

export function messageOf(deps: SandboxDeps, { id, channel, to, subject, text }: Received): MessageRow {
  const content: Content = { to, ...(subject === undefined ? {} : { subject }), text }
  return {
    id,
    channel,
    toPrint: printOf(deps, to),
    sealed: deps.seal.seal(JSON.stringify(content), messageColumn, id),
    at: deps.clock.now(),
  }
}

/** A message whose id is there already is not taken twice. */
export async function keepMessages(deps: SandboxDeps, messages: MessageRow[]): Promise<void> {
  await insertMessages(deps.sql, messages)
}

/** Newest first. */
export async function readInbox(
  deps: SandboxDeps,
  { to, limit = defaultLimit }: { to?: string; limit?: number },
): Promise<InboxMessage[]> {
  const rows = await findMessages(deps.sql, to === undefined ? null : printOf(deps, to), limit)
  return rows.map(({ sealed, at, ...row }) => ({
    ...row,
    ...(JSON.parse(deps.seal.open(sealed, messageColumn, row.id)) as Content),
    at: at.toISOString(),
  }))
}

/** Keeps the newest messages only. */
export async function purgeInbox(deps: SandboxDeps): Promise<void> {
  await deleteOlderMessages(deps.sql, maxMessagesKept)
}
