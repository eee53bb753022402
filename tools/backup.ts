// Backs up the database of a running platform, and proves that a backup can be restored.
import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { backupKeyIn, readBackupKey } from '@bahi/platform/backup/backup-key.ts'
import { noteStatus } from '@bahi/platform/backup/backup-status.ts'
import { expire, manifestsIn } from '@bahi/platform/backup/repository.ts'
import { keptApart } from '@bahi/platform/backup/restored-files.ts'
import { restoreBackup } from '@bahi/platform/backup/restore-backup.ts'
import { takeBackup } from '@bahi/platform/backup/take-backup.ts'
import { databaseAt, databaseOptions } from '@bahi/platform/local-database.ts'

const help = `npm run backup -- --repository <folder> [--full | --verify | --list | --note <what>]

Copies the running PostgreSQL of this machine into the repository: all schemas at one point, sealed for the key of
backups, only what has changed since the last full backup. Its log (WAL) goes there all the time: start the platform
with npm start -- --backups <folder>, or PostgreSQL with the settings of docs/operate/backup.md; without that there is
no backup, and the command says so. Ends with 0 when it was done, with 1 when not.

  --repository <folder>  another disk than that of the data (or BAHI_BACKUPS)
  --full                 refers to no earlier backup: weekly
  --keep <n>             full backups that are kept, with what belongs to them (default 4)
  --verify               restores the newest backup, with all of the log, into a server of its own; runs verify and
                         verify:audit there; removes it. Daily, and where the private half of the key is
  --list                 the backups there are
  --note <what>          only the metrics: "success", "verified" or "failed" (a verification), when another tool
                         (pgBackRest) did it
  --restore-seconds <n>  for --note verified: how long the restore took
  --key <file>           the key of backups (default backup-key.json in the data folder); made when there is none.
                         To back up its public half is enough, without "d": keep the private half elsewhere
  --metrics <file>       where to write the metrics (default bahi_backup.prom in the repository)
  --database <url>       PostgreSQL on this machine, as a role that may do everything (or DATABASE_ADMIN_URL)
  --data <folder>        without a database: that of npm start (default .bahi); with its keys and blobs for --verify
  --help                 this text`

const { values } = parseArguments(help, {
  ...databaseOptions,
  repository: { type: 'string' },
  full: { type: 'boolean' },
  keep: { type: 'string', default: '4' },
  verify: { type: 'boolean' },
  list: { type: 'boolean' },
  note: { type: 'string' },
  'restore-seconds': { type: 'string' },
  key: { type: 'string' },
  metrics: { type: 'string' },
})
const repository = resolve(
  values.repository ??
    process.env['BAHI_BACKUPS'] ??
    exitWith('where to? --repository <folder> or BAHI_BACKUPS'),
)
const keep = /^[1-9]\d{0,2}$/.test(values.keep)
  ? Number(values.keep)
  : exitWith(`--keep ${values.keep}: 1 to 999`)
const took = values['restore-seconds']
if (took !== undefined && (values.note !== 'verified' || !/^\d{1,7}$/.test(took)))
  exitWith(`--restore-seconds ${took}: a whole number, with --note verified`)
const data = resolve(values.data)
const keyFile = resolve(values.key ?? join(data, 'backup-key.json'))
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

try {
  if (values.note !== undefined) await note(values.note)
  else if (values.list) await list()
  else if (values.verify) await verify().catch(noteFailed)
  else await backUp()
} catch (error) {
  exitWith(`${values.verify ? 'not verified' : 'not done'}: ${(error as Error).message}`, 1)
}

async function note(what: string): Promise<void> {
  const at = new Date().toISOString()
  const news = {
    success: { lastSuccessAt: at },
    verified: { lastVerifiedAt: at, ...(took === undefined ? {} : { restoreMs: Number(took) * 1_000 }) },
    failed: { verificationFailedAt: at },
  }[what]
  await mkdir(repository, { recursive: true })
  await noteStatus(
    repository,
    news ?? exitWith(`--note ${what}: success, verified or failed`),
    values.metrics,
  )
}

async function list(): Promise<void> {
  for (const { label, set, endedAt } of await manifestsIn(repository))
    console.log(`${label}  until ${endedAt}${set === label ? '' : `, of ${set}`}`)
}

async function backUp(): Promise<void> {
  const { x: recipient } = await backupKeyIn(keyFile)
  const { url, close } = await databaseAt(values)
  const taken = await takeBackup({
    ...{ adminUrl: url, repository, recipient },
    ...(values.full ? { full: true } : {}),
  }).finally(close)
  const gone = await expire(repository, keep)
  await noteStatus(
    repository,
    { lastSuccessAt: new Date().toISOString(), storedBytes: taken.storedBytes },
    values.metrics,
  )
  const size = `${megabytes(taken.bytes)}, ${megabytes(taken.storedBytes)} stored`
  console.log(`${taken.label}: ${size}, in ${(taken.ms / 1000).toFixed(1)} s`)
  if (gone.length > 0) console.log(`expired: ${gone.join(', ')}`)
}

async function verify(): Promise<void> {
  const key = await readBackupKey(keyFile)
  const folder = await mkdtemp(join(tmpdir(), 'bahi-restored-'))
  try {
    const passwordFile = join(data, keptApart.password)
    const { server, label, asOf, ms } = await restoreBackup({ repository, key, into: folder, passwordFile })
    try {
      await copyFile(join(data, keptApart.secrets), join(folder, keptApart.secrets))
      await symlink(join(data, 'blobs'), join(folder, 'blobs'))
      console.log(`${label} restored in ${(ms / 1000).toFixed(1)} s, as of ${asOf.toISOString()}`)
      run('tools/verify.ts', folder, '--as-of', asOf)
      run('tools/verify-audit.ts', folder, '--until', asOf)
    } finally {
      await server.stop()
    }
    await noteStatus(repository, { lastVerifiedAt: new Date().toISOString(), restoreMs: ms }, values.metrics)
    console.log('verified')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Why it failed is what must be said, also where that cannot be noted. */
async function noteFailed(error: unknown): Promise<never> {
  await noteStatus(repository, { verificationFailedAt: new Date().toISOString() }, values.metrics).catch(
    (cannot: Error) => console.error(`not noted: ${cannot.message}`),
  )
  throw error
}

function run(command: string, folder: string, option: string, at: Date): void {
  // What was restored, and not what settings name.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^DATABASE_(ADMIN_)?URL/.test(name)),
  )
  const args = [join(import.meta.dirname, '..', command), '--data', folder, option, at.toISOString()]
  const { status } = spawnSync(process.execPath, args, { env, stdio: 'inherit' })
  if (status !== 0) throw new Error(`${command} ended with ${status}: see above`)
}
