// When backups last succeeded and were last verified: kept in the repository, and as metrics.
import { join } from 'node:path'
import { gaugesOfBackup, type BackupStatus } from '@bahi/kit/runtime/backup-status.ts'
import { noteNews } from './metrics-file.ts'

/** Adds to what was known, and writes the metrics to `bahi_backup.prom` in the repository or to `metrics`. */
export function noteStatus(
  repository: string,
  news: BackupStatus,
  metrics = join(repository, 'bahi_backup.prom'),
): Promise<void> {
  return noteNews({ status: join(repository, 'status.json'), metrics, gaugesOf: gaugesOfBackup }, news)
}
