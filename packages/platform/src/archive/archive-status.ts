// When a month was last archived, and when that last failed: kept in the repository, and as metrics.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { secondsOf, type GaugeValue } from '@bahi/kit/runtime/backup-status.ts'
import { noteNews } from '../backup/metrics-file.ts'
import { archiveMonth, type Archived, type ArchiveOptions } from './archive-month.ts'

type ArchiveStatus = {
  /** ISO 8601. */
  lastSuccessAt?: string
  lastFailureAt?: string
  storedBytes?: number
}

/**
 * Archives the month, and notes whether it was done; also that it was not.
 * @param metrics default `bahi_archive.prom` in the repository
 */
export async function archiveNoted(
  options: ArchiveOptions,
  metrics = join(options.repository, 'bahi_archive.prom'),
): Promise<Archived> {
  const note = async (news: ArchiveStatus) => {
    await mkdir(options.repository, { recursive: true })
    const status = join(options.repository, 'archive-status.json')
    await noteNews({ status, metrics, gaugesOf: gaugesOfArchive }, news)
  }
  const at = options.now.toISOString()
  const archived = await archiveMonth(options).catch(async (error: unknown) => {
    // Why it failed is what must be said, also where that cannot be noted.
    await note({ lastFailureAt: at }).catch((cannot: Error) => console.error(`not noted: ${cannot.message}`))
    throw error
  })
  await note({ lastSuccessAt: at, storedBytes: archived.storedBytes })
  return archived
}

export function gaugesOfArchive({ lastSuccessAt, lastFailureAt, storedBytes }: ArchiveStatus): GaugeValue[] {
  return [
    [
      'bahi_archive_last_success_timestamp_seconds',
      'When a month was last archived.',
      secondsOf(lastSuccessAt),
    ],
    [
      'bahi_archive_last_failure_timestamp_seconds',
      'When a month could last not be archived.',
      secondsOf(lastFailureAt),
    ],
    [
      'bahi_archive_written_bytes',
      'What the month that was archived last takes in the repository, compressed and sealed.',
      storedBytes,
    ],
  ]
}
