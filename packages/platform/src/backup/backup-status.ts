// When backups last succeeded and were last verified: kept in the repository, and as metrics.
import { join } from 'node:path'
import { noteNews, secondsOf, type Gauge } from './metrics-file.ts'

export type BackupStatus = {
  /** ISO 8601. */
  lastSuccessAt?: string
  lastVerifiedAt?: string
  storedBytes?: number
  restoreMs?: number
}

/** Adds to what was known, and writes the metrics to `bahi_backup.prom` in the repository or to `metrics`. */
export function noteStatus(
  repository: string,
  news: BackupStatus,
  metrics = join(repository, 'bahi_backup.prom'),
): Promise<void> {
  return noteNews({ status: join(repository, 'status.json'), metrics, gaugesOf: gaugesOfBackup }, news)
}

export function gaugesOfBackup(status: BackupStatus): Gauge[] {
  const { lastSuccessAt, lastVerifiedAt, storedBytes, restoreMs } = status
  return [
    [
      'bahi_backup_last_success_timestamp_seconds',
      'When the newest backup was complete.',
      secondsOf(lastSuccessAt),
    ],
    [
      'bahi_backup_last_verified_timestamp_seconds',
      'When a backup was last restored and its books found whole.',
      secondsOf(lastVerifiedAt),
    ],
    ['bahi_backup_stored_bytes', 'What the newest backup added to the repository.', storedBytes],
    [
      'bahi_backup_restore_seconds',
      'How long the last verified restore took.',
      restoreMs === undefined ? undefined : restoreMs / 1_000,
    ],
  ]
}
