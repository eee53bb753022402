// Makes a data folder from backups, as the platform was at one time, ready to be started.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { emptyBroker } from '@bahi/kit/bus/rabbit-empty.ts'
import { platformQueues } from '@bahi/kit/events/consume.ts'
import { secretOf } from '@bahi/kit/runtime/config.ts'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { readBackupKey } from '@bahi/platform/backup/backup-key.ts'
import { prepareRestored } from '@bahi/platform/backup/prepare-restored.ts'
import { copyKeptApart, keptApart } from '@bahi/platform/backup/restored-files.ts'
import { restoreBackup } from '@bahi/platform/backup/restore-backup.ts'

const help = `npm run restore -- --repository <folder> --into <folder> [--to <time>]
npm run restore -- --prepare --database <url> [--amqp <url>]

Makes a new data folder from a backup and the archived log (WAL): all schemas as they were at one time. Then prepares it
for a start: events that lay in the broker are published again, and numbers that others may have seen are not given out
twice. Nothing of the platform may run meanwhile; afterwards: npm start -- --data <folder>, npm run verify.
Ends with 0 when it was done, with 1 when not.

  --repository <folder>  of npm run backup (or BAHI_BACKUPS)
  --into <folder>        new or without a database
  --to <time>            such as 2026-11-27T16:30:00+05:30; default: as far as the log was archived
  --key <file>           the key of backups with its private half (default backup-key.json in the folder of --keys)
  --keys <folder>        with secrets.json, postgres.password and blobs, which are in no backup (default .bahi)
  --prepare              only the preparation: of a database that another tool has restored (pgBackRest)
  --database <url>       for --prepare: as the owner of the schemas (or DATABASE_ADMIN_URL)
  --amqp <url>           RabbitMQ of the platform: its queues are deleted, which hold events of the lost time
  --help                 this text`

const { values } = parseArguments(help, {
  repository: { type: 'string' },
  into: { type: 'string' },
  to: { type: 'string' },
  key: { type: 'string' },
  keys: { type: 'string', default: '.bahi' },
  prepare: { type: 'boolean' },
  database: { type: 'string' },
  amqp: { type: 'string' },
})

try {
  if (values.prepare) {
    await prepare(
      values.database ??
        secretOf('DATABASE_ADMIN_URL', process.env) ??
        exitWith('which database? --database <url>'),
    )
  } else await restore()
} catch (error) {
  exitWith(`not restored: ${(error as Error).message}`, 1)
}

async function restore(): Promise<void> {
  const repository =
    values.repository ?? process.env['BAHI_BACKUPS'] ?? exitWith('from where? --repository <folder>')
  const into = resolve(values.into ?? exitWith('where to? --into <folder>'))
  const to = values.to === undefined ? undefined : new Date(values.to)
  if (to && Number.isNaN(to.getTime())) exitWith(`--to ${values.to}: no time`)
  const keys = resolve(values.keys)
  const passwordFile = join(keys, keptApart.password)
  for (const file of [passwordFile, join(keys, keptApart.secrets)])
    if (!existsSync(file)) exitWith(`${file} is missing: it is in no backup, and kept apart`)
  const key = await readBackupKey(resolve(values.key ?? join(keys, 'backup-key.json')))
  const restored = await restoreBackup({
    ...{ repository: resolve(repository), key, into, passwordFile },
    ...(to ? { to } : {}),
  })
  const { server, label, asOf, ms } = restored
  try {
    console.log(`${label} restored in ${(ms / 1000).toFixed(1)} s, as of ${asOf.toISOString()}`)
    const later = await copyKeptApart(keys, into, server.adminUrl)
    if (later > 0)
      console.log(`${later} checkpoint(s) of the audit chain are of the lost time and stayed in ${keys}`)
    await prepare(server.adminUrl)
  } finally {
    await server.stop()
  }
  console.log(`ready: npm start -- --data ${into}`)
}

async function prepare(adminUrl: string): Promise<void> {
  if (values.amqp)
    console.log(
      `${await emptyBroker(
        values.amqp,
        platformQueues.map(({ queue }) => queue),
      )} message(s) of the broker are gone`,
    )
  const republished = Object.entries(await prepareRestored(adminUrl))
  for (const [source, events] of republished)
    console.log(
      `${source}: ${events} event(s) will be published again; what was consumed is not consumed again`,
    )
  if (republished.length === 0) console.log('every event was consumed: nothing is published again')
}
