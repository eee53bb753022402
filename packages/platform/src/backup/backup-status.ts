// When backups last succeeded and were last verified: kept in the repository, and as metrics in a file that
// node_exporter's textfile collector reads.
import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWhole } from './repository.ts'

export type BackupStatus = {
  /** ISO 8601. */
  lastSuccessAt?: string
  lastVerifiedAt?: string
  storedBytes?: number
  restoreMs?: number
}

const statusFile = (repository: string) => join(repository, 'status.json')

/** Adds to what was known, and writes the metrics to `bahi_backup.prom` in the repository or to `metricsFile`. */
export async function noteStatus(
  repository: string,
  news: BackupStatus,
  metricsFile = join(repository, 'bahi_backup.prom'),
): Promise<void> {
  const known = await readFile(statusFile(repository), 'utf8').then(
    (text) => JSON.parse(text) as BackupStatus,
    () => ({}),
  )
  const status: BackupStatus = { ...known, ...news }
  await writeWhole(statusFile(repository), `${JSON.stringify(status)}\n`)
  await writeWhole(metricsFile, metricsOf(status))
  // node_exporter is another user, and nothing in it is secret.
  await chmod(metricsFile, 0o644)
}

export function metricsOf({ lastSuccessAt, lastVerifiedAt, storedBytes, restoreMs }: BackupStatus): string {
  const seconds = (at?: string) => (at === undefined ? undefined : Date.parse(at) / 1_000)
  const gauges: [name: string, help: string, value: number | undefined][] = [
    [
      'bahi_backup_last_success_timestamp_seconds',
      'When the newest backup was complete.',
      seconds(lastSuccessAt),
    ],
    [
      'bahi_backup_last_verified_timestamp_seconds',
      'When a backup was last restored and its books found whole.',
      seconds(lastVerifiedAt),
    ],
    ['bahi_backup_stored_bytes', 'What the newest backup added to the repository.', storedBytes],
    [
      'bahi_backup_restore_seconds',
      'How long the last verified restore took.',
      restoreMs === undefined ? undefined : restoreMs / 1_000,
    ],
  ]
  return gauges
    .filter(([, , value]) => value !== undefined)
    .map(([name, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`)
    .join('')
}
