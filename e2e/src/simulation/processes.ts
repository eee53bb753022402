// The processes of a layout, which crash and restart one by one, on seams with faults.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { createCall, type Call } from '@bahi/contracts/call.ts'
import type { Env } from '@bahi/kit/runtime/environment.ts'
import type { AnyService } from '@bahi/kit/runtime/service.ts'
import { serviceCall, wholeBody } from '@bahi/kit/transport/transport.ts'
import { createTrust } from '@bahi/kit/transport/service-token.ts'
import { connect, retryAborted, type Sql } from '@bahi/kit/sql/sql.ts'
import { startServices, type Runtime } from '@bahi/kit/runtime/runtime.ts'
import type { RuntimeOptions } from '@bahi/kit/runtime/runtime-options.ts'
import type { Person } from '@bahi/contracts/principal.ts'
import { personHeader } from '@bahi/kit/http/principal.ts'
import { layouts, type DistributedLayout, type ProcessGroup } from '@bahi/platform/layouts.ts'
import { services } from '@bahi/platform/services.ts'
import type { SimulatedClock } from './clock.ts'
import type { Faults } from './faults.ts'
import { never, newIncarnation, type Incarnation } from './incarnation.ts'
import { faultyBroker } from './seam-bus.ts'
import { faultyCache } from './seam-cache.ts'
import { faultyTransport, type Callee } from './seam-transport.ts'
import { faultySql } from './seam-sql.ts'

export type SimulationEnvironment = Pick<RuntimeOptions, 'env' | 'databaseUrl' | 'dataKeys' | 'keys'> & {
  /** Connected as the owner of all schemas. */
  admin: Sql
}

export type Processes = {
  /** Calls a service as a person, vouched for by the gateway. */
  asPerson(person: Person): Call
  /** Calls the gateway itself with an access token. */
  withToken(token: string): Call
  /** Calls public contracts. */
  asGateway: Call
  alive(name: ServiceName): Incarnation[]
  /** Starts one more copy. */
  start(name: ServiceName): Promise<void>
  /** Starts every service that does not run. */
  startAll(): Promise<void>
  /** Messages waiting in queues, plus unpublished events. */
  waiting(): Promise<number>
  /** Expires the leases of relays and due work. */
  endLeases(): Promise<void>
  stop(): Promise<void>
}

const longestDownMs = 1_200
const maxStarts = 20

function settingsOf(all: AnyService[], env: Env): Env {
  const known = all.flatMap(({ config }) => Object.keys(config.properties))
  return Object.fromEntries(Object.entries(env).filter(([name]) => known.includes(name)))
}

type Running = { incarnation: Incarnation; runtime: Runtime }

export type ProcessesOptions = {
  faults: Faults
  clock: SimulatedClock
  /** Which services share a process, call each other directly and crash together. */
  layout: DistributedLayout
  logLevel?: string
}

export function createProcesses(
  environment: SimulationEnvironment,
  { faults, clock, layout, logLevel = 'silent' }: ProcessesOptions,
): Processes {
  const { admin } = environment
  const groups: readonly ProcessGroup[] = layouts[layout]
  const processes = new Map<string, Running[]>(groups.map(({ name }) => [name, []]))
  const startCounts = new Map<string, number>()
  const bus = faultyBroker({ faults, clock })
  const cache = faultyCache({ faults, clock })
  const background = new Set<Promise<unknown>>()
  let stopping = false

  function groupOf(service: ServiceName): ProcessGroup {
    return groups.find((group) => group.services.includes(service))!
  }
  function alive({ name }: ProcessGroup): Running[] {
    return (processes.get(name) ?? []).filter(({ incarnation }) => !incarnation.dead)
  }
  function find(name: ServiceName): Callee | undefined {
    const all = alive(groupOf(name))
    const one = all.length > 1 ? faults.random(`which copy of ${name}`).pick(all) : all[0]
    return one && { incarnation: one.incarnation, app: one.runtime.app(name) }
  }
  function inBackground(work: Promise<unknown>): void {
    const done = work.catch(() => undefined).finally(() => background.delete(done))
    background.add(done)
  }

  async function start(group: ProcessGroup): Promise<void> {
    const { name } = group
    const nth = (startCounts.get(name) ?? 0) + 1
    startCounts.set(name, nth)
    const connections: Sql[] = []
    const label = `sim-${name}-${nth}`
    const incarnation = newIncarnation(
      name,
      `${name}.${nth}`,
      () => void inBackground(cleanUp(group, label, connections)),
    )
    const own = services.filter((one) => group.services.includes(one.name))
    const ownClock = {
      now: clock.now,
      sleep: async (ms: number, signal?: AbortSignal) => {
        await clock.sleep(ms, signal)
        if (incarnation.dead) await never()
      },
    }
    const starting = startServices(own, {
      ...environment,
      env: settingsOf(own, environment.env),
      mode: 'sandbox',
      // With one connection, code that needs two at once would deadlock.
      poolSize: faults.random(`connections of ${name}`).pick([1, 2, 3]),
      logLevel,
      connect(url, options) {
        const sql = connect(url, { ...options, name: label })
        connections.push(sql)
        return faultySql(sql, { incarnation, faults, clock })
      },
      transport: faultyTransport(incarnation, { faults, clock, find }),
      bus: bus.of(incarnation),
      cache: cache.of(incarnation),
      clock: ownClock,
      timeoutClock: ownClock,
    })
    const cutOff = incarnation.ended.then(() =>
      Promise.reject(new Error(`${incarnation.name} crashed while starting`)),
    )
    clock.busy()
    const runtime = await Promise.race([starting, cutOff])
      .catch((error: unknown) => {
        incarnation.die()
        throw error
      })
      .finally(clock.done)
    processes.get(name)!.push({ incarnation, runtime })
  }

  /** Closes the connections, whereupon PostgreSQL rolls back what was not committed; restarts the service later. */
  async function cleanUp(group: ProcessGroup, label: string, connections: Sql[]): Promise<void> {
    const { name } = group
    faults.count(`crashed: ${name}`)
    clock.busy()
    // Of this run alone: other runs on the same server use the same names.
    await admin`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = ${label} and datname = current_database()`.finally(clock.done)
    await Promise.all(connections.map((sql) => sql.end({ timeout: 0 }).catch(() => undefined)))
    if (stopping) return
    // After a crash at the moment of healing nothing else would restart the service.
    if (!faults.healed()) await clock.sleep(faults.random(`down ${name}`).between(0, longestDownMs))
    if (alive(group).length === 0) await startUntil(group)
  }

  /** Starts the service until enough copies run; a start can fail too, and is retried. */
  async function startUntil(group: ProcessGroup, copies = 1): Promise<void> {
    for (let tries = 1; !stopping && alive(group).length < copies; tries++) {
      try {
        await start(group)
      } catch (error) {
        if (tries >= maxStarts) throw error
        await clock.sleep(500)
      }
    }
  }

  const client = newIncarnation('client', 'client')
  const clientTransport = faultyTransport(client, { faults, clock, find })
  const trust = createTrust(environment.keys, clock)
  const asGateway = serviceCall(clientTransport, trust, 'gateway')

  async function unpublished(): Promise<number> {
    const rows = await Promise.all(
      services.map(async ({ name, migrations }) => {
        if (!migrations) return 0
        const [row] = await admin<{ count: number }[]>`
          select count(*) as count from ${admin(name)}.events, ${admin(name)}.relay
          where (xid, seq) > (after_xid, after_seq)`
        return row!.count
      }),
    )
    return rows.reduce((sum, n) => sum + n, 0)
  }

  return {
    asPerson: (person) => (contract, input, more) =>
      asGateway(contract, input, { headers: { ...more?.headers, ...personHeader(person) } }),
    withToken: (token) =>
      createCall(async (contract, request) => {
        const answer = await clientTransport('gateway', {
          method: request.method,
          path: request.path,
          headers: { ...request.headers, authorization: `Bearer ${token}` },
          ...(request.body === undefined ? {} : { body: request.body as string }),
          timeoutMs: (contract.timeoutMs ?? 10_000) + 1_000,
        })
        return { status: answer.status, headers: {}, body: (await wholeBody(answer.body)).toString('utf8') }
      }),
    asGateway,
    alive: (name) => alive(groupOf(name)).map(({ incarnation }) => incarnation),
    start: (name) => startUntil(groupOf(name), 2),
    async startAll() {
      for (const group of groups) await startUntil(group)
    },
    waiting: async () => bus.waiting() + (await unpublished()),
    async endLeases() {
      for (const { name, migrations } of services)
        if (migrations)
          for (const table of ['relay', 'due_work'])
            // It locks every row, in another order than who works on some of them.
            await retryAborted(
              () => admin`update ${admin(name)}.${admin(table)} set lease_until = '-infinity'`,
            )
    },
    async stop() {
      stopping = true
      faults.heal()
      for (const all of processes.values()) for (const { incarnation } of all) incarnation.die()
      bus.stop()
      await Promise.all(background)
    },
  }
}
