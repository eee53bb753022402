// Migrations forward only and each once; repeatable SQL whenever it changed; no right that was not granted.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { checkMigrated, migrate } from './migrate.ts'
import { reportingRole } from './roles.ts'
import { startPostgres, type EmbeddedPostgres } from './embedded-postgres.ts'
import { connect, type Sql } from './sql.ts'

// A server of its own: roles and their passwords belong to all databases of a server.
let postgres: EmbeddedPostgres
let serverFolder: string
let admin: Sql
/** Of a service: its `migrations` and its `sql`. */
let home: string
let folder: string

beforeAll(async () => {
  serverFolder = await mkdtemp(join(tmpdir(), 'bahi-migrate-'))
  postgres = await startPostgres({ dataDir: join(serverFolder, 'postgres'), durable: false })
  admin = connect(postgres.adminUrl, { max: 1 })
})
afterAll(async () => {
  await admin.end()
  await postgres.stop()
  await rm(serverFolder, { recursive: true })
})
beforeEach(async () => {
  await admin.unsafe(`drop schema if exists "user" cascade; drop schema if exists audit cascade`)
  home = await mkdtemp(join(tmpdir(), 'bahi-migrations-'))
  folder = join(home, 'migrations')
  await mkdir(folder)
  await mkdir(join(home, 'sql'))
  await file(
    '001_things.sql',
    'create table things (id int primary key); grant select on things to {{role}};',
  )
  return () => rm(home, { recursive: true })
})

it('an older server is refused by its version, before anything is made', async () => {
  const old = new URL(postgres.adminUrl)
  // What a server reports can be set by nobody: a function of the same name that comes first in the search path.
  await admin.unsafe(`create schema old; create function old.current_setting(text) returns text
    language sql as $$ select '17.2 (Debian 17.2-1)'::text $$`)
  old.searchParams.set('search_path', 'old,pg_catalog,public')
  await expect(migrate(old.toString(), [schema('user')])).rejects.toThrow(
    'bahi needs PostgreSQL 18 or newer; this server is PostgreSQL 17.2 (Debian 17.2-1)',
  )
  expect(await tables()).toEqual([])
  await admin.unsafe('drop schema old cascade')
})

const file = (path: string, text: string) => writeFile(join(folder, path), text)
const repeatable = (path: string, text: string) => writeFile(join(home, 'sql', path), text)
const kitTables = ['due_work', 'events', 'events_full', 'inbox', 'migrations', 'relay', 'repeatables']
const kitFiles = [
  '000_events.sql',
  '001_due_work.sql',
  'kit/events.sql',
  'kit/partitions.sql',
  'kit/redact-events.sql',
]
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
    expect(await run()).toEqual([
      ...['user/000_events.sql', 'user/001_due_work.sql', 'user/001_things.sql', 'user/002_more.sql'],
      ...['user/kit/events.sql', 'user/kit/partitions.sql', 'user/kit/redact-events.sql'],
    ])
    expect(await run()).toEqual([])
    await file('003_yet.sql', 'create table yet (id int);')
    expect(await run()).toContain('user/003_yet.sql')
    expect(await tables()).toEqual([...kitTables, 'things', 'yet'].sort())
  })

  it('is applied once when two migrate at the same time', async () => {
    const both = await Promise.all([run('user', 'audit'), run('user', 'audit')])
    expect(both.flat().sort()).toEqual(
      ['audit', 'user'].flatMap((s) => [...kitFiles, '001_things.sql'].map((name) => `${s}/${name}`)).sort(),
    )
  })

  it('stops a service until it is applied', async () => {
    await run()
    const sql = asRole('user')
    await checkMigrated(sql, schema('user'))
    await file('002_more.sql', 'select 1;')
    await expect(checkMigrated(sql, schema('user'))).rejects.toThrow('not migrated yet (002_more.sql, ')
    await run()
    await checkMigrated(sql, schema('user'))
    await sql.end()
  })
})

it('an owner who is no superuser migrates, and leaves passwords that work as they are', async () => {
  await admin.unsafe(`create role owner login createrole password 'owner'`)
  await admin.unsafe('create database owned owner owner')
  const url = Object.assign(new URL(postgres.adminUrl), {
    username: 'owner',
    password: 'owner',
    pathname: '/owned',
  })
  const owned = { ...schema('user'), name: 'owned', password: 'a?b/c@d' }
  const verifier = async () =>
    (await admin`select rolpassword from pg_authid where rolname = 'bahi_owned'`)[0]?.[
      'rolpassword'
    ] as string
  expect(await migrate(url.href, [owned])).toContain('owned/001_things.sql')
  const before = await verifier()
  expect(before).toContain('SCRAM')
  expect(await migrate(url.href, [owned])).toEqual([])
  expect(await verifier()).toBe(before)
  await migrate(url.href, [{ ...owned, password: 'another' }])
  expect(await verifier()).not.toBe(before)
  const service = connect(Object.assign(new URL(url), { username: 'bahi_owned', password: 'another' }).href, {
    max: 1,
  })
  const limits = await service<{ limit: string }[]>`
    select current_setting(unnest(array['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']))
      as limit`
  expect(limits.map(({ limit }) => limit)).toEqual(['30s', '10s', '1min'])
  await service.end()
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
  expect(await tables()).toEqual([...kitTables.filter((name) => name !== 'events_full'), 'things'].sort())
  await file('002_half.sql', 'create table half (id int);')
  expect(await run()).toContain('user/002_half.sql')
})

it('an older version of the code finds a newer schema and leaves it alone', async () => {
  await file('002_newer.sql', 'create table newer (id int);')
  await run()
  await rm(join(folder, '002_newer.sql'))
  expect(await run()).not.toContain('user/002_newer.sql')
  expect(await tables()).toContain('newer')
})

describe('repeatable SQL', () => {
  const answer = (n: number) =>
    `create or replace function answer() returns int language sql as $$ select ${n} $$;`
  const answered = async () => (await admin<{ n: number }[]>`select "user".answer() as n`)[0]?.n

  it('is applied again when it changed, and back again when that was undone', async () => {
    await repeatable('answer.sql', answer(1))
    expect(await run()).toContain('user/answer.sql')
    expect(await run()).toEqual([])
    await repeatable('answer.sql', answer(2))
    expect(await run()).toEqual(['user/answer.sql'])
    expect(await answered()).toBe(2)
    await repeatable('answer.sql', answer(1))
    expect(await run()).toEqual(['user/answer.sql'])
    expect(await answered()).toBe(1)
  })

  it('drops what it no longer offers by a line of its own, and grants anew', async () => {
    await repeatable('answer.sql', `${answer(1)} grant execute on function answer() to {{role}};`)
    await run()
    await repeatable(
      'answer.sql',
      `drop function if exists answer();
       create or replace function answer(n int default 7) returns text language sql as $$ select n::text $$;
       revoke execute on function answer(int) from public; grant execute on function answer(int) to {{role}};`,
    )
    await run()
    const sql = asRole('user')
    expect(await sql`select answer() as text`).toEqual([{ text: '7' }])
    await sql.end()
  })

  it('changes as a whole or not at all', async () => {
    await repeatable('a.sql', answer(1))
    await run()
    await repeatable('a.sql', answer(2))
    await repeatable('b.sql', 'create or replace view broken as select nothing;')
    await expect(run()).rejects.toThrow('nothing')
    expect(await answered()).toBe(1)
  })

  it('is applied again after a migration, which may have dropped a view to change its table', async () => {
    await repeatable('ids.sql', 'create or replace view ids as select id from things;')
    await run()
    await file('002_wide.sql', 'drop view ids; alter table things alter column id type bigint;')
    expect(await run()).toEqual([
      'user/002_wide.sql',
      'user/kit/events.sql',
      'user/kit/partitions.sql',
      'user/kit/redact-events.sql',
      'user/ids.sql',
    ])
    expect(await admin`select id from "user".ids`).toEqual([])
  })

  it('stops a service until its version was applied, and not when a later one replaced it', async () => {
    await repeatable('answer.sql', answer(1))
    await run()
    await repeatable('answer.sql', answer(2))
    const sql = asRole('user')
    await expect(checkMigrated(sql, schema('user'))).rejects.toThrow('not migrated yet (answer.sql)')
    await run()
    await checkMigrated(sql, schema('user'))
    await repeatable('answer.sql', answer(1))
    await checkMigrated(sql, schema('user'))
    await sql.end()
  })

  it('has a name like words.sql', async () => {
    await repeatable('01_answer.sql', answer(1))
    await expect(run()).rejects.toThrow('01_answer.sql is no name for repeatable SQL')
  })
})

describe('partitions by month', () => {
  it('are made for every partitioned table, with the options of its default one, each once', async () => {
    await file(
      '002_months.sql',
      `create table months (id uuid primary key) partition by range (id);
       create table months_default partition of months default with (fillfactor = 70);`,
    )
    await run()
    const parts = await admin<{ name: string; options: string[] | null }[]>`
      select relname as name, reloptions as options from pg_class
      where relkind = 'r' and relispartition and relnamespace = '"user"'::regnamespace order by 1`
    expect(parts).toHaveLength(6)
    for (const { name, options } of parts) {
      expect(name).toMatch(/^months_(default|\d{4}_\d{2})$/)
      expect(options).toEqual(['fillfactor=70'])
    }
    const sql = asRole('user')
    expect(await sql`select make_partitions(3) as made`).toEqual([{ made: 0 }])
    expect(await sql`select make_partitions(4) as made`).toEqual([{ made: 1 }])
    await sql.end()
  })
})

describe('the reporting role', () => {
  const reporting = (password: string) => {
    const url = new URL(postgres.adminUrl)
    url.username = reportingRole
    url.password = password
    return connect(url.toString(), { max: 1 })
  }

  it('reads every schema, views and later tables too, without the restrictions of services', async () => {
    await repeatable('ids.sql', 'create or replace view ids as select id from things;')
    await migrate(postgres.adminUrl, ['user', 'audit'].map(schema), { reportingPassword: 'read' })
    await file('002_more.sql', 'create table more (id int);')
    await run('user', 'audit')
    const sql = reporting('read')
    for (const name of ['"user".things', '"user".ids', '"user".more', 'audit.things', 'audit.events'])
      expect(await sql.unsafe(`select 1 from ${name}`), name).toEqual([])
    expect(await sql`show enable_seqscan`).toEqual([{ enableSeqscan: 'on' }])
    await sql.end()
  })

  it('changes nothing, whatever its session is set to, and calls no function that does', async () => {
    await migrate(postgres.adminUrl, [schema('user')], { reportingPassword: 'read' })
    const sql = reporting('read')
    await sql`set default_transaction_read_only = off`
    for (const statement of [
      'insert into "user".things (id) values (1)',
      'delete from "user".events',
      'create table "user".own (id int)',
      'select "user".make_partitions(5)',
      'set role bahi_user',
    ])
      await expect(sql.unsafe(statement), statement).rejects.toMatchObject({ code: '42501' })
    await sql.end()
  })
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
