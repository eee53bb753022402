// Deletes rows that are older than their table's retention, in small batches.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import type { Retention } from '@bahi/contracts/retention.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import type { Clock } from '../clock.ts'
import type { Worker } from '../runtime/worker.ts'
import type { Sql } from './sql.ts'

/** The most rows that one statement deletes: locks stay short, and a replica does not fall behind. */
const batchRows = 500
const everyMs = 60_000
const dayMs = 24 * 60 * 60_000

/** For a service's tables in the list; every replica may run it at once. */
export function retentionWorker(
  deps: { sql: Sql; clock: Clock },
  rules: readonly Retention[],
  service: ServiceName,
): Worker {
  return {
    name: 'retention',
    intervalMs: everyMs,
    async run() {
      const now = deps.clock.now()
      let isMore = false
      for (const [table, kept] of Object.entries(rulesAt(rules, now).services[service] ?? {})) {
        for (const { days, since, only } of 'keeps' in kept ? [] : kept) {
          const before = new Date(now.getTime() - days * dayMs)
          const deleted = await deleteBefore(deps.sql, { table, since, only: only ?? 'true' }, before)
          isMore ||= deleted === batchRows
        }
      }
      return isMore
    },
  }
}

/**
 * How many rows were deleted. They are found without a lock, for which a role needs the right to update: a row that
 * another replica deleted, or that changed meanwhile, is not there any more.
 */
async function deleteBefore(
  sql: Sql,
  { table, since, only }: { table: string; since: string; only: string },
  before: Date,
): Promise<number> {
  const deleted = await sql`
    delete from ${sql(table)} where ctid = any (array(
      select ctid from ${sql(table)} where ${sql(since)} <= ${before} and (${sql.unsafe(only)}) limit ${batchRows}))`
  return deleted.count
}
