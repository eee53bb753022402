// pgbench TPC-B on the same PostgreSQL: the baseline of a machine.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { ensureServers, programPath } from '@bahi/testing/servers.ts'
import { connect } from '@bahi/kit/sql/sql.ts'

const run = promisify(execFile)
const [scale, clients, threads] = ['10', '32', '2']

/**
 * Transactions a second of pgbench's TPC-B (scale 10, 32 clients, prepared statements) in a database of its own on this
 * server, which is dropped afterwards. Throws where pgbench cannot be had.
 */
export async function baseline(adminUrl: string, seconds: number): Promise<number> {
  const { missing } = await ensureServers(['pgbench'])
  if (missing.length > 0) throw new Error('pgbench is not installed: it comes with the package postgresql')
  const url = new URL(adminUrl)
  const sql = connect(adminUrl, { max: 1, name: 'bahi-bench' })
  const name = 'bahi_baseline'
  const options = {
    env: { ...process.env, PGPASSWORD: decodeURIComponent(url.password) },
    maxBuffer: 16 * 1024 * 1024,
  }
  const at = ['-h', url.hostname, '-p', url.port, '-U', url.username, name]
  await sql.unsafe(`drop database if exists ${name} with (force)`)
  await sql.unsafe(`create database ${name}`)
  try {
    const pgbench = programPath('pgbench')!
    await run(pgbench, ['-i', '-q', '-s', scale, ...at], options)
    const args = ['-n', '-M', 'prepared', '-c', clients, '-j', threads, '-T', String(seconds), ...at]
    const { stdout } = await run(pgbench, args, options)
    const tps = /tps = ([\d.]+)/.exec(stdout)?.[1]
    if (tps === undefined) throw new Error(`pgbench printed no result:\n${stdout}`)
    return Math.round(Number(tps))
  } finally {
    await sql.unsafe(`drop database ${name} with (force)`)
    await sql.end()
  }
}

/** A server by itself, with fsync, for a command that needs no services. */
export async function withPostgres<T>(
  settings: Record<string, string>,
  use: (adminUrl: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bahi-bench-'))
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), settings })
  try {
    return await use(postgres.adminUrl)
  } finally {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
