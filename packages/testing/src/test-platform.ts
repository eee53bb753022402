// For tests: a database of one's own cloned from a migrated template, and services started on in-process adapters.
import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Call } from '@bahi/contracts/call.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import { systemClock, type Clock } from '@bahi/kit/clock.ts'
import type { Env } from '@bahi/kit/runtime/config.ts'
import { personHeader, type Person } from '@bahi/kit/http/http.ts'
import { migrate } from '@bahi/kit/sql/migrate.ts'
import type { AnyService } from '@bahi/kit/runtime/service.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { createTrust, generateServiceKeys } from '@bahi/kit/transport/service-token.ts'
import {
  allServiceNames,
  startServices,
  type Runtime,
  type RuntimeOptions,
} from '@bahi/kit/runtime/runtime.ts'
import { inProcessTransport, serviceCall, type Transport } from '@bahi/kit/transport/transport.ts'

export const testDataKey = Buffer.alloc(32, 7).toString('base64')
const password = 'test'

export type TestDatabase = {
  url(service: ServiceName): string
  /** As the owner of everything, to look behind the services: name the schema, as in `auth.events`. */
  admin: Sql
  drop(): Promise<void>
}

/** Clones a template that holds the schemas of these services; makes the template when it is not there yet. */
export async function testDatabase(adminUrl: string, services: AnyService[]): Promise<TestDatabase> {
  const schemas = services.flatMap((s) =>
    s.migrations ? [{ name: s.name, migrations: s.migrations, password }] : [],
  )
  const root = connect(adminUrl, { max: 1 })
  const template = `template_${await digestOf(schemas)}`
  const name = `test_${randomBytes(6).toString('hex')}`
  await root`select pg_advisory_lock(6214471)`
  const [found] = await root`select 1 from pg_database where datname = ${template}`
  if (!found) {
    await root.unsafe(`create database ${template}`)
    await migrate(withDatabase(adminUrl, template), schemas)
  }
  await root.unsafe(`create database ${name} template ${template}`)
  await root`select pg_advisory_unlock(6214471)`
  const admin = connect(withDatabase(adminUrl, name), { max: 2 })
  return {
    url: (service) => withDatabase(adminUrl, name, `bahi_${service}`),
    admin,
    async drop() {
      await admin.end({ timeout: 5 })
      await root.unsafe(`drop database ${name} with (force)`)
      await root.end()
    },
  }
}

function withDatabase(adminUrl: string, database: string, role?: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  if (role) {
    url.username = role
    url.password = password
  }
  return url.toString()
}

async function digestOf(schemas: { name: string; migrations: URL }[]): Promise<string> {
  const hash = createHash('sha256')
  for (const folder of [
    new URL('../../kit/migrations/', import.meta.url),
    ...schemas.map((s) => s.migrations),
  ]) {
    for (const file of (await readdir(folder)).sort())
      hash.update(`${folder.pathname}${file}`).update(await readFile(new URL(file, folder)))
  }
  return hash.digest('hex').slice(0, 16)
}

export type TestPlatform = Runtime & {
  database: TestDatabase
  /** Calls as a service: `as('user')(contract, input)`. */
  as(caller: ServiceName): Call
  /** Calls as a person, the way the gateway forwards: `person({ userId })(contract, input)`. */
  person(who: Partial<Person> & { userId: string }): Call
  /** Calls without any person, the way the gateway forwards public routes. */
  anybody: Call
  stop(): Promise<void>
}

export type TestOptions = {
  services: AnyService[]
  env?: Env
  /** Neighbours played by the test: answers for services that do not run here. */
  neighbours?: Transport
} & Partial<Pick<RuntimeOptions, 'bus' | 'cache' | 'clock' | 'mode' | 'logLevel'>>

/** Starts the real thing on a database of its own: the same composition as in production, other adapters. */
export async function testPlatform(adminUrl: string, options: TestOptions): Promise<TestPlatform> {
  const database = await testDatabase(adminUrl, options.services)
  const keys = await generateServiceKeys(allServiceNames)
  const clock = options.clock ?? systemClock
  const here = new Set(options.services.map((s) => s.name))
  let running: Runtime | undefined = undefined
  const inner = inProcessTransport((name) => running?.app(name) as never)
  const transport: Transport = (service, request) =>
    here.has(service) || !options.neighbours ? inner(service, request) : options.neighbours(service, request)
  running = await startServices(options.services, {
    env: options.env ?? {},
    mode: options.mode ?? 'sandbox',
    databaseUrl: database.url,
    poolSize: 6,
    bus: options.bus ?? memoryBus({ clock }),
    cache: options.cache ?? memoryCache({ clock }),
    clock,
    logLevel: options.logLevel ?? process.env['BAHI_TEST_LOG'] ?? 'silent',
    dataKey: testDataKey,
    keys,
    transport: transport,
  })
  const trust = createTrust(keys, clock)
  const asGateway = serviceCall(transport, trust, 'gateway')
  const started = running
  return {
    ...started,
    database,
    as: (caller) => serviceCall(transport, trust, caller),
    person: (who) => (contract, input, more) => {
      const person: Person = { sessionId: who.userId, deviceId: 'test-device', role: 'person', ...who }
      return asGateway(contract, input, {
        headers: { ...more?.headers, 'x-bahi-person': personHeader(person) },
      })
    },
    anybody: asGateway,
    async stop() {
      await started.close()
      await database.drop()
    },
  }
}

/** A clock that can jump. Sleeps are short, so that workers come round soon whatever the time is. */
export function adjustableClock(): Clock & { advance(ms: number): void } {
  const longestSleepMs = 20
  let aheadMs = 0
  return {
    now: () => new Date(Date.now() + aheadMs),
    sleep: (ms, signal) => systemClock.sleep(Math.min(ms, longestSleepMs), signal),
    advance: (ms) => void (aheadMs += ms),
  }
}

/** Events of one stream, as they travel: one for each version. */
export function batchOf(source: string, ...versions: number[]): CloudEvent[] {
  return versions.map((version) => ({
    specversion: '1.0',
    id: `${source}-${version}`,
    source: `/${source}`,
    type: 'thing.happened',
    subject: 'thing-1',
    time: '2026-01-01T00:00:00.000Z',
    datacontenttype: 'application/json',
    bahiversion: version,
    bahiseq: version,
    data: { version, text: 'ü ₹ 😀' },
  }))
}

/** The refusal that a call ended with. Throws when it did not. */
export async function refusal(call: Promise<unknown>): Promise<{ code: string } & Problem['extras']> {
  const error = await call.then(
    () => new Error('it was not refused'),
    (e: unknown) => e,
  )
  if (!(error instanceof Problem)) throw error
  return { code: error.code, ...error.extras }
}

/** A stream of numbers from a seed (mulberry32): from 0 up to, not including, 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
