// Small services on a real PostgreSQL: events, relay, inbox and health.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { memoryBus } from '../bus/memory-bus.ts'
import type { Bus, CloudEvent } from '../bus/bus.ts'
import { systemClock } from '../clock.ts'
import { appendEvents, readStream, type NewEvent } from '../events/events.ts'
import { createLog } from '../log.ts'
import { relayWorker } from '../events/relay.ts'
import type { AnyService } from './service.ts'
import { connect, exactInteger } from '../sql/sql.ts'
import { testDatabase } from '@bahi/testing/database.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { startWorker } from './worker.ts'

const received: CloudEvent[] = []
let folder: URL
let platform: TestPlatform
let failing = 0

const created = (userId: string): NewEvent => ({
  type: 'user.profile-created',
  stream: userId,
  data: { userId },
})
const log = createLog('test', 'silent')

beforeAll(async () => {
  const path = await mkdtemp(join(tmpdir(), 'bahi-migrations-'))
  folder = pathToFileURL(`${path}/`)
  await writeFile(
    join(path, '001_things.sql'),
    'create table things (id int primary key); grant select on things to {{role}};',
  )
  const publisher: AnyService = {
    name: 'user',
    config: Type.Object({}),
    migrations: folder,
    start: () => ({ routes: () => undefined }),
  }
  const consumer: AnyService = {
    name: 'audit',
    config: Type.Object({}),
    migrations: folder,
    start: () => ({
      routes: () => undefined,
      consumes: {
        from: ['user'],
        handle: async (tx, events) => {
          await tx`select 1`
          if (failing-- > 0) throw new Error('not this time')
          received.push(...events)
        },
      },
      workers: [{ name: 'turn', intervalMs: 20, run: () => Promise.resolve() }],
    }),
  }
  const bus = memoryBus({ retry: { tries: 5, backoffMs: [1] } })
  platform = await testPlatform(inject('postgresUrl'), { services: [publisher, consumer], bus })
})
afterAll(() => platform.stop())

describe('events', () => {
  it('reach their consumers once in effect and in the order of their stream, whatever fails', async () => {
    const sql = connect(platform.database.url('user'), { max: 20 })
    failing = 3
    const streams = Array.from({ length: 20 }, () => uuidv7())
    // Transactions that begin, write and end in all orders; each stream's events follow one another.
    await Promise.all(
      streams.map(async (stream) => {
        for (let version = 1; version <= 10; version++) {
          await sql.begin(async (tx) => {
            if (Math.random() < 0.3) await tx`select pg_current_xact_id()`
            if (Math.random() < 0.5) await delay(Math.random() * 4)
            await appendEvents(tx, new Date(), [{ ...created(stream), version }])
            if (Math.random() < 0.5) await delay(Math.random() * 8)
          })
        }
      }),
    )
    await platform.settle()
    expect(received).toHaveLength(200)
    for (const stream of streams) {
      const versions = received.filter((e) => e.subject === stream).map((e) => e.bahiversion)
      expect(versions).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      expect(await readStream(sql, stream)).toHaveLength(10)
    }
    await sql.end()
  })

  it('that are deltas are stored without the data of the first event, and delivered merged with it', async () => {
    const sql = connect(platform.database.url('user'), { max: 2 })
    const stream = uuidv7()
    const first = created(stream)
    const data = { fields: ['name'] }
    await sql.begin((tx) =>
      appendEvents(tx, new Date(), [first, { type: 'user.profile-changed', stream, data, isDelta: true }]),
    )
    await platform.settle()
    const whole = { ...first.data, fields: ['name'] }
    expect(received.filter((e) => e.subject === stream).map((e) => e.data)).toEqual([first.data, whole])
    expect((await readStream(sql, stream)).map((e) => e.data)).toEqual([first.data, whole])
    const stored = await sql`select data from events where stream = ${stream} order by version`
    expect(stored.map((row) => row['data'] as unknown)).toEqual([first.data, data])
    await sql.end()
  })

  it('are refused when their stream already has that version', async () => {
    const sql = connect(platform.database.url('user'), { max: 2 })
    const stream = uuidv7()
    const append = (version: number) =>
      sql.begin((tx) => appendEvents(tx, new Date(), [{ ...created(stream), version }]))
    await append(1)
    await expect(append(1)).rejects.toMatchObject({ code: '23505' })
    await sql.begin((tx) => appendEvents(tx, new Date(), [created(stream), created(stream)]))
    expect((await readStream(sql, stream)).map((e) => e.version)).toEqual([1, 2, 3])
    await sql.end()
  })

  it('are published by one relay at a time, again after a failure, all of them', async () => {
    const own = await testDatabase(inject('postgresUrl'), [
      { name: 'audit', migrations: folder } as AnyService,
    ])
    const sql = connect(own.url('audit'), { max: 12 })
    const published: CloudEvent[] = []
    let faults = 4
    const bus: Pick<Bus, 'publish'> = {
      async publish(_source, events) {
        await delay(1)
        if (faults-- > 0) throw new Error('the broker is down')
        published.push(...events)
      },
    }
    const relays = [1, 2, 3].map(() =>
      startWorker({ ...relayWorker(sql, bus as Bus, 'audit'), intervalMs: 5 }, systemClock, log),
    )
    const ids = Array.from({ length: 300 }, () => uuidv7())
    await Promise.all(
      ids.map((id) =>
        sql.begin(async (tx) => {
          await appendEvents(tx, new Date(), [created(id)])
          if (Math.random() < 0.2) await delay(Math.random() * 10)
        }),
      ),
    )
    await expect.poll(() => new Set(published.map((e) => e.subject)).size).toBe(300)
    await Promise.all(relays.map((relay) => relay.stop()))
    await sql.end()
    await own.drop()
  })
})

describe('health', () => {
  it('reports on what a service depends on, and on the progress of its workers', async () => {
    const { services } = await platform.readiness()
    expect(services['audit']).toEqual({
      status: 'ready',
      checks: { database: 'ok', bus: 'ok', cache: 'ok', 'worker relay': 'ok', 'worker turn': 'ok' },
    })
    expect(await platform.metrics()).toContain('bahi_http_request_seconds')
  })
})

it('an unsafe integer is refused, not rounded', () => {
  expect(exactInteger('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
  expect(() => exactInteger('9007199254740993')).toThrow(RangeError)
})
