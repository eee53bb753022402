// Starts services in this process on given adapters: one composition for production, tests and the embedded start.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import type { NetworkAdapter } from '@bahi/contracts/network-adapter.ts'
import { serviceNames } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { createBlobs, type BlobStorage, type Blobs } from '../blobs/blobs.ts'
import type { Bus } from '../bus/bus.ts'
import type { Cache } from '../cache/cache.ts'
import { systemClock, type Clock } from '../clock.ts'
import { configError, loadConfig, unknownSettings, type Env } from './config.ts'
import { createNetwork } from '../network/network-config.ts'
import { appendEvents } from '../events/events.ts'
import { createConsumer } from '../events/consume.ts'
import { buildApp, type App } from '../http/http.ts'
import { createLog, type Log } from '../log.ts'
import { createMetrics, type Metrics } from '../metrics.ts'
import { closeWithin } from '../http/connections.ts'
import { metricsOfAll, readinessOf, readinessOfAll, type Readiness } from './health.ts'
import { createInternalListener, type InternalListener } from './internal-listener.ts'
import { checkMigrated } from '../sql/migrate.ts'
import { relayWorker } from '../events/relay.ts'
import type { DataKeySource } from '../crypto/data-keys.ts'
import { createSeal, type Seal } from '../crypto/seal.ts'
import type { AnyService, Deps, Parts } from './service.ts'
import { createTrust, type ServiceKeys } from '../transport/service-token.ts'
import { connect, isUnavailable, type Sql } from '../sql/sql.ts'
import { traceFrom, withTrace } from '../trace.ts'
import type { Call } from '@bahi/contracts/call.ts'
import { directCall, directTransport } from '../transport/direct-transport.ts'
import { callHeaders, serviceCall, type Transport } from '../transport/transport.ts'
import { startWorker, type RunningWorker } from './worker.ts'

export type RuntimeOptions = {
  /** Where services read their own settings from. */
  env: Env
  /** Settings in `env` that are for other services; any further `BAHI_…` name is a fault. */
  otherSettings?: readonly string[]
  mode: 'sandbox' | 'production'
  databaseUrl(service: ServiceName): string
  /** Connections of each service to PostgreSQL; default 10. */
  poolSize?: number
  /** How to reach PostgreSQL; default: as the kit does. */
  connect?: typeof connect
  /** Whether a service's metrics include those of the process; default: when it is alone in it. */
  processMetrics?: boolean
  bus: Bus
  cache: Cache
  /** Where blobs are kept; default: there are none. */
  blobs?: BlobStorage | undefined
  clock: Clock
  /** Default: the adapter that the settings choose. */
  network?: NetworkAdapter
  logLevel: string
  /** What services seal personal data with. */
  dataKeys: DataKeySource
  keys: ServiceKeys
  /** How long a start waits for an unavailable database; default 0. Services start in any order. */
  databaseWaitMs?: number
  /** How to reach services that do not run in this process. Those that do are called directly. */
  transport?: Transport
  /** What measures the timeouts of direct calls. Default: the system's clock, as it is over HTTP. */
  timeoutClock?: Clock
}

export type Runtime = {
  app(service: ServiceName): App
  /** Calls a service, in this process or outside of it, as that service. */
  callAs(caller: ServiceName): Call
  /** Opens a service's port; resolves to its URL. */
  listen(service: ServiceName, port: number, host?: string): Promise<string>
  /** Resolves when every consumer here has processed every event that was appended. For tests. */
  settle(): Promise<void>
  /** Opens the port for calls from other processes to the services of this one; resolves to its URL. */
  listenInternal(port: number, host?: string): Promise<string>
  /**
   * Reports itself as not ready for `drainMs`, then stops requests, workers, consumers and connections, in this order.
   * Nothing in flight is lost; what is not answered after `closeTimeoutMs` is cut off.
   */
  close(options?: { drainMs?: number; closeTimeoutMs?: number }): Promise<void>
}

type Started = {
  name: ServiceName
  app: App
  edge: boolean
  metrics: Metrics
  readiness(): Promise<Readiness>
  parts: Parts
  workers: RunningWorker[]
  relay?: RunningWorker
  sql?: Sql
  log: Log
}

/** For requests in flight when a process stops. */
const defaultCloseTimeoutMs = 10_000

/** The queue that a service consumes from. */
export const queueOf = (service: string): string => `bahi.${service}`

export async function startServices(services: AnyService[], options: RuntimeOptions): Promise<Runtime> {
  const started = new Map<ServiceName, Started>()
  const known = services.flatMap((service) => Object.keys(service.config.properties))
  const faults = unknownSettings(options.env, [...known, ...(options.otherSettings ?? [])])
  const configs = new Map<ServiceName, unknown>()
  for (const service of services) {
    try {
      configs.set(service.name, loadConfig(service.config, options.env))
    } catch (error) {
      if (!(error instanceof Error) || !('faults' in error)) throw error
      faults.push(...(error.faults as string[]))
    }
  }
  const seals = new Map<ServiceName, Seal>()
  const blobsOf = new Map<ServiceName, Blobs>()
  for (const { name, sealed } of services) {
    const keys = await options.dataKeys(name)
    if (keys) {
      seals.set(name, createSeal(name, keys))
      if (options.blobs) blobsOf.set(name, createBlobs(name, keys, options.blobs))
    } else if (sealed) faults.push(`${name} seals personal data and has no data keys`)
  }
  if (faults.length > 0) throw configError([...new Set(faults)])
  const trust = createTrust(options.keys, options.clock)
  const names = new Set(services.map(({ name }) => name))
  const direct = {
    app: (name: ServiceName) => started.get(name)?.app,
    trust,
    clock: options.timeoutClock ?? systemClock,
  }
  const transport: Transport =
    options.transport ??
    ((name) => Promise.reject(new Problem('unavailable', `no address is known for ${name}`)))

  function callAs(caller: ServiceName): Call {
    const [here, outside] = [directCall(direct, caller), serviceCall(transport, trust, caller)]
    return (contract, input, more) => (names.has(contract.service) ? here : outside)(contract, input, more)
  }

  function forwardAs(caller: ServiceName): Transport {
    const here = directTransport(direct, caller)
    return async (to, request) => {
      if (names.has(to)) return here(to, request)
      const headers = { ...request.headers, ...(await callHeaders(trust, caller, to)) }
      return transport(to, { ...request, headers })
    }
  }
  const stopping = new AbortController()
  let draining = false
  let internal: InternalListener | undefined

  async function startOne(service: AnyService): Promise<Started> {
    const { name } = service
    const log = createLog(name, options.logLevel)
    const metrics = createMetrics(name, { process: options.processMetrics ?? services.length === 1 })
    const sql = service.migrations
      ? (options.connect ?? connect)(options.databaseUrl(name), {
          name: `bahi-${name}`,
          max: options.poolSize ?? 10,
        })
      : undefined
    if (sql && service.migrations) {
      const schema = { name, migrations: service.migrations }
      await untilAvailable(log, options.databaseWaitMs ?? 0, () => checkMigrated(sql, schema))
    }
    const noDatabase = () => {
      throw new Error(`${name} has no database`)
    }
    const noKeys = () => {
      throw new Error(`${name} has no data keys`)
    }
    const config = configs.get(name)
    const call = callAs(name)
    const deps: Deps = {
      config,
      mode: options.mode,
      sql: sql ?? (new Proxy(noDatabase, { get: noDatabase }) as never),
      transaction: async (run) => {
        const result = await (sql ?? noDatabase()).begin(run)
        started.get(name)?.relay?.wake()
        return result as never
      },
      append: (tx, ...events) => appendEvents(tx, options.clock.now(), events),
      call,
      forward: forwardAs(name),
      network: options.network ?? (await createNetwork(config, { call, mode: options.mode })),
      bus: options.bus,
      cache: options.cache,
      blobs: blobsOf.get(name),
      clock: options.clock,
      seal: seals.get(name) ?? (new Proxy(noKeys, { get: noKeys }) as never),
      log,
      metrics,
    }
    const parts = await service.start(deps)
    const app = buildApp({
      service: name,
      log,
      metrics,
      trust,
      edge: service.edge === true,
      trustedProxies: parts.trustedProxies ?? [],
      connections: parts.connections,
    })
    const workers: RunningWorker[] = []
    const { bus, cache } = options
    const readiness = () =>
      readinessOf({ sql, bus, cache, blobs: deps.blobs, parts, workers, isStopping: () => draining })
    answerHealth(app, metrics, readiness)
    if (parts.consumes) countDeadLetters(metrics, options.bus, queueOf(name))
    await parts.routes(app)
    await app.ready()
    return {
      name,
      app,
      edge: service.edge === true,
      parts,
      workers,
      log,
      metrics,
      readiness,
      ...(sql ? { sql } : {}),
    }
  }

  for (const service of services) started.set(service.name, await startOne(service))
  // All consumers subscribe before any relay publishes or any worker runs.
  for (const one of started.values()) {
    const { name, parts, sql } = one
    const consumer = parts.consumes
    if (!consumer) continue
    if (!sql) throw new Error(`${name} consumes events but has no database for its inbox`)
    const handle = createConsumer({
      sql,
      handle: consumer.handle,
      redelivered: consumer.redelivered,
      idempotent: consumer.idempotent,
      clock: options.clock,
      log: one.log,
      stopping: stopping.signal,
    })
    await options.bus.subscribe(queueOf(name), consumer.from, async (events) => {
      await withTrace(traceFrom(events[0]?.traceparent, undefined), () => handle(events)).finally(() =>
        one.relay?.wake(),
      )
    })
  }
  for (const one of started.values()) {
    if (one.sql) {
      one.relay = startWorker(relayWorker(one.sql, options.bus, one.name), options.clock, one.log)
      one.workers.push(one.relay)
    }
    for (const worker of one.parts.workers ?? [])
      one.workers.push(startWorker(worker, options.clock, one.log))
  }

  const all = () => [...started.values()]
  const find = (name: ServiceName) => {
    const one = started.get(name)
    if (!one) throw new Error(`${name} does not run here`)
    return one
  }
  return {
    app: (name) => find(name).app,
    callAs,
    listen: (name, port, host = '127.0.0.1') => find(name).app.listen({ port, host }),
    async settle() {
      for (let quiet = 0; quiet < 2;) {
        const waiting = await Promise.all(all().map(unpublished))
        if (waiting.some((n) => n > 0)) {
          quiet = 0
          for (const one of all()) one.relay?.wake()
        } else quiet += 1
        await new Promise((resolve) => setTimeout(resolve, 15))
      }
    },
    async listenInternal(port, host = '127.0.0.1') {
      internal = createInternalListener({
        app: (name) => (started.get(name)?.edge === false ? started.get(name)?.app : undefined),
        readiness: () => readinessOfAll(new Map(all().map(({ name, readiness }) => [name, readiness]))),
        metrics: () => metricsOfAll(all().map(({ metrics }) => metrics)),
      })
      return internal.listen(port, host)
    },
    async close({ drainMs = 0, closeTimeoutMs = defaultCloseTimeoutMs } = {}) {
      draining = true
      if (drainMs > 0) await systemClock.sleep(drainMs)
      // What comes from outside ends first, then the services behind it: requests in flight find all that they need.
      const edges = all().filter((one) => one.edge)
      const closeApp = ({ app, log, name }: Started) =>
        closeWithin(app.server, closeTimeoutMs, () => Promise.resolve(app.close())).then((isClean) => {
          if (!isClean)
            log.warn({ service: name, closeTimeoutMs }, 'shutdown cut off requests that did not end in time')
        })
      await Promise.all([...edges.map(closeApp), internal?.close(closeTimeoutMs)])
      await Promise.all(
        all()
          .filter((one) => !one.edge)
          .map(closeApp),
      )
      await Promise.all(all().map((one) => one.parts.close?.()))
      for (const one of all())
        await Promise.all(one.workers.filter((w) => w !== one.relay).map((w) => w.stop()))
      stopping.abort()
      await Promise.all(all().map((one) => one.relay?.stop()))
      await options.bus.close()
      await options.cache.close()
      await Promise.all(all().map((one) => one.sql?.end({ timeout: 5 })))
    },
  }
}

/** Runs `check` again while the database is unavailable, for at most `waitMs`. */
async function untilAvailable(log: Log, waitMs: number, check: () => Promise<void>): Promise<void> {
  for (const until = Date.now() + waitMs; ;) {
    try {
      return await check()
    } catch (error) {
      if (!isUnavailable(error) || Date.now() >= until) throw error
      log.warn({ err: error }, 'database unavailable, waiting for it to start')
      await systemClock.sleep(500)
    }
  }
}

async function unpublished({ sql }: Started): Promise<number> {
  if (!sql) return 0
  const [row] = await sql<{ count: number }[]>`
    select count(*) as count from events, relay
    where (xid, seq) > (after_xid, after_seq)`
  return row?.count ?? 0
}

/** For an alert: every dead letter waits for a person. While the bus is unavailable there is no value. */
function countDeadLetters(metrics: Deps['metrics'], bus: Bus, queue: string): void {
  const count = async (gauge: { set(labels: object, n: number): void; reset(): void }) => {
    const letters = await bus.countDeadLetters(queue).catch(() => undefined)
    if (letters === undefined) gauge.reset()
    else gauge.set({ queue }, letters)
  }
  metrics.gauge('bahi_dead_letters', 'Batches of events that a consumer gave up on.', count, ['queue'])
}

/** `/livez`: the event loop runs. `/readyz`: the service can do its work. `/metrics`: for Prometheus. */
function answerHealth(app: App, metrics: Metrics, readiness: () => Promise<Readiness>): void {
  app.get('/livez', () => ({ status: 'ok' }))
  app.get('/metrics', async (_request, reply) => {
    void reply.type(metrics.registry.contentType)
    return metrics.registry.metrics()
  })
  app.get('/readyz', async (_request, reply) => {
    const { ready, status, checks } = await readiness()
    return reply.code(ready ? 200 : 503).send({ status, checks })
  })
}

export const allServiceNames: ServiceName[] = [...serviceNames, 'sandbox']
