// Settings of PostgreSQL that archive its log continuously into a repository of backups.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { giveToServer } from '@bahi/kit/sql/embedded-postgres.ts'
import type { Recipient } from './backup-key.ts'
import { walFolder } from './repository.ts'

const script = join(import.meta.dirname, 'archive-wal.ts')

/** Seconds after which an unfinished segment is archived too: about what a lost server loses at most. */
const archiveTimeoutS = 4

/** For a server that starts on `dataDir`; makes the folder of the log for the user that the server runs as. */
export async function archivingTo(
  repository: string,
  recipient: Recipient,
  dataDir: string,
): Promise<Record<string, string>> {
  const folder = walFolder(repository)
  // The server's user enters it, where that is another one, and lists nothing.
  await mkdir(repository, { recursive: true, mode: 0o711 })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await giveToServer(folder, dataDir)
  const command = [process.execPath, script, folder, recipient].map((word) => `"${word}"`).join(' ')
  return {
    archive_mode: 'on',
    archive_timeout: `${archiveTimeoutS}s`,
    archive_command: `${command} "%p" "%f"`,
  }
}
