// Services on real servers that restart, break off and die under load: nothing is lost, doubled or out of order.
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
import { allServiceNames, startServices, type Runtime, type RuntimeOptions } from './runtime.ts'
import { tcpProxy, type TcpProxy } from '@bahi/testing/tcp-proxy.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { testDataKey } from '@bahi/testing/platform.ts'

// The kit's own tables are all that is needed: a folder without a numbered file.
const logLevel = process.env['BAHI_TEST_LOG'] ?? 'silent'
const migrations = new URL('../', import.meta.url)
const tell = {
  service: 'user',
  method: 'POST',
  url: '/v1/tell/:stream',
  access: 'public',
  summary: 'Tells everybody',
  schema: {
    params: Type.Object({ stream: Type.String() }),
    response: { 200: Type.Object({ id: Type.String() }) },
  },
} as const satisfies Contract
const speaker: AnyService = {
  name: 'user',
  config: Type.Object({}),
  migrations,
  start: (deps: Deps) => ({
    routes(app) {
      app.route({
        ...tell,
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
const hearer: AnyService = {
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
          told: String(data['userId']),
        }))
        await tx`insert into public.heard ${tx(rows)}`
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
/** To look behind the services; its own connections break as well when the server restarts. */
let admin: Sql

beforeAll(async () => {
  if (skip) return
  folder = await mkdtemp(join(tmpdir(), 'bahi-outages-'))
  ;[postgresPort, brokerPort] = [await freePort(), await freePort()]
  await Promise.all([startDatabase(), startBroker()])
  keys = await generateServiceKeys(allServiceNames)
  database = await testDatabase(postgres.adminUrl, [speaker, hearer])
  const url = new URL(database.url('user'))
  const owner = new URL(postgres.adminUrl)
  owner.pathname = url.pathname
  admin = connect(owner.toString(), { max: 2 })
  await admin`create table public.heard (seq bigserial, id uuid, stream text, version int, told text)`
  await admin`grant all on public.heard, public.heard_seq_seq to bahi_audit`
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

/** Both services, each on its own way to the servers. */
async function startCopy(): Promise<Copy> {
  const [toDatabase, toBroker] = [await tcpProxy(postgresPort), await tcpProxy(brokerPort)]
  const published: number[] = []
  const bus: Bus = rabbitBus(`amqp://guest:guest@127.0.0.1:${toBroker.port}`, {
    log: createLog('bus', logLevel),
  })
  const running = await startServices([speaker, hearer], {
    env: {},
    mode: 'sandbox',
    databaseUrl(service) {
      const url = new URL(database.url(service))
      url.port = String(toDatabase.port)
      return url.toString()
    },
    poolSize: 4,
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
    dataKey: testDataKey,
    keys,
  })
  const copy = { running, toDatabase, toBroker, published }
  copies.push(copy)
  return copy
}

/** Tells and tells, on a few streams, until it is ended; knows what was answered. */
function load(...on: Copy[]) {
  const streams = Array.from({ length: 4 }, () => uuidv7())
  const told: string[] = []
  const refusals: { status: number; code: string; retryAfter: unknown }[] = []
  let going = true
  const trust = createTrust(keys, systemClock)
  const lanes = streams.map(async (stream, lane) => {
    for (let turn = lane; going; turn++) {
      const headers = { 'x-bahi-service': await trust.mint('gateway', 'user') }
      const app = on[turn % on.length]!.running.app('user')
      const answer = await app.inject({ method: 'POST', url: `/v1/tell/${stream}`, headers })
      const body = answer.json<{ id: string; code: string }>()
      if (answer.statusCode === 200) told.push(body.id)
      else
        refusals.push({
          status: answer.statusCode,
          code: body.code,
          retryAfter: answer.headers['retry-after'],
        })
      await delay(15)
    }
  })
  return {
    told,
    refusals,
    async ended() {
      going = false
      await Promise.all(lanes)
    },
    /** All that was told was heard, once each, in the order of its stream. */
    async proves() {
      await vi.waitFor(
        async () => {
          const heard = await admin<{ told: string }[]>`
            select told from public.heard where stream = any(${streams})`
          const missing = told.filter((id) => !heard.some((row) => row.told === id))
          expect({ told: told.length, missing: missing.length }).toMatchObject({ missing: 0 })
        },
        { timeout: 25_000, interval: 200 },
      )
      const rows = await admin<{ stream: string; version: number }[]>`
        select stream, version from public.heard where stream = any(${streams}) order by seq`
      expect(told.length).toBeGreaterThan(20)
      for (const stream of streams) {
        const versions = rows.filter((row) => row.stream === stream).map((row) => row.version)
        expect(versions).toEqual(versions.map((_, i) => i + 1))
      }
    },
  }
}
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 50 })
const readiness = async ({ running }: Copy, service: 'user' | 'audit' = 'user') => {
  const answer = await running.app(service).inject('/readyz')
  const { status, checks } = answer.json<{ status: string; checks: Record<string, string> }>()
  return { code: answer.statusCode, status, ...checks }
}

describe.skipIf(skip)('under load', { timeout: 90_000 }, () => {
  it('RabbitMQ restarts', async () => {
    const copy = await startCopy()
    const work = load(copy)
    await delay(300)
    await broker.stop()
    await until(async () => expect(await readiness(copy)).toMatchObject({ code: 200, status: 'degraded' }))
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
    // Whoever tells needs no broker.
    expect(work.refusals).toEqual([])
  })

  it('connections to RabbitMQ and PostgreSQL are cut again and again', async () => {
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
    expect(new Set(work.refusals.map(({ code }) => code))).toEqual(new Set(['unavailable']))
  })

  it('PostgreSQL restarts: requests are refused clearly meanwhile, and all goes on by itself', async () => {
    const copy = await startCopy()
    const work = load(copy)
    await delay(300)
    await postgres.stop()
    await until(async () => {
      expect(await readiness(copy)).toMatchObject({ code: 503, status: 'not ready', bus: 'ok' })
    })
    await delay(1_500)
    await startDatabase()
    const backMs = Date.now()
    const before = work.told.length
    await until(() => expect(work.told.length).toBeGreaterThan(before + 20))
    expect(Date.now() - backMs).toBeLessThan(5_000)
    await until(async () => expect(await readiness(copy)).toMatchObject({ status: 'ready' }))
    await work.ended()
    await work.proves()
    expect(work.refusals.length).toBeGreaterThan(0)
    for (const refusal of work.refusals)
      expect(refusal).toEqual({ status: 503, code: 'unavailable', retryAfter: '2' })
  })

  it('two copies share the work, and one stands in when the other dies without goodbye', async () => {
    const [one, two] = [await startCopy(), await startCopy()]
    const work = load(one, two)
    await until(() => expect(one.published.length + two.published.length).toBeGreaterThan(10))
    // One relay publishes at a time, whoever it is.
    const [active, idle] = one.published.length > 0 ? [one, two] : [two, one]
    expect(idle.published).toEqual([])
    active.toDatabase.sever()
    active.toBroker.sever()
    const diedMs = Date.now()
    await until(() => expect(idle.published.length).toBeGreaterThan(5))
    expect(Date.now() - diedMs).toBeLessThan(15_000)
    // It was only its network: back again, it finds that somebody stands in, and doubles nothing.
    active.toDatabase.mend()
    active.toBroker.mend()
    await until(async () => expect(await readiness(active)).toMatchObject({ status: 'ready' }))
    await delay(300)
    await work.ended()
    await work.proves()
  })
})
