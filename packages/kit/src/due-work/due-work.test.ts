// Due work on a real database: one copy at a time runs an item, and it is run until it is done, also when a copy dies.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { systemClock, type Clock } from '../clock.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { metricsText } from '../metrics-text.ts'
import type { AnyService } from '../runtime/service.ts'
import { connect, type Sql } from '../sql/sql.ts'
import { cancel, reschedule, schedule } from './due-work.ts'
import { dueWorker, dueWorkers, type DueHandler, type DueItem, type DueResult } from './due-worker.ts'
import { backoffMs } from './lease.ts'

let database: TestDatabase
let sql: Sql
beforeAll(async () => {
  const migrations = new URL('../', import.meta.url)
  database = await testDatabase(inject('postgresUrl'), [{ name: 'user', migrations } as AnyService])
  sql = connect(database.url('user'), { max: 8 })
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})
beforeEach(() => database.admin`truncate "user".due_work`.then(() => undefined))

const log = createLog('test', 'silent')
const past = new Date(Date.now() - 60_000)
const later = new Date(Date.now() + 3_600_000)
const kind = 'remind'
const done = (items: unknown[]): Promise<DueResult[]> =>
  Promise.resolve(items.map(() => ({ outcome: 'done' })))
const worker = (handler: Partial<DueHandler<never>>, clock: Clock = systemClock) =>
  dueWorker({ sql, clock, log }, { kind, run: done, ...handler } as DueHandler<never>)
const rows = () => database.admin<{ key: string; attempts: number; error: string | null; gaveUp: boolean }[]>`
  select key, attempts, error, gave_up_at is not null as gave_up from "user".due_work order by key`
/** As the process that had it left it when it was killed. */
const endLeases = () => database.admin`update "user".due_work set lease_until = '-infinity'`

describe('scheduling', () => {
  it('belongs to the transaction, keeps what is there, and fixes the id of what is created', async () => {
    await sql
      .begin(async (tx) => {
        await schedule(tx, [{ kind, key: 'a', dueAt: past }])
        throw new Error('rolled back')
      })
      .catch(() => undefined)
    expect(await rows()).toEqual([])
    const ids: string[] = []
    const first = { kind, key: 'a', dueAt: past, payload: { n: 1 } }
    await schedule(sql, [first, first])
    await schedule(sql, [{ ...first, payload: { n: 2 } }])
    const run = async (items: DueItem<{ n: number }>[]): Promise<DueResult[]> => {
      ids.push(...items.map((item) => `${item.payload.n} ${item.createdId} ${item.attempts}`))
      return items.map(() => ({ outcome: ids.length < 2 ? 'retry' : 'done', at: past }))
    }
    await worker({ run }).run()
    await worker({ run }).run()
    const id = ids[0]!.split(' ')[1]
    expect(ids).toEqual([`1 ${id} 1`, `1 ${id} 2`])
    expect(await rows()).toEqual([])
  })

  it("runs nothing before its time, by the service's clock, be it one that stands still", async () => {
    const still = { ...systemClock, now: () => past }
    await schedule(sql, [{ kind, key: 'a', dueAt: new Date(past.getTime() + 1) }])
    for (let n = 0; n < 3; n++) expect(await worker({}, still).run()).toBe(false)
    expect(await rows()).toHaveLength(1)
    await worker({}).run()
    expect(await rows()).toEqual([])
  })

  it('runs what was scheduled again with its new payload', async () => {
    const payloads: unknown[] = []
    const rows = (n: number) => [{ kind, key: 'a', dueAt: past, payload: { n } }]
    await schedule(sql, rows(1))
    await schedule(sql, rows(2))
    await schedule(sql, rows(3), { existing: 'reschedule' })
    await schedule(sql, rows(4))
    await worker({
      run(items) {
        payloads.push(...items.map(({ payload }) => payload))
        return Promise.resolve(done(items))
      },
    }).run()
    expect(payloads).toEqual([{ n: 3 }])
  })

  it('cancels and reschedules, also what runs just now', async () => {
    await schedule(
      sql,
      ['a', 'b', 'c'].map((key) => ({ kind, key, dueAt: past })),
    )
    await cancel(sql, kind, ['c'])
    await worker({
      async run(items) {
        await cancel(sql, kind, ['a'])
        expect(await reschedule(sql, kind, ['b'], later)).toBe(1)
        return done(items)
      },
    }).run()
    expect(await rows()).toEqual([{ key: 'b', attempts: 0, error: null, gaveUp: false }])
    await reschedule(sql, kind, ['b'], past)
    await worker({}).run()
    expect(await rows()).toEqual([])
  })
})

describe('results', () => {
  it('are stored item by item', async () => {
    await schedule(
      sql,
      ['a', 'b', 'c', 'd'].map((key) => ({ kind, key, dueAt: past })),
    )
    const results: Record<string, DueResult> = {
      a: { outcome: 'done' },
      b: { outcome: 'retry', error: 'busy' },
      c: { outcome: 'give-up', error: 'refused' },
      d: { outcome: 'done', commit: (tx) => schedule(tx, [{ kind, key: 'e', dueAt: later }]) },
    }
    const round = worker({
      run: (items: DueItem<never>[]) => Promise.resolve(items.map(({ key }) => results[key]!)),
    })
    await round.run()
    expect(await rows()).toEqual([
      { key: 'b', attempts: 1, error: 'busy', gaveUp: false },
      { key: 'c', attempts: 1, error: 'refused', gaveUp: true },
      { key: 'e', attempts: 0, error: null, gaveUp: false },
    ])
    expect(await round.run()).toBe(false)
  })

  it('of a handler that throws are retries, after a growing wait', async () => {
    await schedule(sql, [{ kind, key: 'a', dueAt: past }])
    await worker({ run: () => Promise.reject(new Error('no connection')) }).run()
    expect(await rows()).toEqual([{ key: 'a', attempts: 1, error: 'no connection', gaveUp: false }])
    expect([1, 2, 3, 40].map((n) => backoffMs(n))).toEqual([1_000, 2_000, 4_000, 300_000])
  })

  it('whose commit fails undo that commit alone', async () => {
    await schedule(
      sql,
      ['a', 'b'].map((key) => ({ kind, key, dueAt: past })),
    )
    const commit = async (tx: Parameters<typeof cancel>[0], key: string) => {
      await schedule(tx, [{ kind: 'made', key, dueAt: past }])
      if (key === 'a') throw new Error('constraint')
    }
    await worker({
      run: (items: DueItem<never>[]) =>
        Promise.resolve(items.map(({ key }) => ({ outcome: 'done', commit: (tx) => commit(tx, key) }))),
    }).run()
    expect((await rows()).map(({ key, error }) => [key, error])).toEqual([
      ['a', 'constraint'],
      ['b', null],
    ])
  })
})

describe('copies', () => {
  it('never run one item at the same time, and run every item', async () => {
    const count = 400
    const keys = Array.from({ length: count }, (_, n) => `item-${String(n).padStart(3, '0')}`)
    await schedule(
      sql,
      keys.map((key) => ({ kind, key, dueAt: past })),
    )
    const running = new Set<string>()
    const ran: string[] = []
    async function run(items: DueItem<never>[]): Promise<DueResult[]> {
      for (const { key } of items) {
        expect(running.has(key)).toBe(false)
        running.add(key)
      }
      await delay(1)
      return items.map(({ key }) => {
        running.delete(key)
        ran.push(key)
        // Every fifth one needs a second attempt.
        return Number(key.slice(5)) % 5 === 0 && ran.filter((k) => k === key).length < 2
          ? { outcome: 'retry', at: past }
          : { outcome: 'done' }
      })
    }
    const copy = async () => {
      const round = worker({ run, batchSize: 7 })
      while ((await rows()).length > 0) await round.run()
    }
    await Promise.all([copy(), copy(), copy()])
    expect(new Set(ran)).toEqual(new Set(keys))
    expect(ran).toHaveLength(count + count / 5)
  })

  it('leave a running item alone for as long as it runs, longer than a lease', async () => {
    await schedule(sql, [{ kind, key: 'a', dueAt: past }])
    const leasedUntil = async () => {
      const [row] = await database.admin<{ ms: number }[]>`
        select extract(epoch from lease_until)::float8 * 1000 as ms from "user".due_work where lease_holder is not null`
      return row?.ms ?? 0
    }
    let runs = 0
    const ends = Promise.withResolvers<void>()
    const slow = worker({
      leaseMs: 3_000,
      async run(items) {
        runs += 1
        await ends.promise
        return done(items)
      },
    }).run()
    const other = worker({ run: (items) => ((runs += 1), done(items)) })
    await expect.poll(leasedUntil).toBeGreaterThan(0)
    const first = await leasedUntil()
    // Renewed long before it is over, for as long again.
    await expect.poll(leasedUntil).toBeGreaterThan(first + 500)
    expect(await other.run()).toBe(false)
    ends.resolve()
    await slow
    expect([runs, await rows()]).toEqual([1, []])
  })

  it('take over what a killed one left, which changes nothing when it comes back', async () => {
    await schedule(sql, [{ kind, key: 'a', dueAt: past }])
    const created: string[] = []
    let resume = () => {}
    const frozen = new Promise<void>((resolve) => (resume = resolve))
    const lost = worker({
      async run(items: DueItem<never>[]) {
        created.push(items[0]!.createdId)
        await frozen
        return [{ outcome: 'give-up', error: 'too late to say' }]
      },
    }).run()
    await expect.poll(() => created.length).toBe(1)
    expect(await worker({}).run()).toBe(false)
    await endLeases()
    const round = worker({
      run(items: DueItem<never>[]) {
        created.push(items[0]!.createdId)
        return Promise.resolve([{ outcome: 'retry', at: later, error: 'later' }])
      },
    })
    await round.run()
    resume()
    await lost
    expect(new Set(created).size).toBe(1)
    expect(await rows()).toEqual([{ key: 'a', attempts: 2, error: 'later', gaveUp: false }])
  })
})

it('reports how long the oldest due item has waited and what was given up, by kind', async () => {
  await schedule(sql, [
    { kind: 'one', key: 'a', dueAt: past },
    { kind: 'two', key: 'b', dueAt: new Date(Date.now() + 60_000) },
  ])
  const metrics = createMetrics('user')
  const giveUp = (items: unknown[]) =>
    Promise.resolve(items.map(() => ({ outcome: 'give-up', error: 'x' }) as const))
  const handlers = ['one', 'two'].map((name) => ({ kind: name, run: giveUp }))
  const [first] = dueWorkers({ sql, clock: systemClock, log, metrics }, handlers)
  const valueOf = async (name: string, of: string) =>
    Number(new RegExp(`${name}\\{[^}]*kind="${of}"[^}]*\\} (\\S+)`).exec(await metricsText([metrics]))?.[1])
  expect(await valueOf('bahi_due_work_waited_seconds', 'one')).toBeGreaterThan(59)
  expect(await valueOf('bahi_due_work_waited_seconds', 'two')).toBe(0)
  await first!.run()
  expect(await valueOf('bahi_due_work_given_up', 'one')).toBe(1)
  expect(await valueOf('bahi_due_work_waited_seconds', 'one')).toBe(0)
})

it('workers of a service look in one statement, and each runs its own kind', async () => {
  let statements = 0
  const counted = new Proxy(sql, {
    apply(target, _this, args: never[]) {
      statements += 1
      return Reflect.apply(target, undefined, args) as unknown
    },
  })
  const ran: string[] = []
  const kinds = ['one', 'two', 'three']
  const handlers = kinds.map((kind) => ({
    kind,
    run(items: DueItem<unknown>[]) {
      ran.push(...items.map(({ key }) => `${kind} ${key}`))
      return done(items)
    },
  }))
  const workers = dueWorkers(
    { sql: counted, clock: systemClock, log, metrics: createMetrics('user') },
    handlers,
  )
  const round = () => Promise.all(workers.map((one) => one.run()))
  await round()
  expect(statements).toBe(1)
  await schedule(sql, [
    { kind: 'two', key: 'a', dueAt: past },
    { kind: 'three', key: 'b', dueAt: later },
  ])
  await round()
  expect(ran).toEqual(['two a'])
  await schedule(sql, [{ kind: 'two', key: 'c', dueAt: past }])
  // What is due while they look is not missed by a look that began before.
  await Promise.all([round(), schedule(sql, [{ kind: 'one', key: 'd', dueAt: past }]).then(round)])
  expect(ran.toSorted()).toEqual(['one d', 'two a', 'two c'])
  expect(await rows()).toMatchObject([{ key: 'b' }])
})
