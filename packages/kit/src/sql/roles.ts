// The database roles: one for each service, with the rights that its files grant, and one that only reads.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import type { Sql } from './sql.ts'

/** Reads every schema and changes nothing: for reports, exports, and the checker. */
export const reportingRole = 'bahi_reporting'

/**
 * How statements of services are planned: once, and by index. All of them look up by key, a few rows or sets of some
 * hundreds. A plan that was made while a table was small, and reads all of it, must not be kept when it has grown; and
 * planning anew for each set costs more than the set.
 */
const serviceSettings = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
  // Here and not in the connection's parameters, which a pooler refuses or ignores.
  statement_timeout: '30s',
  // Who waits longer is refused, and its connection is free again; sets of transfers wait for milliseconds.
  lock_timeout: '10s',
  // A transaction that somebody forgot would hold back the events of every service.
  idle_in_transaction_session_timeout: '60s',
}

/** Reports read whole tables, as the planner decides. A long snapshot holds back vacuum and relays: it is bounded. */
const reportingSettings = {
  default_transaction_read_only: 'on',
  statement_timeout: '5min',
  idle_in_transaction_session_timeout: '60s',
}

/** Whether a connection with that role and password succeeds. */
export type CanLogIn = (role: string, password: string) => Promise<boolean>

export const roleOf = (service: string) => `bahi_${service}`

/** Makes a service's role, or brings its password and settings up to date. */
export async function makeServiceRole(
  sql: Sql,
  service: string,
  password: string,
  canLogIn: CanLogIn,
): Promise<void> {
  await makeRole(sql, roleOf(service), password, canLogIn)
  await configure(sql, roleOf(service), { search_path: service, ...serviceSettings })
}

/** @param password left out: the role stays as it is, and a new one cannot log in */
export async function makeReportingRole(sql: Sql, canLogIn: CanLogIn, password?: string): Promise<void> {
  await makeRole(sql, reportingRole, password, canLogIn)
  await configure(sql, reportingRole, reportingSettings)
}

/** Lets the reporting role read everything that a schema has now. */
export async function grantReporting(sql: Sql, schema: string): Promise<void> {
  await sql.unsafe(
    `grant usage on schema "${schema}" to ${reportingRole};
     grant select on all tables in schema "${schema}" to ${reportingRole};`,
  )
}

async function makeRole(
  sql: Sql,
  role: string,
  password: string | undefined,
  canLogIn: CanLogIn,
): Promise<void> {
  const [found] = await sql`select 1 from pg_roles where rolname = ${role}`
  if (!found) await sql.unsafe(`create role ${role} login nosuperuser nocreatedb nocreaterole`)
  if (password === undefined) return
  // A new verifier of the same password would refuse connections that log in at that moment.
  if (found && ((await hasPassword(sql, role, password)) ?? (await canLogIn(role, password)))) return
  await sql.unsafe(`alter role ${role} password '${password.replaceAll("'", "''")}'`)
}

/** Roles belong to the server: of two databases that migrate at once, the second one finds nothing to change. */
async function configure(sql: Sql, role: string, settings: Record<string, string>): Promise<void> {
  const [row] = await sql<{ present: string[] | null }[]>`
    select rolconfig as present from pg_roles where rolname = ${role}`
  const present = new Set((row?.present ?? []).map((setting) => setting.replaceAll('"', '')))
  const statements = Object.entries(settings)
    .filter(([name, value]) => !present.has(`${name}=${value}`))
    .map(([name, value]) => `alter role ${role} set ${name} = "${value}"`)
  if (statements.length > 0) await sql.unsafe(statements.join(';'))
}

/** Whether the role has this password already; undefined for who may not look: only a superuser may. */
async function hasPassword(sql: Sql, role: string, password: string): Promise<boolean | undefined> {
  const rows = await sql<{ rolpassword: string | null }[]>`
    select rolpassword from pg_authid where rolname = ${role}`.catch(() => undefined)
  if (!rows) return undefined
  const [, rounds, salt, storedKey] =
    /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(rows[0]?.rolpassword ?? '') ?? []
  if (!rounds || !salt || !storedKey) return false
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(rounds), 32, 'sha256')
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  return createHash('sha256').update(clientKey).digest('base64') === storedKey
}
