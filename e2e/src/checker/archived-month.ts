// For the test of the checker: the present month goes to an archive, as though it were eleven years later.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { archiveMonth } from '@bahi/platform/archive/archive-month.ts'
import { backupKeyIn } from '@bahi/platform/backup/backup-key.ts'
import type { RunningPlatform } from '@bahi/platform/testing-platform.ts'

/** How many rows went. */
export async function archiveThisMonth({ admin, databaseUrl }: RunningPlatform): Promise<number> {
  await admin`
    insert into audit.checkpoints (n, seq, document, at, stored_at)
    select 1, max(seq), 'signed', now(), now() from audit.records`
  const [now] = await admin<{ month: string }[]>`select to_char(now() at time zone 'UTC', 'YYYY-MM') as month`
  const folder = await mkdtemp(join(tmpdir(), 'bahi-archive-'))
  try {
    const { rows } = await archiveMonth({
      ...{ adminUrl: databaseUrl, repository: folder, key: await backupKeyIn(join(folder, 'key.json')) },
      ...{ month: now!.month, note: 'a test', now: new Date(Date.now() + 11 * 366 * 86_400_000) },
    })
    return rows
  } finally {
    await rm(folder, { recursive: true })
  }
}
