// Collects what an auditor is shown of a running platform into a folder that is sealed by its hashes and a signature.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { checkpointSigner } from '@bahi/audit/checkpoints/checkpoint.ts'
import { secretOf } from '@bahi/kit/runtime/config.ts'
import type { Env } from '@bahi/kit/runtime/environment.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { dataKeysAt, existingData } from '@bahi/platform/data-keys-at.ts'
import { databaseAt, databaseOptions } from '@bahi/platform/local-database.ts'
import { outsideCheckpoints, signingKeyOf, trustedKeys } from '@bahi/platform/outside-checkpoints.ts'
import { roleUrl, secretsIn } from '@bahi/platform/secrets.ts'
import { folderFaults, refuseExisting } from './evidence/folder.ts'

const help = `npm run evidence -- --out <folder>
npm run evidence -- --verify <folder>

Collects evidence for an auditor into a new folder: a file for each source, and a manifest with their SHA-256, signed
with the key of the checkpoints of the audit chain. It reads only, names people by their ids, and holds no secret and no
personal data. A source that is not there is named with the reason. docs/operate/evidence.md says what is in each file.
--verify holds a folder to its manifest and signature.
Ends with 0 when all was collected and nothing is wrong, with 1 when not, with 2 when it could not be done.

  --out <folder>         must not exist yet
  --verify <folder>      that was collected before; keys are BAHI_AUDIT_KEYS, or that of npm start
  --from <time>          begin of the period that acts and decisions are of (default 90 days before its end)
  --to <time>            its end (default now)
  --database <url>       PostgreSQL, as the role that only reads (or DATABASE_URL). Checkpoints and keys as for
                         npm run verify:audit, with BAHI_AUDIT_KEY to sign
  --data <folder>        without a database: that of npm start, default .bahi
  --settings <file>      settings of a process, name=value in lines (default: the environment, where a process has it);
                         may be repeated
  --url <url>            admin port of a running process, such as http://127.0.0.1:8082; may be repeated
  --repository <folder>  of npm run backup (or BAHI_BACKUPS)
  --data-key-days <n>    days that a data key may be used, by your policy (default 365)
  --without <file>       leaves a source out, such as sbom.json: on record as absent; may be repeated
  --help                 this text`

const { values } = parseArguments(help, {
  ...databaseOptions,
  out: { type: 'string' },
  verify: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  settings: { type: 'string', multiple: true, default: [] },
  url: { type: 'string', multiple: true, default: [] },
  repository: { type: 'string' },
  'data-key-days': { type: 'string', default: '365' },
  without: { type: 'string', multiple: true, default: [] },
})
const named =
  values.database ?? secretOf('DATABASE_URL', process.env) ?? secretOf('DATABASE_ADMIN_URL', process.env)
const place = { ...(named === undefined ? {} : { database: named }), data: values.data }
const dayMs = 86_400_000

try {
  if (values.verify !== undefined) await verify(resolve(values.verify))
  else await collect(resolve(values.out ?? exitWith(help)))
} catch (error) {
  exitWith(`not done: ${(error as Error).message}`)
}

async function verify(folder: string): Promise<void> {
  const faults = await folderFaults(folder, await trustedKeys(place))
  for (const fault of faults) console.error(fault)
  console.log(faults.length === 0 ? 'whole, and signed' : `NOT whole: ${faults.length} fault(s)`)
  process.exitCode = faults.length === 0 ? 0 : 1
}

async function collect(out: string): Promise<void> {
  await refuseExisting(out)
  const { collectEvidence, sources } = await import('./evidence/collect.ts')
  const now = new Date()
  const to = timeOf('--to', values.to) ?? now
  const from = timeOf('--from', values.from) ?? new Date(to.getTime() - 90 * dayMs)
  if (from >= to) exitWith('--from is not before --to')
  const dataKeyDays = /^[1-9]\d{0,3}$/.test(values['data-key-days'])
    ? Number(values['data-key-days'])
    : exitWith(`--data-key-days ${values['data-key-days']}: 1 to 9999`)
  const unknown = values.without.filter((name) => !sources.some((source) => source.name === name))
  if (unknown.length > 0)
    exitWith(`--without ${unknown[0]}: one of ${sources.map(({ name }) => name).join(', ')}`)
  const settings = settingsGiven()
  const key = await signingKeyOf(place).catch((error: Error) => exitWith(`which key? ${error.message}`))
  const database = await openedDatabase()
  try {
    const manifest = await collectEvidence(
      out,
      {
        root: join(import.meta.dirname, '..'),
        ...{ now, period: { from, to }, dataKeyDays, urls: values.url },
        sql: () => (database instanceof Error ? raise(database) : database.sql),
        settings: () => settings ?? raise(new Error('no settings of a process: --settings <file>')),
        dataKeys: () => dataKeysAt(place),
        checkpoints: () => outsideCheckpoints(place),
        repository: values.repository ?? process.env['BAHI_BACKUPS'],
      },
      { without: values.without, signer: checkpointSigner(key ?? '') },
    )
    for (const { name, why } of manifest.absent) console.log(`absent ${name}: ${why}`)
    for (const { name, fault } of manifest.faults) console.log(`fault  ${name}: ${fault}`)
    if (key === undefined) console.log('not signed: BAHI_AUDIT_KEY is not set')
    const { files, absent, faults } = manifest
    console.log(`${files.length} files in ${out}, ${absent.length} absent, ${faults.length} fault(s)`)
    process.exitCode = absent.length === 0 && faults.length === 0 && key !== undefined ? 0 : 1
  } finally {
    if (!(database instanceof Error)) await database.close()
  }
}

function raise(error: Error): never {
  throw error
}

function timeOf(option: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const time = new Date(text)
  return Number.isNaN(time.getTime()) ? exitWith(`${option} ${text}: no time`) : time
}

/** Of files, or of this environment when it is that of a process. */
function settingsGiven(): Env | undefined {
  const files = values.settings.map((file) => parseEnv(readFileSync(file, 'utf8')))
  if (files.length > 0) return Object.assign({}, ...files) as Env
  return process.env['BAHI_SERVICE_KEYS'] === undefined ? undefined : process.env
}

type Database = { sql: Sql; close(): Promise<unknown> }

/** As the role that only reads; or why there is none: what needs no database is collected all the same. */
async function openedDatabase(): Promise<Database | Error> {
  try {
    const { url: given, close } =
      named === undefined ? await databaseAt(place) : { url: named, close: undefined }
    const password =
      named === undefined && (await secretsIn(existingData(values.data))).passwords['reporting']
    const url = new URL(password ? roleUrl(given, 'reporting', password) : given)
    // Where the statements of audit look for their tables.
    url.searchParams.set('search_path', 'audit')
    const sql = connect(url.toString(), { max: 1, name: 'bahi-evidence' })
    return {
      sql,
      async close() {
        await sql.end({ timeout: 5 })
        await close?.()
      },
    }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
