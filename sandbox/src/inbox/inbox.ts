// The inbox that receives every SMS and mail of a sandbox, for testers to read.
import type { InboxMessage } from '@bahi/contracts/sandbox.ts'
import type { SandboxDeps } from '../sandbox.ts'
import { deleteOlderMessages, findMessages, insertMessages, type MessageRow } from './store.ts'
import { messageColumn } from '../sealed-columns.ts'

const maxMessagesKept = 10_000
const defaultLimit = 50

type Content = Pick<InboxMessage, 'to' | 'subject' | 'text'>
type Received = Content & Pick<InboxMessage, 'id' | 'channel'>

/** Restores the plus of a phone number that a URL decoded to a space; addresses are compared in lower case. */
export function normaliseAddress(to: string): string {
  const trimmed = to.trim()
  return /^91[6-9][0-9]{9}$/.test(trimmed) ? `+${trimmed}` : trimmed.toLowerCase()
}

const fingerprintOf = (deps: SandboxDeps, to: string) =>
  deps.seal.fingerprint(normaliseAddress(to), 'sandbox.to')

export function newMessage(deps: SandboxDeps, { id, channel, to, subject, text }: Received): MessageRow {
  const content: Content = { to, ...(subject === undefined ? {} : { subject }), text }
  return {
    id,
    channel,
    toFingerprint: fingerprintOf(deps, to),
    sealed: deps.seal.seal(JSON.stringify(content), messageColumn, id),
    at: deps.clock.now(),
  }
}

/** A message whose id is already stored is ignored. */
export async function saveMessages(deps: SandboxDeps, messages: MessageRow[]): Promise<void> {
  await insertMessages(deps.sql, messages)
}

/** Newest first. */
export async function readInbox(
  deps: SandboxDeps,
  { to, limit = defaultLimit }: { to?: string; limit?: number },
): Promise<InboxMessage[]> {
  const rows = await findMessages(deps.sql, to === undefined ? null : fingerprintOf(deps, to), limit)
  return rows.map(({ sealed, at, ...row }) => ({
    ...row,
    ...(JSON.parse(deps.seal.open(sealed, messageColumn, row.id)) as Content),
    at: at.toISOString(),
  }))
}

/** Deletes all but the newest messages. */
export async function purgeInbox(deps: SandboxDeps): Promise<void> {
  await deleteOlderMessages(deps.sql, maxMessagesKept)
}
