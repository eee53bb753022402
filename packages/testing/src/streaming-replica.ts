// For tests: a second PostgreSQL that follows another one of this machine by its log.
import { spawnSync } from 'node:child_process'
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { giveToServer, startPostgres, type EmbeddedPostgres } from '@bahi/kit/sql/embedded-postgres.ts'

/** @param dataDir of the primary; the replica's is beside it */
export async function startReplica(
  primary: EmbeddedPostgres,
  dataDir: string,
  port?: number,
): Promise<EmbeddedPostgres> {
  const target = `${dataDir}-replica`
  const copy = join(import.meta.dirname, 'replica-copy.ts')
  const { status, stderr } = spawnSync(process.execPath, [copy, primary.adminUrl, `--datadir=${target}`], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`no copy of the primary: ${stderr}`)
  await writeFile(join(target, 'standby.signal'), '')
  await copyFile(`${dataDir}.password`, `${target}.password`)
  await giveToServer(target, target)
  return followPrimary(primary, target, port)
}

/** Starts it again, for one that was stopped. */
export function followPrimary(
  primary: EmbeddedPostgres,
  dataDir: string,
  port?: number,
): Promise<EmbeddedPostgres> {
  const { username, password, port: of } = new URL(primary.adminUrl)
  return startPostgres({
    ...{ dataDir, durable: false },
    ...(port === undefined ? {} : { port }),
    settings: {
      primary_conninfo: `host=127.0.0.1 port=${of} user=${username} password=${password}`,
      wal_retrieve_retry_interval: '200ms',
    },
  })
}
