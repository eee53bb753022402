// When backups last succeeded and were last verified, as a file of JSON and as metrics: whoever backs up writes it, and
// the gateway reads it.
import { readFile } from 'node:fs/promises'

export type BackupStatus = {
  /** ISO 8601. */
  lastSuccessAt?: string
  lastVerifiedAt?: string
  /** When none could be restored, or what was restored had faults. */
  verificationFailedAt?: string
  storedBytes?: number
  restoreMs?: number
}

/** One without a value is left out. */
export type GaugeValue = [name: string, help: string, value: number | undefined]

export function gaugesOfBackup(status: BackupStatus): GaugeValue[] {
  const { storedBytes, restoreMs } = status
  return [
    [
      'bahi_backup_last_success_timestamp_seconds',
      'When the newest backup was complete.',
      secondsOf(status.lastSuccessAt),
    ],
    [
      'bahi_backup_last_verified_timestamp_seconds',
      'When a backup was last restored and its books found whole.',
      secondsOf(status.lastVerifiedAt),
    ],
    [
      'bahi_backup_verification_failed_timestamp_seconds',
      'When a backup could last not be restored, or was found with faults.',
      secondsOf(status.verificationFailedAt),
    ],
    ['bahi_backup_stored_bytes', 'What the newest backup added to the repository.', storedBytes],
    [
      'bahi_backup_restore_seconds',
      'How long the last verified restore took.',
      restoreMs === undefined ? undefined : restoreMs / 1_000,
    ],
  ]
}

const moments = ['lastSuccessAt', 'lastVerifiedAt', 'verificationFailedAt'] as const
const numbers = ['storedBytes', 'restoreMs'] as const

/** Of a file that cannot be read, or that says something else, nothing is known. */
export async function readBackupStatus(file: string): Promise<BackupStatus> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return backupStatusOf(text)
}

export function backupStatusOf(text: string): BackupStatus {
  const known = parsed(text)
  const status: BackupStatus = {}
  for (const name of moments) {
    const ms = Date.parse(String(known[name]))
    if (!Number.isNaN(ms)) status[name] = new Date(ms).toISOString()
  }
  for (const name of numbers) {
    const value = known[name]
    if (typeof value === 'number' && Number.isFinite(value)) status[name] = value
  }
  return status
}

/** ISO 8601 → seconds since 1970. */
export const secondsOf = (at?: string): number | undefined =>
  at === undefined ? undefined : Date.parse(at) / 1_000

function parsed(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>
  } catch {
    return {}
  }
}
