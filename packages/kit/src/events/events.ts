// A service's event table: its history, and the outbox that the relay publishes from.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { EventData, EventType } from '@bahi/contracts/events.ts'
import type { CloudEvent } from '../bus/bus.ts'
import { rowsIn, type Queryable, type Tx } from '../sql/sql.ts'
import { currentTrace } from '../trace.ts'

/**
 * `version`: the version that the event must have; left out, the next one of the stream.
 * `traceparent`: the request it belongs to, when one transaction serves many; left out, the current one.
 */
type About = { stream: string; version?: number; traceparent?: string | undefined }

export type NewEvent<T extends EventType = EventType> = {
  [K in T]: About & { type: K; data: EventData<K> }
}[T]

/**
 * Its data holds only what the first event of the stream does not say. Consumers and readers get the two merged.
 */
export type DeltaEvent<T extends EventType = EventType> = {
  [K in T]: About & { type: K; data: Partial<EventData<K>>; isDelta: true }
}[T]

/** Appends events in the transaction of the rows they explain. Throws a unique violation for a version that exists. */
export async function appendEvents(tx: Tx, at: Date, events: (NewEvent | DeltaEvent)[]): Promise<void> {
  if (events.length === 0) return
  const trace = currentTrace()?.traceparent
  const seen = new Map<string, number>()
  const rows = events.map((event) => {
    const nth = (seen.get(event.stream) ?? 0) + 1
    seen.set(event.stream, nth)
    return {
      id: uuidv7(at.getTime()),
      stream: event.stream,
      version: event.version,
      nth,
      type: event.type,
      data: event.data,
      traceparent: event.traceparent ?? trace,
      isDelta: 'isDelta' in event,
    }
  })
  await tx`
    insert into events (id, stream, version, type, data, at, traceparent, is_delta)
    select e.id, e.stream,
      coalesce(e.version, (select max(o.version) from events o where o.stream = e.stream) + e.nth, e.nth),
      e.type, e.data, ${at}, e.traceparent, e."isDelta"
    from json_to_recordset(${rowsIn(tx, rows)})
      as e (id uuid, stream text, version int, nth int, type text, data jsonb, traceparent text, "isDelta" boolean)`
}

export type StoredEvent = {
  seq: number
  id: string
  stream: string
  version: number
  type: string
  data: Record<string, unknown>
  at: Date
  traceparent: string | null
}

/** All events of a stream, oldest first: what a row can be rebuilt from. */
export function readStream(sql: Queryable, stream: string): Promise<StoredEvent[]> {
  return sql<StoredEvent[]>`
    select seq, id, stream, version, type, data, at, traceparent from events_full
    where stream = ${stream} order by version`
}

export function toCloudEvent(source: string, event: StoredEvent): CloudEvent {
  return {
    specversion: '1.0',
    id: event.id,
    source: `/${source}`,
    type: event.type,
    subject: event.stream,
    time: event.at.toISOString(),
    datacontenttype: 'application/json',
    bahiversion: event.version,
    bahiseq: event.seq,
    ...(event.traceparent ? { traceparent: event.traceparent } : {}),
    data: event.data,
  }
}

/** Narrows a received event to one type of the catalogue. */
export function isEvent<T extends EventType>(
  event: CloudEvent,
  type: T,
): event is CloudEvent & { data: EventData<T> } {
  return event.type === type
}

/**
 * Returns those of the events that were not processed before, and marks them as processed in the same transaction. In
 * the order of ids, so that two replicas with overlapping batches wait for each other instead of deadlocking.
 */
export async function takeUnprocessed(tx: Tx, events: CloudEvent[]): Promise<CloudEvent[]> {
  const rows = await tx<{ eventId: string }[]>`
    insert into inbox (event_id) select distinct unnest(${events.map((e) => e.id)}::uuid[]) as id order by id
    on conflict do nothing returning event_id`
  const fresh = new Set(rows.map((row) => row.eventId))
  return events.filter((event) => fresh.delete(event.id.toLowerCase()))
}
