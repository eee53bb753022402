// Appends consumed events to the chain. The records themselves show which events were already consumed.
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { actOf } from '../acts/act-of.ts'
import { insertActs } from '../acts/store.ts'
import { canonicalJson } from './canonical-json.ts'
import { appendToChain, type ChainRecord } from './chain.ts'
import { sealPersonal } from './seal-personal.ts'
import { insertRecords, findRecordedIds, lockHead, advanceHead } from './store.ts'

/**
 * Each event once, however often it is delivered. Only the transaction that holds the lock on the head writes; other
 * replicas wait for it, so there is one chain without a gap. What is personal is sealed before it is hashed: the
 * chain is whole without the keys too.
 */
export async function appendEvents(deps: Pick<Deps, 'seal'>, tx: Tx, events: CloudEvent[]): Promise<void> {
  const headBefore = await lockHead(tx)
  const recorded = new Set(
    await findRecordedIds(
      tx,
      events.map((event) => event.id),
    ),
  )
  const fresh = events.filter(({ id }) => !recorded.has(id.toLowerCase()) && recorded.add(id.toLowerCase()))
  if (fresh.length === 0) return
  const data = await sealPersonal(deps, tx, fresh)
  const rows = fresh.map((event, i) => toRecord(event, data[i]!))
  const { records, head } = appendToChain(headBefore, rows)
  await insertRecords(tx, records)
  await insertActs(
    tx,
    fresh.flatMap(({ type, data }, i) => {
      const act = actOf(type, data)
      return act ? [{ ...act, seq: records[i]!.seq }] : []
    }),
  )
  await advanceHead(tx, head)
}

function toRecord(event: CloudEvent, data: Record<string, unknown>): Omit<ChainRecord, 'seq'> {
  return {
    eventId: event.id.toLowerCase(),
    source: event.source.replace(/^\//, ''),
    type: event.type,
    subject: event.subject,
    version: event.bahiversion,
    at: new Date(event.time),
    dataText: canonicalJson(data),
  }
}
