// Keeps events: appends them to the chain. Its records tell which ones it has heard.
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { canonical } from './canonical-json.ts'
import { link, type ChainRecord } from './chain.ts'
import { insertRecords, keptAmong, lockHead, moveHead } from './store.ts'

/**
 * Each event once, however often it is heard. Whoever holds the head writes; other replicas wait for its row, so the
 * chain is one and has no gap.
 */
export async function keep(tx: Tx, events: CloudEvent[]): Promise<void> {
  const before = await lockHead(tx)
  const known = new Set(
    await keptAmong(
      tx,
      events.map((event) => event.id),
    ),
  )
  const fresh = events.filter(({ id }) => !known.has(id.toLowerCase()) && known.add(id.toLowerCase()))
  if (fresh.length === 0) return
  const { links, head } = link(before, fresh.map(recordOf))
  await insertRecords(tx, links)
  await moveHead(tx, head)
}

function recordOf(event: CloudEvent): Omit<ChainRecord, 'seq'> {
  return {
    eventId: event.id.toLowerCase(),
    source: event.source.replace(/^\//, ''),
    type: event.type,
    subject: event.subject,
    version: event.bahiversion,
    at: new Date(event.time),
    dataText: canonical(event.data),
  }
}
