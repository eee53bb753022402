// Rebuilds a payment from its events alone: what its row must say.
import { readStream } from '@bahi/kit/events.ts'
import type { Queryable } from '@bahi/kit/sql.ts'
import { apply, type Change, type Payment } from './payment.ts'

/** Undefined when there is no such stream. */
export async function rebuild(sql: Queryable, paymentId: string): Promise<Payment | undefined> {
  const events = await readStream(sql, paymentId)
  return events.reduce<Payment | undefined>(
    (payment, { type, at, data }) => apply(payment, { type, at, data } as unknown as Change),
    undefined,
  )
}
