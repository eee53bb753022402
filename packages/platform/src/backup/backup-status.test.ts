// The metrics of backups: what is known stays beside what is new, and node_exporter may read the file.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { noteStatus } from './backup-status.ts'

it('a verification is noted beside the backup, for another user to read', async () => {
  const repository = await mkdtemp(join(tmpdir(), 'bahi-backup-status-'))
  try {
    await noteStatus(repository, { lastSuccessAt: '2026-11-27T10:00:00.000Z', storedBytes: 42 })
    await noteStatus(repository, { lastVerifiedAt: '2026-11-27T11:00:00.000Z', restoreMs: 1_500 })
    await noteStatus(repository, { verificationFailedAt: '2026-11-27T10:30:00.000Z' })
    const file = join(repository, 'bahi_backup.prom')
    const values = (await readFile(file, 'utf8')).split('\n').filter((line) => /^bahi/.test(line))
    expect(values).toEqual([
      'bahi_backup_last_success_timestamp_seconds 1795773600',
      'bahi_backup_last_verified_timestamp_seconds 1795777200',
      'bahi_backup_verification_failed_timestamp_seconds 1795775400',
      'bahi_backup_stored_bytes 42',
      'bahi_backup_restore_seconds 1.5',
    ])
    expect((await stat(file)).mode & 0o777).toBe(0o644)
  } finally {
    await rm(repository, { recursive: true, force: true })
  }
})
