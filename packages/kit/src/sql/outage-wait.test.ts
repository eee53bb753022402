// A pool whose database goes away, on a real PostgreSQL behind a proxy: what was not executed waits, within its bounds.
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { asProblem } from '../http/app.ts'
import type { AnyService } from '../runtime/service.ts'
import { traceFrom, withTrace } from '../trace.ts'
import { connect, poolOf, probe, retryRaces, type Sql } from './sql.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { tcpProxy, type TcpProxy } from '@bahi/testing/tcp-proxy.ts'

const long = 600_000
let database: TestDatabase
let proxy: TcpProxy
const pools: Sql[] = []
beforeAll(async () => {
  const migrations = new URL('../', import.meta.url)
  database = await testDatabase(inject('postgresUrl'), [{ name: 'user', migrations } as AnyService])
  proxy = await tcpProxy(Number(new URL(database.url('user')).port))
  await database.admin`create table public.written (what text)`
  await database.admin`grant all on public.written to bahi_user`
  // A commit that takes until a row is there.
  await database.admin`create table public.may_commit (yes bool)`
  await database.admin`grant all on public.may_commit to bahi_user`
  await database.admin.unsafe(`
    create function public.slow() returns trigger language plpgsql as $$ begin
      while not exists (select from public.may_commit) loop perform pg_sleep(0.01); end loop;
      return null;
    end $$;
    create constraint trigger slow after insert on public.written deferrable initially deferred
      for each row when (new.what = 'slow') execute function public.slow()`)
})
afterEach(async () => {
  proxy.restore()
  await Promise.all(pools.splice(0).map((sql) => sql.end({ timeout: 1 })))
  await database.admin`delete from public.written`
})
afterAll(async () => {
  await proxy.close()
  await database.drop()
})

const failures: unknown[] = []
function pool({ ms = long, max = 100, connections = 2 } = {}): Sql {
  failures.length = 0
  const url = new URL(database.url('user'))
  url.port = String(proxy.port)
  const outageWait = { ms, max, failed: (error: unknown) => void failures.push(error) }
  const sql = connect(url.toString(), { max: connections, outageWait })
  pools.push(sql)
  return sql
}
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )
const refused = { code: 'unavailable', status: 503, extras: { retryAfterS: 2 } }
const written = async () =>
  (await database.admin<{ what: string }[]>`select what from public.written order by what`).map(
    (row) => row.what,
  )
/** More statements wait than there are connections to be opened. */
const untilWaiting = (sql: Sql, count: number) =>
  expect.poll(() => poolOf(sql)!.waiting + poolOf(sql)!.used).toBeGreaterThanOrEqual(count)

describe('a database that is back within the bound', () => {
  it('fails no statement and no transaction, and its owner is told', async () => {
    const sql = pool()
    await Promise.all([sql`select 1`, sql`select 2`])
    proxy.sever()
    const begun = Array.from({ length: 12 }, (_, i) =>
      i % 2 === 0
        ? sql.begin((tx) => tx`insert into public.written values (${String(i).padStart(2, '0')})`)
        : sql.begin(async (tx) => void (await tx`select 1`)),
    )
    await expect.poll(() => failures.length).toBeGreaterThan(2)
    const statements = Array.from({ length: 12 }, (_, i) => sql<{ i: number }[]>`select ${i}::int as i`)
    proxy.restore()
    expect((await Promise.all(statements)).map(([row]) => row!.i)).toEqual(
      Array.from({ length: 12 }, (_, i) => i),
    )
    await Promise.all(begun)
    expect(await written()).toEqual(['00', '02', '04', '06', '08', '10'])
    expect(poolOf(sql)).toMatchObject({ waiting: 0 })
  })

  it('a transaction that broke off before its commit is run again by those that race, and by nobody else', async () => {
    const sql = pool()
    let runs = 0
    const breakingOnce = () =>
      sql.begin(async (tx) => {
        runs += 1
        await tx`insert into public.written values (${`run ${runs}`})`
        if (runs === 1) proxy.cut()
        await tx`select pg_sleep(0.01)`
      })
    await retryRaces(breakingOnce)
    expect(await written()).toEqual(['run 2'])
    runs = 0
    expect(asProblem(await failure(breakingOnce()))).toMatchObject(refused)
  })

  it('a transaction whose commit was sent is not run again: it may have been committed', async () => {
    const sql = pool()
    let runs = 0
    const lost = failure(
      retryRaces(() =>
        sql.begin(async (tx) => {
          runs += 1
          await tx`insert into public.written values ('slow')`
        }),
      ),
    )
    await expect
      .poll(
        () =>
          database.admin`
            select from pg_stat_activity
            where datname = current_database() and query ilike '%commit%' and state = 'active'
              and pid <> pg_backend_pid()`,
      )
      .toHaveLength(1)
    proxy.cut()
    expect(asProblem(await lost)).toMatchObject(refused)
    expect(runs).toBe(1)
    await database.admin`insert into public.may_commit values (true)`
    // It was.
    await expect.poll(written).toEqual(['slow'])
    await database.admin`delete from public.may_commit`
  })

  it.each([
    ['that writes fails: it may have been executed', 'write', false],
    ['that only reads is sent once more', 'read', true],
    ['that only reads fails when its connection breaks again', 'twice', false],
  ])('a statement that was sent and broke off, and %s', async (_why, how, isAnswered) => {
    const sql = pool()
    const sent =
      how === 'write'
        ? sql`with _ as (insert into public.written values ('it')) select true as yes, pg_sleep(60) as nap`
        : sql`select true as yes, pg_sleep(case when exists (select from public.may_commit) then 0 else 60 end) as nap`
    const error = failure(sent)
    const seen: number[] = []
    for (let cuts = how === 'twice' ? 2 : 1; cuts > 0; cuts--) {
      await expect
        .poll(async () => {
          const rows = await database.admin<{ pid: number }[]>`
            select pid from pg_stat_activity
            where datname = current_database() and query like '%as nap' and state = 'active'
              and pid <> all (${seen}::int[])`
          seen.push(...rows.map(({ pid }) => pid))
          return rows.length
        })
        .toBe(1)
      if (isAnswered) await database.admin`insert into public.may_commit values (true)`
      proxy.cut()
      await database.admin`select pg_terminate_backend(pid) from unnest(${seen}::int[]) pid`
    }
    if (isAnswered) expect(await sent).toMatchObject([{ yes: true }])
    else expect(asProblem(await error)).toMatchObject(refused)
    await database.admin`delete from public.may_commit`
  })
})

describe('a database that stays away', () => {
  it('is waited for as long as the bound, then everything is refused', async () => {
    const sql = pool({ ms: 200 })
    proxy.sever()
    const all = [
      ...Array.from({ length: 6 }, () => failure(sql`select 1`)),
      ...Array.from({ length: 6 }, () => failure(sql.begin((tx) => tx`select 1`))),
    ]
    for (const error of await Promise.all(all)) expect(asProblem(error)).toMatchObject(refused)
    expect(failures.length).toBeGreaterThan(1)
    expect(poolOf(sql)).toMatchObject({ waiting: 0 })
  })

  it('the bound counts from when the request came, with all that it did before', async () => {
    const sql = pool()
    proxy.sever()
    const old = { ...traceFrom(undefined, undefined), requestedMs: performance.now() - long }
    expect(asProblem(await failure(withTrace(old, () => Promise.resolve(sql`select 1`))))).toMatchObject(
      refused,
    )
    // A call within the process is a part of its caller's request.
    const inner = withTrace(old, () => traceFrom(old.traceparent, undefined))
    expect(inner.requestedMs).toBe(old.requestedMs)
  })

  it('refuses at once what is beyond those that may wait, and goes on with these', async () => {
    const sql = pool({ max: 3 })
    proxy.sever()
    const waiting = Array.from({ length: 5 }, () => sql`select 1`.execute())
    await untilWaiting(sql, 5)
    await expect.poll(() => failures.length).toBeGreaterThan(2)
    for (const beyond of [sql`select 1`, sql.begin((tx) => tx`select 1`)])
      expect(asProblem(await failure(beyond))).toMatchObject(refused)
    proxy.restore()
    expect(await Promise.all(waiting)).toHaveLength(5)
  })

  it('a check of it does not wait, whoever else does', async () => {
    const sql = pool()
    proxy.sever()
    const waiting = Array.from({ length: 4 }, () => sql`select 1`.execute())
    await untilWaiting(sql, 4)
    await expect.poll(() => failures.length).toBeGreaterThan(0)
    expect(asProblem(await failure(probe(sql)))).toMatchObject(refused)
    proxy.restore()
    await Promise.all(waiting)
    expect(await failure(probe(sql))).toBeUndefined()
  })

  it('and a role that is refused is no reason to wait', async () => {
    const url = new URL(database.url('user'))
    url.password = 'wrong'
    const sql = connect(url.toString(), { max: 1, outageWait: { ms: long, max: 10 } })
    pools.push(sql)
    expect(await failure(sql`select 1`)).toMatchObject({ code: '28P01' })
  })
})
