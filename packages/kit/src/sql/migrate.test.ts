// Migrations: forward only, each once, all of a file or nothing, and no right that was not granted.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { checkMigrated, migrate } from './migrate.ts'
import { startPostgres, type EmbeddedPostgres } from './embedded-postgres.ts'
import { connect, type Sql } from './sql.ts'

// A server of its own: roles and their passwords belong to all databases of a server.
let postgres: EmbeddedPostgres
let home: string
let admin: Sql
let folder: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'bahi-migrate-'))
  postgres = await startPostgres({ dataDir: join(home, 'postgres'), durable: false })
  admin = connect(postgres.adminUrl, { max: 1 })
})
afterAll(async () => {
  await admin.end()
  await postgres.stop()
  await rm(home, { recursive: true })
})
beforeEach(async () => {
  await admin.unsafe(`drop schema if exists "user" cascade; drop schema if exists audit cascade`)
  folder = await mkdtemp(join(tmpdir(), 'bahi-migrations-'))
  await file(
    '001_things.sql',
    'create table things (id int primary key); grant select on things to {{role}};',
  )
  return () => rm(folder, { recursive: true })
})

const file = (path: string, text: string) => writeFile(join(folder, path), text)
const schema = (service: string) => ({
  name: service,
  migrations: pathToFileURL(`${folder}/`),
  password: "it's a \\ password",
})
const run = (...services: string[]) =>
  migrate(postgres.adminUrl, (services.length ? services : ['user']).map(schema))
const tables = async () =>
  (
    await admin<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'user' order by 1`
  ).map((row) => row.name)
function asRole(service: string): Sql {
  const own = new URL(postgres.adminUrl)
  own.username = `bahi_${service}`
  own.password = encodeURIComponent(schema(service).password)
  return connect(own.toString(), { max: 1 })
}

describe('what is missing', () => {
  it('is applied in order and once, even in a schema with a reserved name', async () => {
    await file('002_more.sql', 'alter table things add column name text;')
    expect(await run()).toEqual(['user/000_events.sql', 'user/001_things.sql', 'user/002_more.sql'])
    expect(await run()).toEqual([])
    await file('003_yet.sql', 'create table yet (id int);')
    expect(await run()).toEqual(['user/003_yet.sql'])
    expect(await tables()).toEqual(['events', 'events_full', 'inbox', 'migrations', 'relay', 'things', 'yet'])
  })

  it('is applied once when two migrate at the same time', async () => {
    const both = await Promise.all([run('user', 'audit'), run('user', 'audit')])
    expect(both.flat().sort()).toEqual(
      ['audit', 'user'].flatMap((s) => [`${s}/000_events.sql`, `${s}/001_things.sql`]),
    )
  })

  it('stops a service until it is applied', async () => {
    await run()
    const sql = asRole('user')
    await checkMigrated(sql, schema('user'))
    await file('002_more.sql', 'select 1;')
    await expect(checkMigrated(sql, schema('user'))).rejects.toThrow('not migrated yet (002_more.sql)')
    await run()
    await checkMigrated(sql, schema('user'))
    await sql.end()
  })
})

describe('refused', () => {
  it('is a file that changed after it was applied', async () => {
    await run()
    await file('001_things.sql', 'create table things (id bigint primary key);')
    await expect(run()).rejects.toThrow('user/001_things.sql was applied and has changed since')
  })

  it('is a new file before one that was applied', async () => {
    await file('003_later.sql', 'create table later (id int);')
    await run()
    await file('002_between.sql', 'create table between_them (id int);')
    await expect(run()).rejects.toThrow('user/002_between.sql comes after 003_later.sql was applied')
    expect(await tables()).not.toContain('between_them')
  })

  it('is a file that no one would ever find', async () => {
    await file('02-more.sql', 'select 1;')
    await expect(run()).rejects.toThrow('02-more.sql is no name for a migration')
  })

  it.each(['User', 'user"; drop schema audit', '', 'pg_user'])('is the schema %j', async (service) => {
    await expect(run(service)).rejects.toThrow('no name for a schema')
  })
})

it('a file that fails leaves nothing behind, and what came before it stays', async () => {
  await file('002_half.sql', 'create table half (id int); select 1 / 0;')
  await expect(run()).rejects.toThrow('division by zero')
  expect(await tables()).toEqual(['events', 'events_full', 'inbox', 'migrations', 'relay', 'things'])
  await file('002_half.sql', 'create table half (id int);')
  expect(await run()).toEqual(['user/002_half.sql'])
})

it('an older version of the code finds a newer schema and leaves it alone', async () => {
  await file('002_newer.sql', 'create table newer (id int);')
  await run()
  await rm(join(folder, '002_newer.sql'))
  expect(await run()).toEqual([])
  expect(await tables()).toContain('newer')
})

const beyond = [
  'insert into things (id) values (1)',
  'delete from things',
  'create table own (id int)',
  'create table public.own (id int)',
  'create schema own',
  'alter table things add column more int',
  'drop table things',
  'delete from events',
  'update events set data = null',
  'truncate events',
  'insert into relay default values',
  'delete from relay',
  "insert into migrations (name, sha256) values ('x', 'y')",
  'select id from audit.things',
  'select seq from audit.events',
  'create role friend',
  'set role bahi_audit',
  "select pg_read_file('/etc/passwd')",
]

describe("the service's role", () => {
  it('may not do what is not', async () => {
    await run('user', 'audit')
    const sql = asRole('user')
    for (const statement of beyond) {
      await expect(sql.unsafe(statement), statement).rejects.toMatchObject({ code: '42501' })
    }
    await sql.end()
  })

  it('may do what is granted, in its own schema without naming it', async () => {
    await run()
    const sql = asRole('user')
    expect(await sql`select id from things`).toEqual([])
    expect(await sql`show idle_in_transaction_session_timeout`).toEqual([
      { idleInTransactionSessionTimeout: '1min' },
    ])
    await sql.end()
  })
})
