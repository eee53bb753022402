// Rebuilds payments from their events alone, and compares the result with their rows.
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { apply, type PaymentEvent, type Payment } from './payment.ts'
import { toPayment } from './store.ts'
import { paymentsAfter, streamsOf } from './store-rebuild.ts'

/** Undefined when there are no events. Throws when they cannot follow each other. */
function rebuilt(events: { type: string; at: Date; data: Record<string, unknown> }[]): Payment | undefined {
  return events.reduce<Payment | undefined>(
    (payment, { type, at, data }) => apply(payment, { type, at, data } as unknown as PaymentEvent),
    undefined,
  )
}

export type RowMismatch = { paymentId: string; field: string; row: unknown; events: unknown }

/**
 * Every payment's row against its events, `pageSize` at a time. For each page: how many were compared, and each field
 * in which they differ; a stream that is invalid differs in `events`.
 */
export async function* compareAll(
  sql: Queryable,
  pageSize = 1_000,
): AsyncGenerator<{ compared: number; differences: RowMismatch[] }> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows = await paymentsAfter(sql, after, pageSize)
    if (rows.length === 0) return
    after = rows.at(-1)!.id
    const ids = rows.map((row) => row.id)
    const streams = Map.groupBy(await streamsOf(sql, ids), ({ stream }) => stream)
    const differences = rows.flatMap((row) => mismatches(toPayment(row), streams.get(row.id) ?? []))
    yield { compared: rows.length, differences }
  }
}

function mismatches(row: Payment, events: Parameters<typeof rebuilt>[0]): RowMismatch[] {
  let from: Payment | undefined
  try {
    from = rebuilt(events)
  } catch (error) {
    return [{ paymentId: row.id, field: 'events', row: row.status, events: (error as Error).message }]
  }
  if (!from) return [{ paymentId: row.id, field: 'events', row: row.status, events: 'there are none' }]
  const [ours, theirs] = [flat(row), flat(from)]
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((field) => ours.get(field) !== theirs.get(field))
    .map((field) => ({ paymentId: row.id, field, row: ours.get(field), events: theirs.get(field) }))
}

/** `payer.vpa` and the like, with times as text. */
function flat(value: object, path = ''): Map<string, unknown> {
  return new Map(
    Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
      if (inner instanceof Date) return [[path + key, inner.toISOString()] as const]
      if (typeof inner === 'object' && inner !== null) return [...flat(inner, `${path}${key}.`)]
      return [[path + key, inner] as const]
    }),
  )
}
