// Evidence of data: keys and their age, retention, database roles, the audit chain, backups.
import { checkpointIn, type Checkpoint } from '@bahi/audit/checkpoints/checkpoint.ts'
import { verifyCheckpoints } from '@bahi/audit/checkpoints/verify-checkpoints.ts'
import { verifyStoredRecords } from '@bahi/audit/records/verify-records.ts'
import { retention } from '@bahi/contracts/retention.ts'
import { hasFailedVerification } from '@bahi/contracts/health.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { manifestsIn } from '@bahi/platform/backup/repository.ts'
import type { BackupStatus } from '@bahi/kit/runtime/backup-status.ts'
import { services } from '@bahi/platform/services.ts'
import { valueInForce } from './of-settings.ts'
import { daysAfter, daysSince, reading, type Evidence, type Found, type Source } from './source.ts'

type TokenKey = { kid: string; generation: number; signsFrom: Date }

/** A day later than its period: workers rotate, and delete, once a minute. */
const graceDays = 1

async function tokenKeys(evidence: Evidence): Promise<Found> {
  const { now, settings } = evidence
  const rotationDays = Number(valueInForce('BAHI_KEY_ROTATION_DAYS', settings()))
  const tables = await reading(evidence, async (tx) => ({
    accessTokens: await tx<TokenKey[]>`
      select kid, generation, signs_from from auth.signing_keys order by generation`,
    idTokens: await tx<TokenKey[]>`
      select kid, generation, signs_from from auth.id_token_keys order by generation`,
  }))
  const value = Object.entries(tables).flatMap(([of, keys]) =>
    keys.map(({ kid, signsFrom }) => ({
      ...{ of, kid, signsFrom, ageDays: daysSince(signsFrom, now) },
      replacedBy: daysAfter(signsFrom, rotationDays),
    })),
  )
  const newest = ['accessTokens', 'idTokens'].flatMap((of) => value.findLast((key) => key.of === of) ?? [])
  const late = newest.filter(({ replacedBy }) => replacedBy < daysAfter(now, -graceDays))
  return {
    value: { rotationDays, keys: value },
    faults: late.map(({ of, kid }) => `the key ${kid} of ${of} should have been replaced`),
  }
}

/** Ids of keys alone; their age by the day that an id begins with. */
async function dataKeys(evidence: Evidence): Promise<Found> {
  const { now, dataKeyDays } = evidence
  const source = await evidence.dataKeys()
  const value: { service: string; id: string; isCurrent: boolean; ageDays?: number; replaceBy?: Date }[] = []
  for (const { name: service } of services) {
    const keys = await source(service)
    for (const id of Object.keys(keys?.keys ?? {})) {
      const day = /^\d{4}-\d{2}(-\d{2})?(?=-|$)/.exec(id)?.[0]
      const made = day === undefined ? undefined : new Date(day)
      const age = made && { ageDays: daysSince(made, now), replaceBy: daysAfter(made, dataKeyDays) }
      value.push({ service, id, isCurrent: id === keys?.current, ...age })
    }
  }
  const current = value.filter(({ isCurrent }) => isCurrent)
  return {
    value: { dataKeyDays, keys: value },
    faults: [
      ...current
        .filter(({ ageDays }) => ageDays !== undefined && ageDays > dataKeyDays)
        .map(({ service, id, ageDays }) => `the data key ${id} of ${service} is ${ageDays} days old`),
      ...current
        .filter(({ ageDays }) => ageDays === undefined)
        .map(
          ({ service, id }) => `the id ${id} of the data key of ${service} says no day: its age is not known`,
        ),
    ],
  }
}

async function sealedValues(evidence: Evidence): Promise<Found> {
  const value: object[] = []
  for (const { name: service, sealed = [] } of services)
    for (const { table, column } of sealed) {
      const byKey = await reading(
        evidence,
        async (tx) =>
          await tx`
          select split_part(${tx(column)}, '.', 2) as key, count(*) as values from ${tx(service)}.${tx(table)}
          where ${tx(column)} is not null group by 1 order by 1`,
      )
      value.push({ service, table, column, byKey })
    }
  return { value }
}

/** Rows that the worker should have deleted, counted up to a bound. */
const maxOverdue = 1_000

async function keptRows(evidence: Evidence): Promise<Found> {
  const { now } = evidence
  const inForce = rulesAt(retention, now)
  const overdue: { table: string; days: number; rows: number }[] = []
  for (const [service, tables] of Object.entries(inForce.services))
    for (const [table, kept] of Object.entries(tables))
      for (const { days, since, only = 'true' } of 'keeps' in kept ? [] : kept) {
        const before = daysAfter(now, -days - graceDays)
        const [row] = await reading(
          evidence,
          async (tx) =>
            await tx<{ rows: number }[]>`
            select count(*) as rows from (
              select 1 from ${tx(service)}.${tx(table)}
              where ${tx(since)} <= ${before} and (${tx.unsafe(only)}) limit ${maxOverdue}) r`,
        )
        overdue.push({ table: `${service}.${table}`, days, rows: row!.rows })
      }
  const partitions = await reading(
    evidence,
    async (tx) =>
      await tx`
      select p.relnamespace::regnamespace::text as schema, p.relname as table, c.relname as partition,
        pg_get_expr(c.relpartbound, c.oid) as bounds, greatest(c.reltuples, 0)::bigint as estimated_rows
      from pg_inherits i join pg_class p on p.oid = i.inhparent join pg_class c on c.oid = i.inhrelid
      where p.relkind = 'p' order by 1, 2, 3`,
  )
  const archivedMonths = await reading(
    evidence,
    async (tx) =>
      await tx`
      select month::text, rows, archived_at from payment.archived_months order by month`,
  )
  const late = overdue.filter(({ rows }) => rows > 0)
  return {
    value: { inForce, overdue, partitions, archivedMonths },
    faults: late.map(({ table, days, rows }) => `${table} has ${rows} rows that are older than ${days} days`),
  }
}

type DatabaseRole = { role: string; isSuperuser: boolean; bypassesRowSecurity: boolean; isOwner: boolean }

async function databaseRoles(evidence: Evidence): Promise<Found> {
  const schemas: string[] = services.map(({ name }) => name)
  const value = await reading(evidence, async (tx) => ({
    roles: await tx<DatabaseRole[]>`
      select rolname as role, rolsuper as is_superuser, rolbypassrls as bypasses_row_security,
        rolcanlogin as may_log_in, rolcreaterole as may_create_roles,
        exists (select from pg_class c where c.relowner = r.oid and c.relnamespace::regnamespace::text
          = any (${schemas})) as is_owner
      from pg_roles r where rolname !~ '^pg_' order by 1`,
    rights: await tx`
      select n.nspname as schema, g.grantee::regrole::text as role, g.privilege_type as privilege,
        count(*) as tables
      from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) g
      where n.nspname = any (${schemas}) and c.relkind in ('r', 'p', 'v')
        and g.grantee <> c.relowner
      group by 1, 2, 3 order by 1, 2, 3`,
  }))
  const wrong = value.roles.filter(
    ({ role, isSuperuser, bypassesRowSecurity, isOwner }) =>
      role.startsWith('bahi_') && (isSuperuser || bypassesRowSecurity || isOwner),
  )
  return { value, faults: wrong.map(({ role }) => `${role} has more rights than a role of a service`) }
}

async function auditChain(evidence: Evidence): Promise<Found> {
  const outside = await evidence.checkpoints()
  if (!outside) throw new Error('there are no checkpoints outside the database: BAHI_BLOBS is not set')
  const sql = evidence.sql()
  const verdict = await verifyCheckpoints(outside.blobs, sql, outside.keys)
  const chain = await verifyStoredRecords(sql, verdict.heads)
  const written = await reading(
    evidence,
    async (tx) =>
      await tx<{ document: string; storedAt: Date | null }[]>`
      select document, stored_at from audit.checkpoints order by n`,
  )
  const faults = [...verdict.faults, ...chain.faults].map(({ seq, fault }) => `record ${seq}: ${fault}`)
  if (verdict.count === 0) faults.push('no checkpoint was signed yet')
  return {
    value: {
      isWhole: faults.length === 0,
      ...{ records: chain.records, lastHash: chain.lastHash, keys: outside.keys.map(({ kid }) => kid) },
      checkpoints: written.map(({ document, storedAt }) => ({
        ...(checkpointIn(document) satisfies Checkpoint),
        kid: (JSON.parse(document) as { kid: string }).kid,
        storedAt,
      })),
    },
    faults,
  }
}

/** Beyond these an alert is due, see docs/operate/backup.md. */
const [backupHours, verifiedHours] = [26, 50]

async function backups({ repository, now }: Evidence): Promise<Found> {
  if (repository === undefined) throw new Error('no repository was named: --repository <folder>')
  const status = JSON.parse(await readFile(join(repository, 'status.json'), 'utf8')) as BackupStatus
  const manifests = await manifestsIn(repository)
  const hours = (at: string | undefined) =>
    at === undefined ? Infinity : (now.getTime() - Date.parse(at)) / 3_600_000
  return {
    value: {
      status,
      backups: manifests.map(({ label, set, startedAt, endedAt, files }) => ({
        ...{ label, isFull: label === set, startedAt, endedAt, files: files.length },
      })),
    },
    faults: [
      ...(hours(status.lastSuccessAt) > backupHours ? [`no backup within ${backupHours} hours`] : []),
      ...(hours(status.lastVerifiedAt) > verifiedHours
        ? [`no backup was verified by a restore within ${verifiedHours} hours`]
        : []),
      ...(hasFailedVerification(status) ? ['the last verification of a backup failed'] : []),
    ],
  }
}

export const sourcesOfData: readonly Source[] = [
  { name: 'token-keys.json', about: 'keys of tokens: ids, age, when they are replaced', collect: tokenKeys },
  { name: 'data-keys.json', about: 'data keys: ids, age, when they are to be replaced', collect: dataKeys },
  { name: 'sealed-values.json', about: 'sealed values by the id of their key', collect: sealedValues },
  {
    name: 'retention.json',
    about: 'retention, rows beyond it, partitions, archived months',
    collect: keptRows,
  },
  { name: 'database-roles.json', about: 'roles of the database and their rights', collect: databaseRoles },
  {
    name: 'audit-chain.json',
    about: 'verification of the audit chain, and its checkpoints',
    collect: auditChain,
  },
  { name: 'backups.json', about: 'backups, and the last restore that was verified', collect: backups },
]
