// The driver on a real PostgreSQL whose connections break: every statement settles, and none runs elsewhere.
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { asProblem } from '../http/app.ts'
import { patchDriver } from './postgres-driver.ts'
import type { AnyService } from '../runtime/service.ts'
import { connect, isUnavailable, poolOf, type Sql, type Tx } from './sql.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'

let database: TestDatabase
let sql: Sql
beforeAll(async () => {
  const migrations = new URL('../', import.meta.url)
  database = await testDatabase(inject('postgresUrl'), [{ name: 'user', migrations } as AnyService])
  await database.admin`create table public.written (what text)`
  await database.admin`grant all on public.written to bahi_user`
  // One connection, so that the next statement gets the one that broke.
  sql = connect(database.url('user'), { max: 1 })
})
afterEach(() => database.admin`delete from public.written`)
afterAll(async () => {
  await sql.end()
  await database.drop()
})

const write = (tx: Tx, what: string) => tx`insert into public.written values (${what})`
const written = async () =>
  (await database.admin<{ what: string }[]>`select what from public.written order by what`).map(
    (row) => row.what,
  )
async function breakOff(tx: Tx): Promise<void> {
  const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
  await database.admin`select pg_terminate_backend(${row!.pid})`
  await delay(50)
}
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('a transaction whose connection breaks', () => {
  it('fails as a whole, and the next one works', async () => {
    for (let round = 0; round < 5; round++) {
      const error = await failure(
        sql.begin(async (tx) => {
          await write(tx, 'lost')
          await breakOff(tx)
          await write(tx, 'lost too')
        }),
      )
      expect(isUnavailable(error)).toBe(true)
      await sql.begin((tx) => write(tx, `kept ${round}`))
    }
    expect(await written()).toEqual(['kept 0', 'kept 1', 'kept 2', 'kept 3', 'kept 4'])
  })

  it('fails while a statement is in flight', async () => {
    const error = await failure(
      sql.begin(async (tx) => {
        await tx`select pg_terminate_backend(pg_backend_pid())`
      }),
    )
    expect(isUnavailable(error)).toBe(true)
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
  })

  it('runs nothing on the connection of the next one', async () => {
    let late: Promise<unknown> = Promise.resolve()
    const next = Promise.withResolvers<void>()
    const broken = sql.begin(async (tx) => {
      await breakOff(tx)
      // Continues regardless, as work that a transaction does not await would.
      await next.promise
      late = failure(write(tx, 'late'))
    })
    expect(isUnavailable(await failure(broken))).toBe(true)
    const other = sql.begin(async (tx) => {
      await write(tx, 'other')
      next.resolve()
      await delay(50)
      expect(isUnavailable(await late)).toBe(true)
      throw new Error('not after all')
    })
    await expect(other).rejects.toThrow('not after all')
    expect(await written()).toEqual([])
  })
})

it('many statements whose connections break repeatedly all settle', async () => {
  const busy = connect(database.url('user'), { max: 4, name: 'busy' })
  let settled = 0
  const breaker = (async () => {
    // Some statements between two breaks, however slow the machine: each break makes at most four fail.
    for (let next = 20; settled < 400; next = settled + 20) {
      await database.admin`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'busy'`
      while (settled < Math.min(next, 400)) await delay(1)
    }
  })()
  const outcomes = await Promise.all(
    Array.from({ length: 400 }, async (_, i) => {
      await delay(i * 3)
      const work =
        i % 2 === 0
          ? busy`select pg_sleep(0.002), ${'x'.repeat(i * 10)}::text`
          : busy.begin(async (tx) => {
              await tx`select 1`
              await write(tx, String(i))
              await tx`select pg_sleep(0.005)`
            })
      return failure(work).finally(() => (settled += 1))
    }),
  )
  await breaker
  expect(outcomes.filter((error) => error !== undefined && !isUnavailable(error))).toEqual([])
  // A commit whose answer was lost may be there as well.
  const committed = outcomes.flatMap((error, i) => (i % 2 === 1 && error === undefined ? [String(i)] : []))
  expect(committed.length).toBeGreaterThan(0)
  expect(await written()).toEqual(expect.arrayContaining(committed))
  expect(await busy`select 1 as one`).toEqual([{ one: 1 }])
  await busy.end()
})

it('a server that accepts and closes connections, as a proxy whose server is down, fails the statement', async () => {
  let knocks = 0
  const server = createServer((socket) => {
    knocks += 1
    socket.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const away = connect(`postgres://bahi@127.0.0.1:${(server.address() as { port: number }).port}/bahi`, {
    max: 2,
  })
  const statements = Array.from({ length: 6 }, () => failure(away`select 1`))
  for (const error of await Promise.all(statements)) expect(isUnavailable(error)).toBe(true)
  expect(knocks).toBeLessThanOrEqual(6)
  await away.end()
  server.close()
})

describe('an unavailable database is distinguished from a bug', () => {
  it.each([
    ['57P01', 'it shuts down', true],
    ['57P03', 'it starts', true],
    ['53100', 'its disk is full', true],
    ['25006', 'it is a standby', true],
    ['23505', 'a key is there already', false],
    ['57014', 'a statement took too long', false],
    ['53200', 'a statement took too much memory', false],
  ])('%s: %s', async (state, _why, away) => {
    const error = await failure(
      sql.unsafe(`do $$ begin raise exception using errcode = '${state}', message = 'so'; end $$`),
    )
    expect(isUnavailable(error)).toBe(away)
    expect(asProblem(error)?.code).toBe(away ? 'unavailable' : undefined)
    expect(asProblem(error)?.extras.retryAfterS).toBe(away ? 2 : undefined)
  })

  it('53300: it takes no more connections', async () => {
    await database.admin`create role bahi_crowd login password 'test' connection limit 1`
    const url = database.url('user').replace('bahi_user', 'bahi_crowd')
    const [first, second] = [connect(url, { max: 1 }), connect(url, { max: 1 })]
    await first`select 1`
    expect(asProblem(await failure(second`select 1`))).toMatchObject({ code: 'unavailable', status: 503 })
    await first.end()
    await expect.poll(() => failure(second`select 1`)).toBeUndefined()
    await second.end()
    await database.admin`drop role bahi_crowd`
  })
})

it('a wait for a connection counts while it lasts, and the same once it has ended', async () => {
  const before = poolOf(sql)!
  const waited = () => poolOf(sql)!.waitedMs - before.waitedMs
  const release = Promise.withResolvers<void>()
  const holder = sql.begin(async (tx) => {
    await tx`select 1`
    await release.promise
  })
  await expect.poll(() => poolOf(sql)!.used).toBe(1)
  const next = sql`select 1`.execute()
  const cancelled = sql`select 2`.execute()
  const refusal = failure(cancelled)
  await expect.poll(waited).toBeGreaterThan(1)
  expect(poolOf(sql)).toMatchObject({ waiting: 2, waits: before.waits })
  cancelled.cancel()
  expect(await refusal).toMatchObject({ code: '57014' })
  const lasting = waited()
  release.resolve()
  await Promise.all([holder, next])
  expect(poolOf(sql)).toMatchObject({ waiting: 0, waits: before.waits + 2 })
  expect(waited()).toBeGreaterThanOrEqual(lasting)
  const ended = waited()
  await delay(5)
  expect(waited()).toBe(ended)
})

it('another version of the driver is refused', () => {
  expect(() => patchDriver('file:///node_modules/postgres/src/index.js', 'other')).toThrow(
    'is not the version that the patches are for',
  )
})
