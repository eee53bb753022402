// Faults of what the server of the database writes: its log that is not archived, and a disk that fills.
import { rename } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { keepDoing, type AlertFault } from './fault-parts.ts'

export const faultsOfDisks: AlertFault[] = [
  {
    name: 'no node_exporter runs',
    isFromStart: true,
    alerts: ['BahiDiskUnmeasured'],
    begin: (scene) => Promise.resolve(() => scene.disk()),
  },
  {
    name: 'a disk fills',
    alerts: ['BahiDiskFills', 'BahiDiskAlmostFull'],
    async begin(scene) {
      const disk = await scene.disk()
      await disk.fill(0.95)
      return () => disk.fill(0)
    },
  },
  {
    name: 'the folder that the log is archived to is gone',
    alerts: ['BahiLogNotArchived'],
    async begin({ sql, logArchive }) {
      await rename(logArchive, `${logArchive}.away`)
      // A segment is finished when something was written to it, also while nobody pays.
      const stop = keepDoing(1, 2_000, async () => {
        await sql`select pg_logical_emit_message(false, 'drill', 'x')`
        await sql`select pg_switch_wal()`
      })
      return async () => {
        await rename(`${logArchive}.away`, logArchive)
        // The server tries again when the next one is finished, at the latest after a minute.
        void delay(10_000).then(stop)
      }
    },
  },
]
