// Brings schemas up to date: numbered migrations forward only, each once; repeatable SQL whenever it changed.
import { readSchemaFiles, type SqlFile } from './migration-files.ts'
import { grantReporting, makeReportingRole, makeServiceRole, roleOf, type CanLogIn } from './roles.ts'
import { connect, sqlState, type Queryable, type Sql } from './sql.ts'

export type Schema = {
  /** Service's name: its schema; its role is `bahi_<name>`. */
  name: string
  /** Folder of its migrations; its repeatable SQL is in the folder `sql` beside it. */
  migrations: URL
  /** Password of its role; it may do just what its files grant. */
  password: string
}

export type MigrateOptions = {
  /** Of the role `bahi_reporting`, which reads every schema; left out, its password stays as it is. */
  reportingPassword?: string
}

const lockId = 6_214_470
/** Virtual generated columns came with it. */
const leastVersion = 18
/** Partitions that are made here; the services make later ones. */
const monthsAhead = 3

/**
 * Makes role and schema of each service and applies what is missing. `adminUrl` belongs to the schemas' owner; the
 * services run with less. Throws when an applied migration has changed since, or when a new one comes before an applied
 * one. Repeatable files are applied in one transaction when one of them, or any migration, is new;
 * only the service may execute their functions, and who else a file grants it to.
 */
export async function migrate(
  adminUrl: string,
  schemas: Schema[],
  options: MigrateOptions = {},
): Promise<string[]> {
  const sql = connect(adminUrl, { max: 1, name: 'bahi-migrate' })
  try {
    await checkVersion(sql)
    // Another migration may take long; the lock is waited for.
    await sql`set statement_timeout = 0`
    await sql`select pg_advisory_lock(${lockId})`
    const canLogIn = logInAt(adminUrl)
    await makeReportingRole(sql, canLogIn, options.reportingPassword)
    const applied: string[] = []
    for (const schema of schemas) applied.push(...(await migrateOne(sql, schema, canLogIn)))
    return applied
  } finally {
    await sql.end()
  }
}

function logInAt(adminUrl: string): CanLogIn {
  return async (role, password) => {
    const url = Object.assign(new URL(adminUrl), { username: role, password })
    const probe = connect(url.href, { max: 1, name: 'bahi-migrate' })
    return probe`select 1`
      .then(
        () => true,
        () => false,
      )
      .finally(() => probe.end({ timeout: 1 }))
  }
}

async function checkVersion(sql: Sql): Promise<void> {
  const [row] = await sql<{ version: string }[]>`select current_setting('server_version') as version`
  const version = row?.version ?? 'unknown'
  if (Number.parseInt(version) < leastVersion)
    throw new Error(`bahi needs PostgreSQL ${leastVersion} or newer; this server is PostgreSQL ${version}`)
}

async function migrateOne(
  sql: Sql,
  { name, migrations, password }: Schema,
  canLogIn: CanLogIn,
): Promise<string[]> {
  if (!/^[a-z]+$/.test(name)) throw new Error(`no name for a schema: ${name}`)
  await makeServiceRole(sql, name, password, canLogIn)
  await makeSchema(sql, name)
  const files = await readSchemaFiles(migrations)
  const applied = await applyMigrations(sql, name, files.migrations)
  applied.push(...(await applyRepeatables(sql, name, files.repeatables)))
  await sql`select ${sql(name)}.make_partitions(${monthsAhead})`
  await grantReporting(sql, name)
  return applied.map((file) => `${name}/${file}`)
}

async function makeSchema(sql: Sql, name: string): Promise<void> {
  await sql.unsafe(
    `create schema if not exists "${name}"; grant usage on schema "${name}" to ${roleOf(name)};
     create table if not exists "${name}".migrations
       (name text primary key, sha256 text not null, applied_at timestamptz not null default now());
     create table if not exists "${name}".repeatables
       (name text, sha256 text, applied_at timestamptz not null, primary key (name, sha256));
     grant select on "${name}".migrations, "${name}".repeatables to ${roleOf(name)};`,
  )
}

async function applyMigrations(sql: Sql, schema: string, sets: SqlFile[][]): Promise<string[]> {
  const done = new Map(
    (await sql<{ name: string; sha256: string }[]>`select name, sha256 from ${sql(schema)}.migrations`).map(
      (row) => [row.name, row.sha256],
    ),
  )
  for (const files of sets) {
    const last = files.findLast((file) => done.has(file.name))
    const late = files.find((file) => last && file.name < last.name && !done.has(file.name))
    if (late) throw new Error(`${schema}/${late.name} comes after ${last?.name} was applied: number it anew`)
  }
  const applied: string[] = []
  for (const { name, text, sha256 } of sets.flat()) {
    const before = done.get(name)
    if (before === sha256) continue
    if (before)
      throw new Error(`${schema}/${name} was applied and has changed since: write a new file instead`)
    await inSchema(sql, schema, async (tx) => {
      await tx.unsafe(filled(text, schema))
      await tx`insert into migrations (name, sha256) values (${name}, ${sha256})`
    })
    applied.push(name)
  }
  return applied
}

/** All of them or none: functions call each other, and services that run see either the old ones or the new ones. */
async function applyRepeatables(sql: Sql, schema: string, files: SqlFile[]): Promise<string[]> {
  const rows = await sql<{ name: string; sha256: string }[]>`
    select distinct on (name) name, sha256 from ${sql(schema)}.repeatables order by name, applied_at desc`
  const present = new Map(rows.map((row) => [row.name, row.sha256]))
  const changed = files.filter((file) => present.get(file.name) !== file.sha256)
  if (changed.length === 0) return []
  await inSchema(sql, schema, async (tx) => {
    for (const { name, text, sha256 } of changed) {
      await tx.unsafe(filled(text, schema))
      await tx`
        insert into repeatables (name, sha256, applied_at) values (${name}, ${sha256}, clock_timestamp())
        on conflict (name, sha256) do update set applied_at = excluded.applied_at`
    }
    await tx.unsafe(
      `revoke execute on all functions in schema "${schema}" from public;
       grant execute on all functions in schema "${schema}" to ${roleOf(schema)};`,
    )
  })
  return changed.map((file) => file.name)
}

function inSchema(sql: Sql, schema: string, apply: (tx: Queryable) => Promise<void>): Promise<void> {
  return sql.begin(async (tx) => {
    await tx.unsafe(
      `set local search_path = "${schema}"; set local lock_timeout = '5s'; set local statement_timeout = 0`,
    )
    await apply(tx)
  }) as Promise<void>
}

/** Files of the kit serve every schema, and name it and its role by these words. */
function filled(text: string, schema: string): string {
  return text.replaceAll('{{role}}', roleOf(schema)).replaceAll('{{schema}}', `"${schema}"`)
}

/**
 * Throws unless every file of this version has been applied: what a service asks before it starts. A repeatable file
 * that a later version has replaced since is no fault: the version before may start again while that one is rolled out.
 */
export async function checkMigrated(sql: Sql, schema: { name: string; migrations: URL }): Promise<void> {
  const rows = await sql<{ name: string; sha256: string | null }[]>`
    select name, null as sha256 from migrations union all select name, sha256 from repeatables`.catch(
    (error: unknown) => {
      // Neither schema nor table.
      if (['3F000', '42P01'].includes(sqlState(error) ?? ''))
        throw notMigrated(schema.name, ['nothing of it is there'])
      throw error
    },
  )
  const done = new Set(rows.map((row) => `${row.name} ${row.sha256 ?? ''}`))
  const { migrations, repeatables } = await readSchemaFiles(schema.migrations)
  const missing = [
    ...migrations.flat().filter((file) => !done.has(`${file.name} `)),
    ...repeatables.filter((file) => !done.has(`${file.name} ${file.sha256}`)),
  ].map((file) => file.name)
  if (missing.length > 0) throw notMigrated(schema.name, missing)
}

function notMigrated(schema: string, missing: string[]): Error {
  const error = new Error(`${schema}: not migrated yet (${missing.join(', ')}): npm run migrate`)
  return Object.assign(error, { isNotMigrated: true })
}

/** True for what `checkMigrated` throws when files are missing: another process may apply them. */
export function isNotMigrated(error: unknown): boolean {
  return error instanceof Error && 'isNotMigrated' in error
}
