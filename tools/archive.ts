// Moves a month of the books that is past its retention to a sealed archive, or opens one for an auditor.
import { resolve, join } from 'node:path'
import { connect } from '@bahi/kit/sql/sql.ts'
import { archiveNoted } from '@bahi/platform/archive/archive-status.ts'
import { archivedIn } from '@bahi/platform/archive/archive-store.ts'
import { archivableFrom, monthsOf } from '@bahi/platform/archive/months.ts'
import { openArchive } from '@bahi/platform/archive/open-archive.ts'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { readBackupKey } from '@bahi/platform/backup/backup-key.ts'
import { databaseAt, databaseOptions } from '@bahi/platform/local-database.ts'

const help = `npm run archive -- --repository <folder> --month <YYYY-MM> --note <why>
npm run archive -- --repository <folder> --open <YYYY-MM> --into <url> [--reader <role>]
npm run archive -- --repository <folder> --list

Moves a month of payments, transfers and entries out of the database: closes its partitions, writes them compressed and
sealed beside the backups with a manifest, reads the archive back, compares it with the partitions, and drops these in
one transaction. Only a month that is past its retention, and that nothing needs: no open payment, hold or difference,
and every event of it under a signed checkpoint of the audit chain. Stopped half-way, it is run again. On record in
audit.
--open loads an archived month into a schema of its own, which nobody can change, in any database.
Ends with 0 when it was done, with 1 when not.

  --repository <folder>  of npm run backup (or BAHI_BACKUPS)
  --month <YYYY-MM>      the month, in UTC
  --note <why>           on record; at least three characters
  --open <YYYY-MM>       an archived month, to be read
  --into <url>           for --open: a database, such as an empty one, as a role that may make schemas in it
  --reader <role>        for --open: who may read it besides
  --list                 the months there are, and what may be done with them
  --key <file>           the key of backups with its private half (default backup-key.json in the data folder)
  --metrics <file>       where to write the metrics (default bahi_archive.prom in the repository)
  --database <url>       PostgreSQL, as the owner of the schemas (or DATABASE_ADMIN_URL)
  --data <folder>        without a database: that of npm start, default .bahi
  --help                 this text`

const { values } = parseArguments(help, {
  ...databaseOptions,
  repository: { type: 'string' },
  month: { type: 'string' },
  note: { type: 'string' },
  open: { type: 'string' },
  into: { type: 'string' },
  reader: { type: 'string' },
  list: { type: 'boolean' },
  key: { type: 'string' },
  metrics: { type: 'string' },
})
const repository = resolve(
  values.repository ??
    process.env['BAHI_BACKUPS'] ??
    exitWith('where to? --repository <folder> or BAHI_BACKUPS'),
)
const now = new Date()

try {
  if (values.list) await list()
  else if (values.open !== undefined) await openMonth(monthIn(values.open))
  else await archive(monthIn(values.month ?? exitWith(help)))
} catch (error) {
  exitWith(`not done: ${(error as Error).message}`, 1)
}

function monthIn(text: string): string {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? text : exitWith(`${text} is no month: YYYY-MM`)
}

function keyOf() {
  return readBackupKey(resolve(values.key ?? join(resolve(values.data), 'backup-key.json')))
}

async function list(): Promise<void> {
  const { url, close } = await databaseAt(values)
  const sql = connect(url, { max: 1, name: 'bahi-archive' })
  try {
    const stored = await archivedIn(repository)
    for (const month of await monthsOf(sql, now)) {
      const from = archivableFrom(month, now)
      const isStored = stored.includes(month.month)
      const state = month.isArchived
        ? `in an archive${isStored ? '' : `, which is not in ${repository}`}`
        : from > now
          ? `kept until ${from.toISOString().slice(0, 10)}`
          : `may be archived${month.parts.some(({ isClosed }) => isClosed) ? ': begun, run it again' : ''}`
      console.log(`${month.month}  ${state}`)
    }
  } finally {
    await sql.end({ timeout: 5 })
    await close()
  }
}

async function archive(month: string): Promise<void> {
  const note = values.note?.trim() ?? ''
  if (note.length < 3) exitWith('why? --note <why>, at least three characters')
  const key = await keyOf()
  const { url: adminUrl, close } = await databaseAt(values)
  const options = { adminUrl, repository, key, month, note, now }
  const done = await archiveNoted(options, values.metrics).finally(close)
  const size = `${done.rows} rows, ${(done.bytes / 1e6).toFixed(1)} MB`
  console.log(`${month}: ${done.isNew ? 'archived' : 'was archived'}, ${size}, sha256 ${done.sha256}`)
}

async function openMonth(month: string): Promise<void> {
  const databaseUrl = values.into ?? exitWith('into which database? --into <url>')
  const reader = values.reader === undefined ? {} : { reader: values.reader }
  const opened = await openArchive({ databaseUrl, repository, key: await keyOf(), month, ...reader })
  console.log(`${month}: ${opened.rows} rows in the schema ${opened.schema}`)
  console.log(`sha256 ${opened.sha256}: the audit record payment.month-archived must say the same`)
}
