// What a backup says when the server does not archive its log, and what it leaves behind then.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres, type EmbeddedPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { backupKeyIn } from './backup-key.ts'
import { takeBackup } from './take-backup.ts'

let folder: string
let server: EmbeddedPostgres | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-take-backup-'))
})
afterEach(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

const backupOf = async (settings: Record<string, string>) => {
  server = await startPostgres({ dataDir: join(folder, 'postgres'), durable: false, settings })
  const { x: recipient } = await backupKeyIn(join(folder, 'backup.key'))
  const repository = join(folder, 'repository')
  return takeBackup({ adminUrl: server.adminUrl, repository, recipient, archiveTimeoutMs: 3_000 })
}

it('a log that cannot be archived is named as the reason, and no backup is left', async () => {
  await expect(backupOf({ archive_mode: 'on', archive_command: 'false' })).rejects.toThrow(
    /has not archived its log in time.*failed \d+ times, lastly [0-9A-F]{24}.* at \d{4}-/,
  )
  const left = await readdir(join(folder, 'repository'), { recursive: true, withFileTypes: true })
  expect(left.filter((entry) => entry.isFile())).toEqual([])
})

it('a server that archives nothing is refused', async () => {
  await expect(backupOf({})).rejects.toThrow('does not archive its log')
})
