// Brings schemas up to date: numbered plain SQL files, forward only, each once, one process at a time.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { connect, type Sql } from './sql.ts'

export type Schema = {
  /** Service's name: its schema; its role is `bahi_<name>`. */
  name: string
  /** Folder of its migrations. */
  migrations: URL
  /** Password of its role; it may do just what migrations grant. */
  password: string
}

const kitMigrations = new URL('../../migrations/', import.meta.url)
const lockId = 6_214_470

/**
 * How statements of services are planned: once, and by index. All of them look up by key, a few rows or sets of some
 * hundreds. A plan that was made while a table was small, and reads all of it, must not be kept when it has grown; and
 * planning anew for each set costs more than the set.
 */
const lookups = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
}

/**
 * Makes role and schema of each service and applies what is missing. `adminUrl` belongs to the schemas' owner; the
 * services run with less. Throws when an applied file has changed since, or when a new one comes before an applied one.
 */
export async function migrate(adminUrl: string, schemas: Schema[]): Promise<string[]> {
  const sql = connect(adminUrl, { max: 1, name: 'bahi-migrate' })
  try {
    // Another migration may take long; the lock is waited for.
    await sql`set statement_timeout = 0`
    await sql`select pg_advisory_lock(${lockId})`
    const applied: string[] = []
    for (const schema of schemas) applied.push(...(await migrateOne(sql, schema)))
    return applied
  } finally {
    await sql.end()
  }
}

async function migrateOne(sql: Sql, schema: Schema): Promise<string[]> {
  if (!/^[a-z]+$/.test(schema.name)) throw new Error(`no name for a schema: ${schema.name}`)
  const role = `bahi_${schema.name}`
  await makeRole(sql, role, schema)
  const done = new Map(
    (
      await sql<{ name: string; sha256: string }[]>`select name, sha256 from ${sql(schema.name)}.migrations`
    ).map((row) => [row.name, row.sha256]),
  )
  const applied: string[] = []
  const folders = [await filesOf(kitMigrations), await filesOf(schema.migrations)]
  for (const files of folders) {
    const last = files.findLast((file) => done.has(file.name))
    const late = files.find((file) => last && file.name < last.name && !done.has(file.name))
    if (late)
      throw new Error(`${schema.name}/${late.name} comes after ${last?.name} was applied: number it anew`)
  }
  for (const { name, text } of folders.flat()) {
    const sha256 = createHash('sha256').update(text).digest('hex')
    const before = done.get(name)
    if (before === sha256) continue
    if (before)
      throw new Error(`${schema.name}/${name} was applied and has changed since: write a new file instead`)
    await sql.begin(async (tx) => {
      await tx.unsafe(
        `set local search_path = "${schema.name}"; set local lock_timeout = '5s'; set local statement_timeout = 0`,
      )
      await tx.unsafe(text.replaceAll('{{role}}', role))
      await tx`insert into migrations (name, sha256) values (${name}, ${sha256})`
    })
    applied.push(`${schema.name}/${name}`)
  }
  return applied
}

async function makeRole(sql: Sql, role: string, schema: Schema): Promise<void> {
  const [found] = await sql`select 1 from pg_roles where rolname = ${role}`
  if (!found) await sql.unsafe(`create role ${role} login nosuperuser nocreatedb nocreaterole`)
  const quoted = `'${schema.password.replaceAll("'", "''")}'`
  // A transaction that somebody forgot would hold back the events of every service.
  // A new verifier of the same password would turn away whoever logs in at that moment.
  const isKnown = await hasPassword(sql, role, schema.password)
  if (!isKnown) await sql.unsafe(`alter role ${role} password ${quoted}`)
  await sql.unsafe(
    `alter role ${role} set search_path = "${schema.name}";
     alter role ${role} set idle_in_transaction_session_timeout = '60s';
     ${Object.entries(lookups)
       .map(([name, value]) => `alter role ${role} set ${name} = ${value};`)
       .join(' ')}`,
  )
  await sql.unsafe(
    `create schema if not exists "${schema.name}"; grant usage on schema "${schema.name}" to ${role};`,
  )
  await sql.unsafe(
    `create table if not exists "${schema.name}".migrations
       (name text primary key, sha256 text not null, applied_at timestamptz not null default now());
     grant select on "${schema.name}".migrations to ${role};`,
  )
}

/** Whether the role has this password already; false as well for who may not look. */
async function hasPassword(sql: Sql, role: string, password: string): Promise<boolean> {
  const rows = await sql<{ rolpassword: string | null }[]>`
    select rolpassword from pg_authid where rolname = ${role}`.catch(() => [])
  const [, rounds, salt, storedKey] =
    /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(rows[0]?.rolpassword ?? '') ?? []
  if (!rounds || !salt || !storedKey) return false
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(rounds), 32, 'sha256')
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  return createHash('sha256').update(clientKey).digest('base64') === storedKey
}

async function filesOf(folder: URL): Promise<{ name: string; text: string }[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const odd = names.find((name) => !/^\d{3}_[a-z0-9_]+\.sql$/.test(name))
  if (odd) throw new Error(`${odd} is no name for a migration: write it like 001_words.sql`)
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(new URL(name, folder), 'utf8') })),
  )
}

/** Throws unless every migration of this version has been applied: what a service asks before it starts. */
export async function checkMigrated(sql: Sql, schema: { name: string; migrations: URL }): Promise<void> {
  const rows = await sql<{ name: string }[]>`select name from migrations`
  const done = new Set(rows.map((row) => row.name))
  const files = [...(await filesOf(kitMigrations)), ...(await filesOf(schema.migrations))]
  const missing = files.filter((file) => !done.has(file.name)).map((file) => file.name)
  if (missing.length > 0)
    throw new Error(`${schema.name}: not migrated yet (${missing.join(', ')}): npm run migrate`)
}
