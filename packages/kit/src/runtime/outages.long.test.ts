// Services on real servers that restart, disconnect and die under load: nothing is lost, doubled or out of order.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import Type from 'typebox'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { rabbitBus } from '../bus/rabbit-bus.ts'
import type { Bus } from '../bus/bus.ts'
import { memoryCache } from '../cache/memory-cache.ts'
import { systemClock } from '../clock.ts'
import { createLog } from '../log.ts'
import { freePort } from '../port.ts'
import { startPostgres, type EmbeddedPostgres } from '../sql/embedded-postgres.ts'
import { ensureServers, startRabbit, type Server } from '@bahi/testing/servers.ts'
import type { AnyService, Deps } from './service.ts'
import { createTrust, generateServiceKeys } from '../transport/service-token.ts'
import { connect, type Sql } from '../sql/sql.ts'
import { allServiceNames, startServices, type Runtime } from './runtime.ts'
import type { RuntimeOptions } from './runtime-options.ts'
import { tcpProxy, type TcpProxy } from '@bahi/testing/tcp-proxy.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { testDataKeys } from '@bahi/testing/platform.ts'

// The kit's own tables are all that is needed: a folder without a numbered file.
const logLevel = process.env['BAHI_TEST_LOG'] ?? 'silent'
const migrations = new URL('../', import.meta.url)
const publish = {
  service: 'user',
  method: 'POST',
  url: '/v1/publish/:stream',
  access: 'public',
  summary: 'Publishes an event',
  schema: {
    params: Type.Object({ stream: Type.String() }),
    response: { 200: Type.Object({ id: Type.String() }) },
  },
} as const satisfies Contract
const publisher: AnyService = {
  name: 'user',
  config: Type.Object({}),
  migrations,
  start: (deps: Deps) => ({
    routes(app) {
      app.route({
        ...publish,
        handler: async ({ params: { stream } }) => {
          const id = uuidv7()
          const data = { userId: id }
          await deps.transaction((tx) => deps.append(tx, { type: 'user.profile-created', stream, data }))
          return { id }
        },
      })
    },
  }),
}
const consumer: AnyService = {
  name: 'audit',
  config: Type.Object({}),
  migrations,
  start: () => ({
    routes: () => undefined,
    consumes: {
      from: ['user'],
      async handle(tx, events) {
        const rows = events.map(({ id, subject, bahiversion, data }) => ({
          id,
          stream: subject,
          version: bahiversion,
          payload: String(data['userId']),
        }))
        await tx`insert into public.received ${tx(rows)}`
      },
    },
  }),
}

const { missing } = await ensureServers(['rabbitmq-server'])
const skip = missing.length > 0 && process.env['CI'] !== 'true'
let folder: string
let postgres: EmbeddedPostgres
let broker: Server
let [postgresPort, brokerPort] = [0, 0]
let database: TestDatabase
let keys: RuntimeOptions['keys']
const startBroker = async () =>
  (broker = await startRabbit({ port: brokerPort, dir: join(folder, 'rabbit') }))
const startDatabase = async () =>
  (postgres = await startPostgres({ dataDir: join(folder, 'postgres'), port: postgresPort, durable: false }))
/** To inspect the tables; its own connections break as well when the server restarts. */
let admin: Sql

beforeAll(async () => {
  if (skip) return
  folder = await mkdtemp(join(tmpdir(), 'bahi-outages-'))
  ;[postgresPort, brokerPort] = [await freePort(), await freePort()]
  await Promise.all([startDatabase(), startBroker()])
  keys = await generateServiceKeys(allServiceNames)
  database = await testDatabase(postgres.adminUrl, [publisher, consumer])
  const url = new URL(database.url('user'))
  const owner = new URL(postgres.adminUrl)
  owner.pathname = url.pathname
  admin = connect(owner.toString(), { max: 2 })
  await admin`create table public.received (seq bigserial, id uuid, stream text, version int, payload text)`
  await admin`grant all on public.received, public.received_seq_seq to bahi_audit`
}, 120_000)
afterAll(async () => {
  if (skip) return
  await admin.end({ timeout: 2 })
  await database.drop()
  await postgres.stop()
  await broker.stop()
  await rm(folder, { recursive: true, force: true })
})

type Copy = { running: Runtime; toDatabase: TcpProxy; toBroker: TcpProxy; published: number[] }
const copies: Copy[] = []
afterEach(async () => {
  for (const { running, toDatabase, toBroker } of copies.splice(0)) {
    await running.close()
    await toDatabase.close()
    await toBroker.close()
  }
})

/** Both services, with proxies of their own to the servers. */
async function startCopy(databaseWait?: RuntimeOptions['databaseWait']): Promise<Copy> {
  const [toDatabase, toBroker] = [await tcpProxy(postgresPort), await tcpProxy(brokerPort)]
  const published: number[] = []
  const bus: Bus = rabbitBus(`amqp://guest:guest@127.0.0.1:${toBroker.port}`, {
    log: createLog('bus', logLevel),
  })
  const running = await startServices([publisher, consumer], {
    env: {},
    mode: 'sandbox',
    databaseUrl(service) {
      const url = new URL(database.url(service))
      url.port = String(toDatabase.port)
      return url.toString()
    },
    poolSize: 4,
    ...(databaseWait ? { databaseWait } : {}),
    bus: {
      ...bus,
      async publish(source, events) {
        published.push(Date.now())
        await bus.publish(source, events)
      },
    },
    cache: memoryCache(),
    clock: systemClock,
    logLevel,
    dataKeys: () => testDataKeys,
    keys,
  })
  const copy = { running, toDatabase, toBroker, published }
  copies.push(copy)
  return copy
}

/** Publishes on a few streams until it is ended, and records the responses. */
function load(...on: Copy[]) {
  const streams = Array.from({ length: 4 }, () => uuidv7())
  const published: string[] = []
  const refusals: { status: number; code: string; retryAfter: unknown }[] = []
  let running = true
  const trust = createTrust(keys, systemClock)
  const workers = streams.map(async (stream, nth) => {
    for (let turn = nth; running; turn++) {
      const headers = { 'x-bahi-service': await trust.mint('gateway', 'user') }
      const app = on[turn % on.length]!.running.app('user')
      const answer = await app.inject({ method: 'POST', url: `/v1/publish/${stream}`, headers })
      const body = answer.json<{ id: string; code: string }>()
      if (answer.statusCode === 200) published.push(body.id)
      else
        refusals.push({
          status: answer.statusCode,
          code: body.code,
          retryAfter: answer.headers['retry-after'],
        })
      await delay(40)
    }
  })
  return {
    published,
    refusals,
    async ended() {
      running = false
      await Promise.all(workers)
    },
    /** Every published event was received, once each, in the order of its stream. */
    async proves() {
      await vi.waitFor(
        async () => {
          const received = await admin<{ payload: string }[]>`
            select payload from public.received where stream = any(${streams})`
          const ids = new Set(received.map((row) => row.payload))
          const missing = published.filter((id) => !ids.has(id))
          expect({ published: published.length, missing: missing.length }).toMatchObject({ missing: 0 })
        },
        { interval: 200 },
      )
      const rows = await admin<{ stream: string; version: number }[]>`
        select stream, version from public.received where stream = any(${streams}) order by seq`
      expect(published.length).toBeGreaterThan(0)
      for (const stream of streams) {
        const versions = rows.filter((row) => row.stream === stream).map((row) => row.version)
        expect(versions).toEqual(versions.map((_, i) => i + 1))
      }
    },
  }
}
const until = (check: () => unknown) => vi.waitFor(check, { interval: 50 })
const readiness = async ({ running }: Copy, service: 'user' | 'audit' = 'user') => {
  const { status, checks } = (await running.readiness()).services[service]!
  return { status, ...checks }
}

describe.skipIf(skip)('under load', { timeout: 240_000 }, () => {
  it('RabbitMQ restarts', async () => {
    const copy = await startCopy()
    const work = load(copy)
    await delay(300)
    await broker.stop()
    await until(async () => expect(await readiness(copy)).toMatchObject({ status: 'degraded' }))
    expect(await readiness(copy)).toMatchObject({
      database: 'ok',
      bus: expect.stringContaining('fails') as string,
    })
    await delay(300)
    await startBroker()
    await until(async () => expect(await readiness(copy)).toMatchObject({ status: 'ready' }))
    await delay(300)
    await work.ended()
    await work.proves()
    // Publishing needs no broker: the outbox keeps the events.
    expect(work.refusals).toEqual([])
  })

  it('connections to RabbitMQ and PostgreSQL are cut repeatedly', async () => {
    const copy = await startCopy()
    const work = load(copy)
    for (let cuts = 0; cuts < 12; cuts++) {
      await delay(100 + Math.random() * 150)
      if (cuts % 2 === 0) copy.toBroker.cut()
      else copy.toDatabase.cut()
    }
    await delay(300)
    await work.ended()
    await work.proves()
    for (const { code } of work.refusals) expect(code).toBe('unavailable')
  })

  it('PostgreSQL restarts: requests are refused with a problem meanwhile, and work continues by itself', async () => {
    const copy = await startCopy()
    const work = load(copy)
    await delay(300)
    await postgres.stop()
    await until(async () => {
      expect(await readiness(copy)).toMatchObject({ status: 'not ready', bus: 'ok' })
    })
    await delay(1_500)
    await startDatabase()
    const before = work.published.length
    await until(() => expect(work.published.length).toBeGreaterThan(before))
    await until(async () => expect(await readiness(copy)).toMatchObject({ status: 'ready' }))
    await work.ended()
    await work.proves()
    expect(work.refusals.length).toBeGreaterThan(0)
    for (const refusal of work.refusals)
      expect(refusal).toEqual({ status: 503, code: 'unavailable', retryAfter: '2' })
  })

  it('PostgreSQL is away for a moment: requests wait for it, health says so, and none is refused', async () => {
    const copy = await startCopy({ ms: 120_000, max: 20 })
    copy.toDatabase.sever()
    const work = load(copy)
    await until(async () => {
      expect(await readiness(copy)).toMatchObject({
        status: 'not ready',
        database: expect.stringContaining('fails') as string,
      })
    })
    copy.toDatabase.restore()
    await until(() => expect(work.published.length).toBeGreaterThan(4))
    await until(async () => expect(await readiness(copy)).toMatchObject({ status: 'ready' }))
    await work.ended()
    await work.proves()
    expect(work.refusals).toEqual([])
  })

  it('two copies share the work, and one takes over when the other disappears', async () => {
    const [one, two] = [await startCopy(), await startCopy()]
    const work = load(one, two)
    await until(() => expect(one.published.length + two.published.length).toBeGreaterThan(10))
    // One relay publishes at a time.
    const [active, idle] = one.published.length > 0 ? [one, two] : [two, one]
    expect(idle.published).toEqual([])
    active.toDatabase.sever()
    active.toBroker.sever()
    await until(() => expect(idle.published.length).toBeGreaterThan(5))
    // Only its network was down: once it is back, the other copy has the lease, and nothing is doubled.
    active.toDatabase.restore()
    active.toBroker.restore()
    await until(async () => expect(await readiness(active)).toMatchObject({ status: 'ready' }))
    await delay(300)
    await work.ended()
    await work.proves()
  })
})
