// What Patroni runs to make a replica: `replica-copy.ts <URL of the leader> --datadir=<folder> …`. The leader's files
// are on this machine; the PostgreSQL from npm does not bring `pg_basebackup`.
import { copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from '@bahi/kit/sql/sql.ts'

const [url = '', ...options] = process.argv.slice(2)
const target = options.find((one) => one.startsWith('--datadir='))?.slice('--datadir='.length)
if (!target) throw new Error('which folder? --datadir=<folder>')
/** What each server has of its own. */
const own =
  /^(postmaster\.(pid|opts)|(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_subtrans)\/.*|patroni\..*)$/

const sql = connect(url, { max: 1, name: 'bahi-replica' })
const session = await sql.reserve()
const [{ folder }] = await session<[{ folder: string }]>`
  select current_setting('data_directory') as folder from pg_backup_start('replica', fast => true)`
await mkdir(target, { recursive: true, mode: 0o700 })
for (const path of (await readdir(folder, { recursive: true })).sort()) {
  if (own.test(path)) continue
  const found = await stat(join(folder, path)).catch(() => undefined)
  if (found?.isDirectory()) await mkdir(join(target, path), { recursive: true, mode: 0o700 })
  // A file that went meanwhile is one that the log makes the same.
  else if (found) await copyFile(join(folder, path), join(target, path)).catch(() => undefined)
}
const [{ labelfile }] = await session<[{ labelfile: string }]>`
  select labelfile from pg_backup_stop(wait_for_archive => false)`
await writeFile(join(target, 'backup_label'), labelfile)
session.release()
await sql.end()
