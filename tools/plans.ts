// `npm run plans`: tests run on a PostgreSQL that logs each plan; statements that read a whole table are named.
import { spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { smallTables } from '@bahi/testing/small-tables.ts'
import { plansIn, readsEverything, tablesReadWhole } from './plan-faults.ts'

const defaultRows = '10000000'
const help = `npm run plans -- [PATH…]

Runs tests (all of the services, or those below each PATH) on a PostgreSQL that plans as if its tables had millions of
rows and logs each plan, and names every statement of a service that reads all of a table which grows. Such a statement
works on the day of its release, and stops the platform years later. Exits with 1 when there is one.

  --rows N        that each table is taken to have (${defaultRows})
  --help          this text

Tables that stay small are named in packages/testing/src/small-tables.ts, statements that are meant to read everything
in tools/plan-faults.ts, each with its reason.`

const { values, positionals } = parseArguments(
  help,
  { rows: { type: 'string', default: defaultRows } },
  { allowPositionals: true },
)
const rows = Number(values.rows)
if (!Number.isInteger(rows) || rows < 1) exitWith(`--rows is a number from 1 up\n\n${help}`)
const folder = await mkdtemp(join(tmpdir(), 'bahi-plans-'))
const dataDir = join(folder, 'postgres')
const postgres = await startPostgres({
  dataDir,
  durable: false,
  settings: {
    shared_preload_libraries: 'auto_explain',
    log_line_prefix: '%u ',
    // What is pretended must stay.
    autovacuum: 'off',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_format': 'json',
    'auto_explain.log_nested_statements': 'on',
    'auto_explain.log_parameter_max_length': '0',
  },
})
try {
  const paths = positionals.length > 0 ? positionals : ['services']
  const env = { ...process.env, BAHI_TEST_POSTGRES: postgres.adminUrl, BAHI_TEST_TABLE_ROWS: String(rows) }
  const test = join(import.meta.dirname, 'test.ts')
  const { status } = spawnSync(process.execPath, [test, '--project', 'all', ...paths], {
    env,
    stdio: 'inherit',
  })
  if (status !== 0) console.log('a test failed: what it did not reach is not judged')
  const faults = await judge(await partialIndexes())
  process.exitCode = status === 0 && faults === 0 ? 0 : 1
} finally {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

/** Of the databases that the tests clone. */
async function partialIndexes(): Promise<Set<string>> {
  const names = new Set<string>()
  const root = connect(postgres.adminUrl, { max: 1 })
  const databases = await root<
    { datname: string }[]
  >`select datname from pg_database where datname like 'template\\_%'`
  await root.end()
  for (const { datname } of databases) {
    const url = new URL(postgres.adminUrl)
    url.pathname = `/${datname}`
    const sql = connect(url.toString(), { max: 1 })
    const indexes = await sql<{ name: string }[]>`
      select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid where i.indpred is not null`
    for (const { name } of indexes) names.add(name)
    await sql.end()
  }
  return names
}

async function judge(partial: Set<string>): Promise<number> {
  const statements = new Set<string>()
  const faults = new Map<string, string>()
  for await (const { role, text, plan } of plansIn(createInterface(createReadStream(`${dataDir}.log`)))) {
    const service = /^bahi_(?!reporting$)(.+)$/.exec(role)?.[1]
    if (service === undefined) continue
    const statement = `${service}: ${text.replaceAll(/\s+/g, ' ').trim()}`
    statements.add(statement)
    const tables = tablesReadWhole(plan, (index) => partial.has(index)).filter(
      // Those of the system are not the service's.
      (table) => !(table in smallTables || table.startsWith('pg_')),
    )
    if (tables.length > 0 && !readsEverything.some((start) => statement.startsWith(start)))
      faults.set(statement, tables.join(', '))
  }
  for (const [statement, tables] of faults) console.log(`\nreads all of ${tables}\n  ${statement}`)
  console.log(
    `\n${statements.size} statements of services, ${faults.size} of them read a whole table that grows`,
  )
  return faults.size
}
