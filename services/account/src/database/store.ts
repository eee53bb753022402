// The SQL of what the server of the database says of itself.
import type { Queryable } from '@bahi/kit/sql/sql.ts'

export type DatabaseServer = {
  archives: boolean
  /** The last try to archive a segment of the log failed. */
  archiveFails: boolean
  /** `synchronous_standby_names`. */
  standbyNames: string
  /** Of the oldest segment that is finished and not archived: its age, 0 when there is none. */
  unarchivedS: number | null
  logBytes: number | null
  /** Standbys that stream, and those of them that a commit may wait for. */
  streaming: number | null
  synchronous: number | null
}

/** Null is what the owner of the schema may not see. */
export async function databaseServer(sql: Queryable): Promise<DatabaseServer> {
  const [row] = await sql<[DatabaseServer]>`
    select archives, archive_fails, standby_names, unarchived_s, log_bytes, streaming, synchronous
    from database_server()`
  return row
}

export type DatabaseLoad = {
  connections: number
  /** That whoever is no superuser may have. */
  connectionsMax: number
  transactionIdsAge: number
  /** 0 when none is open. */
  oldestTransactionS: number | null
  slotsUnused: number
}

/** Null is what the owner of the schema may not see. */
export async function databaseLoad(sql: Queryable): Promise<DatabaseLoad> {
  const [row] = await sql<[DatabaseLoad]>`
    select connections, connections_max, transaction_ids_age::float8, oldest_transaction_s, slots_unused
    from database_load()`
  return row
}
