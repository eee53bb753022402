// The relay on a real PostgreSQL: every event, each stream in order, however transactions overlap.
import { setTimeout as delay } from 'node:timers/promises'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import type { Bus, CloudEvent } from '../bus/bus.ts'
import { systemClock } from '../clock.ts'
import { appendEvents } from './events.ts'
import { createLog } from '../log.ts'
import { relayWorker } from './relay.ts'
import type { AnyService } from '../runtime/service.ts'
import { connect, type Sql, type Tx } from '../sql/sql.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { startWorker } from '../runtime/worker.ts'

const log = createLog('test', 'silent')
// The kit's own tables are all that is needed: a folder without a numbered file.
const service = { name: 'user', migrations: new URL('../', import.meta.url) } as AnyService
let database: TestDatabase
let sql: Sql
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), [service])
  sql = connect(database.url('user'), { max: 30 })
})
beforeEach(async () => {
  await drain(recorder().bus)
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})

const append = (tx: Tx, stream: string, ...versions: number[]) =>
  appendEvents(
    tx,
    new Date(),
    versions.map((version) => ({ type: 'user.profile-created', stream, version, data: { userId: stream } })),
  )

/** A bus that keeps what it is given. */
function recorder(publish: Bus['publish'] = () => Promise.resolve()) {
  const published: CloudEvent[] = []
  const bus = {
    async publish(source: string, events: CloudEvent[]) {
      await publish(source, events)
      published.push(...events)
    },
  } as Bus
  return { bus, published, versionsOf: (stream: string) => versionsOf(published, stream) }
}
const versionsOf = (events: CloudEvent[], stream: string) =>
  events.filter((event) => event.subject === stream).map((event) => event.bahiversion)

/** Runs one relay until it finds nothing to do; takes the lease from any other relay. */
async function rounds(bus: Bus): Promise<void> {
  await database.admin`update "user".relay set lease_until = '-infinity'`
  const { run } = relayWorker(sql, bus, 'user')
  while (await run());
}

/** The same until nothing is left: transactions in other databases of the server may delay events for a while. */
async function drain(bus: Bus): Promise<void> {
  const left = () => sql`
    select 1 from events, relay where (xid, seq) > (after_xid, after_seq) limit 1`
  const isEmpty = async () => {
    await rounds(bus)
    return (await left()).length === 0
  }
  await vi.waitUntil(isEmpty, { interval: 5 })
}

/** A transaction that the test controls step by step. */
async function open(own: Sql) {
  const connection = await own.reserve()
  await connection`begin`
  await connection`select pg_current_xact_id()`
  const tx = connection as unknown as Tx
  return {
    append: (stream: string, version: number) => append(tx, stream, version),
    async commit() {
      await connection`commit`
      connection.release()
    },
  }
}

describe('the order of a stream', () => {
  it('holds when a transaction that began earlier appends later, and another one is still running', async () => {
    const stream = uuidv7()
    const [early, running, late] = [await open(sql), await open(sql), await open(sql)]
    await late.append(stream, 1)
    await late.commit()
    await early.append(stream, 2)
    await early.commit()
    const { bus, versionsOf } = recorder()
    await rounds(bus)
    await running.commit()
    await drain(bus)
    expect(versionsOf(stream)).toEqual([1, 2])
  })

  it('holds when sequence numbers become visible out of order', async () => {
    const [a, b] = [uuidv7(), uuidv7()]
    const [first, second] = [await open(sql), await open(sql)]
    await first.append(a, 1)
    await second.append(b, 1)
    await second.commit()
    const { bus, published, versionsOf } = recorder()
    await rounds(bus)
    await first.commit()
    await sql.begin((tx) => append(tx, a, 2))
    await drain(bus)
    expect([versionsOf(a), versionsOf(b)]).toEqual([[1, 2], [1]])
    expect(published).toHaveLength(3)
  })

  it('an event is published without waiting for the next transaction', async () => {
    const stream = uuidv7()
    const [early, late] = [await open(sql), await open(sql)]
    await late.append(stream, 1)
    await late.commit()
    await early.append(stream, 2)
    await early.commit()
    const { bus, versionsOf } = recorder()
    await drain(bus)
    expect(versionsOf(stream)).toEqual([1, 2])
  })

  it('holds for many at once, with relays that stop and start, and a broker that fails before and after', async () => {
    const streams = Array.from({ length: 12 }, () => uuidv7())
    const { bus, published } = recorder(async () => {
      await delay(Math.random() * 3)
      if (Math.random() < 0.15) throw new Error('the broker is down')
    })
    const lossy: Bus = {
      ...bus,
      async publish(source, events) {
        await bus.publish(source, events)
        if (Math.random() < 0.1) throw new Error('the confirmation is lost')
      },
    }
    let writing = true
    const relay = async () => {
      while (writing) {
        const worker = startWorker({ ...relayWorker(sql, lossy, 'user'), intervalMs: 3 }, systemClock, log)
        await delay(20 + Math.random() * 80)
        await worker.stop()
        // As if the process had died: its lease expires.
        if (Math.random() < 0.5) await database.admin`update "user".relay set lease_until = '-infinity'`
      }
    }
    const relays = [relay(), relay()]
    // Each stream's events follow one another, in transactions that began in any order, long before or just now.
    await Promise.all(
      streams.map(async (stream) => {
        for (let version = 1; version <= 20; version += 2) {
          const pair = [await open(sql), await open(sql)]
          if (Math.random() < 0.5) pair.reverse()
          for (const [i, tx] of pair.entries()) {
            await delay(Math.random() * 4)
            await tx.append(stream, version + i)
            await tx.commit()
          }
        }
      }),
    )
    writing = false
    await Promise.all(relays)
    await drain(recorder((_, events) => Promise.resolve(void published.push(...events))).bus)
    for (const stream of streams) {
      // Duplicates are allowed, a changed order is not: what counts is when a consumer first sees an event.
      expect([...new Set(versionsOf(published, stream))]).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    }
  })
})

describe('the lease', () => {
  it('keeps a second relay from publishing', async () => {
    const [first, second] = [recorder(), recorder()]
    const one = relayWorker(sql, first.bus, 'user')
    const two = relayWorker(sql, second.bus, 'user')
    await database.admin`update "user".relay set lease_until = '-infinity'`
    await one.run()
    await sql.begin((tx) => append(tx, uuidv7(), 1, 2, 3))
    const isPublished = async () => {
      await two.run()
      await one.run()
      return first.published.length >= 3
    }
    await vi.waitUntil(isPublished, { interval: 5 })
    expect([first.published.length, second.published.length]).toEqual([3, 0])
  })

  it('is released when a relay stops, so that the next one starts at once', async () => {
    const stream = uuidv7()
    const [first, second] = [recorder(), recorder()]
    const start = (bus: Bus) =>
      startWorker({ ...relayWorker(sql, bus, 'user'), intervalMs: 5 }, systemClock, log)
    await database.admin`update "user".relay set lease_until = '-infinity'`
    const one = start(first.bus)
    const leases = () => database.admin`select 1 from "user".relay where lease_until > now()`
    await expect.poll(leases).toHaveLength(1)
    await one.stop()
    expect(await leases()).toHaveLength(0)
    await sql.begin((tx) => append(tx, stream, 1))
    const two = start(second.bus)
    await expect.poll(() => second.versionsOf(stream)).toEqual([1])
    await two.stop()
  })

  it('lost while publishing, does not reset the position that the next relay reached', async () => {
    const stream = uuidv7()
    await sql.begin((tx) => append(tx, stream, 1, 2))
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    let begin = (): void => undefined
    const publishing = new Promise<void>((resolve) => (begin = resolve))
    const slow = recorder(() => {
      begin()
      return released
    })
    const slowRound = drain(slow.bus)
    await publishing
    const next = recorder()
    await drain(next.bus)
    await sql.begin((tx) => append(tx, stream, 3))
    await drain(next.bus)
    expect(next.versionsOf(stream)).toEqual([1, 2, 3])
    release()
    await slowRound
    expect(slow.versionsOf(stream)).toEqual([1, 2])
    const after = recorder()
    await drain(after.bus)
    expect(after.published).toEqual([])
  })

  it('a batch whose publishing fails is published again, unchanged', async () => {
    const stream = uuidv7()
    await sql.begin((tx) => append(tx, stream, 1, 2))
    let faults = 3
    const flaky = recorder(() => (faults-- > 0 ? Promise.reject(new Error('down')) : Promise.resolve()))
    for (let i = 0; i < 3; i++) await expect(drain(flaky.bus)).rejects.toThrow('down')
    expect(flaky.published).toEqual([])
    await drain(flaky.bus)
    expect(flaky.versionsOf(stream)).toEqual([1, 2])
  })
})

it('more events than fit one message are published in several, all in order', async () => {
  const stream = uuidv7()
  const versions = Array.from({ length: 450 }, (_, i) => i + 1)
  await sql.begin((tx) => append(tx, stream, ...versions))
  const sizes: number[] = []
  const { bus, versionsOf } = recorder((_, events) => Promise.resolve(void sizes.push(events.length)))
  await drain(bus)
  expect(sizes).toEqual([200, 200, 50])
  expect(versionsOf(stream)).toEqual(versions)
})

it('what was rolled back is never published', async () => {
  const stream = uuidv7()
  await sql
    .begin(async (tx) => {
      await append(tx, stream, 1)
      throw new Error('not after all')
    })
    .catch(() => undefined)
  const { bus, published } = recorder()
  await drain(bus)
  expect(published).toEqual([])
})
