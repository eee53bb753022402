// Lists records for auditors, newest first, a page at a time.
import type { AuditRecord } from '@bahi/contracts/audit.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { openPersonal } from './seal-personal.ts'
import { findRecords, type RecordFilter } from './store.ts'

const defaultPageRecords = 100

export type RecordQuery = Omit<RecordFilter, 'from' | 'to' | 'limit'> & {
  limit?: number
  /** Events from this moment on. */
  from?: string
  /** Events before this moment. */
  to?: string
}

export async function listRecords(
  { sql, seal }: Pick<Deps, 'sql' | 'seal'>,
  query: RecordQuery,
): Promise<{ records: AuditRecord[]; next?: number }> {
  const limit = query.limit ?? defaultPageRecords
  const { from, to, ...rest } = query
  const rows = await findRecords(sql, {
    ...rest,
    ...(from ? { from: new Date(from) } : {}),
    ...(to ? { to: new Date(to) } : {}),
    // One more than is returned shows whether there is a next page.
    limit: limit + 1,
  })
  const page = await openPersonal({ seal }, sql, rows.slice(0, limit))
  const records = page.map((row) => ({ ...row, at: row.at.toISOString() }))
  const last = records.at(-1)
  return { records, ...(rows.length > limit && last ? { next: last.seq } : {}) }
}
