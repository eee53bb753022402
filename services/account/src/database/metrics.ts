// Metrics of the server of the database, which all services share: this one asks it for all.
import { gaugesOf } from '@bahi/kit/metrics.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { databaseLoad, databaseServer } from './store.ts'

/** Of so many standbys a commit waits for an answer, by `synchronous_standby_names`. */
export function standbysOfCommit(names: string): number {
  if (names.trim() === '') return 0
  const [, count] = /^\s*(?:(?:first|any)\s+)?(\d+)\s*\(/i.exec(names) ?? []
  return count === undefined ? 1 : Number(count)
}

/** As many as are set; else, where commits wait for some, one more: without it the next loss stops them. */
export function standbysExpected(set: number, ofCommit: number): number {
  return set > 0 || ofCommit === 0 ? set : ofCommit + 1
}

export function measureDatabaseServer(
  deps: Pick<Deps, 'metrics' | 'sql'>,
  { standbys }: { standbys: number },
): void {
  measureLoad(deps)
  const gauge = gaugesOf(deps.metrics, () => databaseServer(deps.sql))
  gauge(
    'bahi_database_archive_fails',
    '1 when the last try of PostgreSQL to archive a segment of its log failed; none when it archives nothing.',
    ({ archives, archiveFails }) => (archives ? Number(archiveFails) : null),
  )
  gauge('bahi_database_log_bytes', 'Size of the log (WAL) that PostgreSQL keeps.', ({ logBytes }) => logBytes)
  gauge(
    'bahi_database_standbys',
    'Standbys that stream the log of PostgreSQL now.',
    ({ streaming }) => streaming,
  )
  gauge(
    'bahi_database_standbys_expected',
    'Standbys that there should be: `BAHI_DATABASE_STANDBYS`, else one more than a commit waits for.',
    ({ standbyNames }) => standbysExpected(standbys, standbysOfCommit(standbyNames)),
  )
  gauge(
    'bahi_database_standbys_of_commit',
    'Standbys that must have a commit before it is acknowledged; 0 without synchronous replication.',
    ({ standbyNames }) => standbysOfCommit(standbyNames),
  )
  gauge(
    'bahi_database_standbys_synchronous',
    'Standbys that stream and that a commit may wait for.',
    ({ synchronous }) => synchronous,
  )
  gauge(
    'bahi_database_unarchived_seconds',
    'Age of the oldest segment of the log that is finished and not archived, 0 when there is none.',
    ({ archives, unarchivedS }) => (archives ? unarchivedS : null),
  )
}

function measureLoad({ metrics, sql }: Pick<Deps, 'metrics' | 'sql'>): void {
  const gauge = gaugesOf(metrics, () => databaseLoad(sql))
  gauge(
    'bahi_database_connections',
    'Connections that PostgreSQL has, of all clients.',
    (of) => of.connections,
  )
  gauge(
    'bahi_database_connections_max',
    'Connections that PostgreSQL takes, without those that are reserved.',
    (of) => of.connectionsMax,
  )
  gauge(
    'bahi_database_oldest_transaction_seconds',
    'Age of the oldest transaction that is open, 0 when there is none.',
    (of) => of.oldestTransactionS,
  )
  gauge(
    'bahi_database_slots_unused',
    'Replication slots that keep the log and that nobody reads.',
    (of) => of.slotsUnused,
  )
  gauge(
    'bahi_database_transaction_ids_age',
    'Transaction ids since the oldest that is not frozen, of rows or of locks; there are 2^31.',
    (of) => of.transactionIdsAge,
  )
}
