// Starts one service of a process: what it depends on, its app with its routes, its consumer and its workers.
import type { Call } from '@bahi/contracts/call.ts'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import type { Blobs } from '../blobs/blobs.ts'
import type { CloudEvent } from '../bus/bus.ts'
import type { Seal } from '../crypto/seal.ts'
import { createConsumer, queueOf } from '../events/consume.ts'
import { appendEvents } from '../events/events.ts'
import { relayWorker } from '../events/relay.ts'
import { buildApp, type App } from '../http/http.ts'
import { createLog, type Log } from '../log.ts'
import { createMetrics, type Metrics } from '../metrics.ts'
import { createNetwork } from '../network/network-config.ts'
import { dependencies, dependencyOf, reasonOf, type Dependency, type Outages } from '../outages.ts'
import { checkMigrated, isNotMigrated } from '../sql/migrate.ts'
import { primaryReads, replicaReads, type Replica } from '../sql/replica.ts'
import { connect, probe, retryAborted, sqlState, type Sql } from '../sql/sql.ts'
import { systemClock } from '../clock.ts'
import { inSpanOfMany } from '../tracing/spans.ts'
import type { Trust } from '../transport/service-token.ts'
import type { Transport } from '../transport/transport.ts'
import { answerHealth } from './health-facts.ts'
import { readinessOf, tolerance, type Readiness } from './health.ts'
import type { RuntimeOptions } from './runtime-options.ts'
import type { AnyService, Deps, Parts } from './service.ts'
import { measureCertificate, measureQueue, measureService } from './service-metrics.ts'
import { startWorker, type RunningWorker } from './worker.ts'

export type Started = {
  name: ServiceName
  app: App
  secondEdge?: { app: App; port: number }
  edge: boolean
  metrics: Metrics
  readiness(): Promise<Readiness>
  parts: Parts
  replica?: Replica
  workers: RunningWorker[]
  relay?: RunningWorker
  sql?: Sql
  log: Log
  /** Takes note of the outage of a server; false for any other error. */
  report(error: unknown): boolean
}

/** What the services of a process have in common. */
export type ProcessContext = {
  options: RuntimeOptions
  trust: Trust
  outages: Outages
  /** Aborted when the process stops: then nothing waits any more. */
  stopping: AbortSignal
  isDraining(): boolean
  callAs(caller: ServiceName): Call
  forwardAs(caller: ServiceName): Transport
}

/** Of one service. */
export type Own = { config: unknown; seal: Seal | undefined; blobs: Blobs | undefined }

const firstWaitMs = 250
const maxWaitMs = 5_000

/**
 * Resolves when the service takes calls. With `waitForServers` it is tried again for as long as its database, or the
 * schema in it, is not there: the log names what is missing, and `waitsFor` says so until then.
 */
export async function startService(
  service: AnyService,
  own: Own,
  context: ProcessContext,
  waitsFor: (reason: string) => void = () => undefined,
): Promise<Started> {
  const { options, outages, stopping } = context
  const { name, migrations } = service
  const url = options.databaseUrl(name)
  const postgres = dependencies.postgres(url)
  const schema = dependencies.schema(name)
  // Statements wait for a database that is away once the service takes calls.
  const outageWait = {
    ...{ ms: 0, max: options.databaseWait?.max ?? 0 },
    failed: (error: unknown): void => outages.failed(postgres, error, () => probe(sql!)),
  }
  const pool = { name: `bahi-${name}`, max: options.poolSize ?? 10, outageWait }
  const sql = migrations ? (options.connect ?? connect)(url, pool) : undefined

  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, maxWaitMs)) {
    try {
      if (sql && migrations) {
        await checkMigrated(sql, { name, migrations })
        outages.recovered(postgres)
        outages.recovered(schema)
      }
      const started = await buildService(service, { ...own, sql, postgres }, context)
      outageWait.ms = options.databaseWait?.ms ?? 0
      return started
    } catch (error) {
      const missing = isNotMigrated(error) ? schema : isOutage(error) ? postgres : undefined
      if (!missing || !options.waitForServers || stopping.aborted) {
        void sql?.end({ timeout: 1 })
        throw error
      }
      waitsFor(reasonOf(error))
      outages.failed(missing, error)
      await systemClock.sleep(waitMs, stopping)
    }
  }
}

/** A database that refuses the role or does not exist yet is one that is not ready. */
function isOutage(error: unknown): boolean {
  return dependencyOf(error) !== undefined || /^(28|3D)/.test(sqlState(error) ?? '')
}

async function buildService(
  service: AnyService,
  { config, seal, blobs, sql, postgres }: Own & { sql: Sql | undefined; postgres: Dependency },
  { options, trust, outages, isDraining, callAs, forwardAs }: ProcessContext,
): Promise<Started> {
  const { name } = service
  const log = createLog(name, options.logLevel, options.logTo)
  const metrics = createMetrics(name)
  const report = (error: unknown): boolean => {
    const server = dependencyOf(error)
    if (server === 'PostgreSQL') outages.failed(postgres, error, sql && (() => probe(sql)))
    return server !== undefined
  }
  const lacking = (what: string) => {
    const fail = () => {
      throw new Error(`${name} has no ${what}`)
    }
    return new Proxy(fail, { get: fail }) as never
  }
  const call = callAs(name)
  const self: { started?: Started } = {}
  const replica = sql && replicaOf({ name, sql, log, metrics, options })
  const repeated =
    sql &&
    metrics.counter(
      'bahi_transactions_repeated_total',
      'Transactions that were run again, by why: another one appended to the same stream, or a deadlock.',
      ['why'],
    )
  const deps: Deps = {
    service: name,
    config,
    mode: options.mode,
    sql: sql ?? lacking('database'),
    reads: replica ?? primaryReads(sql ?? lacking('database')),
    transaction: async (run) => {
      const begin = () => (sql ?? (lacking('database') as Sql)).begin(run)
      const result = await retryAborted(begin, (why) => repeated?.inc({ why }))
      self.started?.relay?.wake()
      return result as never
    },
    append: (tx, ...events) => appendEvents(tx, options.clock.now(), events),
    call,
    forward: forwardAs(name),
    network: options.network ?? (await createNetwork(config, { call, mode: options.mode })),
    bus: options.bus,
    cache: options.cache,
    blobs,
    clock: options.clock,
    seal: seal ?? lacking('data keys'),
    log,
    metrics,
  }
  const parts = await service.start(deps)
  const appWith = (connections: Parts['connections']) =>
    buildApp({
      service: name,
      log,
      metrics,
      trust,
      edge: service.edge === true,
      call,
      trustedProxies: parts.trustedProxies ?? [],
      connections,
      report,
      ...(replica ? { wrote: replica.wrote } : {}),
    })
  const app = appWith(parts.connections)
  const workers: RunningWorker[] = []
  const { bus, cache } = options
  measureService(metrics, { sql, bus, cache, blobs, parts, workers })
  if (options.tls) measureCertificate(metrics, options.tls)
  if (parts.consumes) measureQueue(metrics, bus, queueOf(name))
  await parts.routes(app)
  answerHealth(app, name, metrics)
  await app.ready()
  const secondEdge = parts.secondEdge && {
    app: appWith(parts.secondEdge.connections),
    port: parts.secondEdge.port,
  }
  if (secondEdge) {
    await parts.secondEdge?.routes(secondEdge.app)
    await secondEdge.app.ready()
  }
  const tolerates = tolerance(options.unreadyAfterMs ?? 0)
  self.started = {
    name,
    app,
    ...(secondEdge ? { secondEdge } : {}),
    edge: service.edge === true,
    parts,
    ...(replica ? { replica } : {}),
    workers,
    log,
    metrics,
    report,
    readiness: () =>
      readinessOf({ sql, bus, cache, blobs, parts, workers, report, tolerates, isStopping: isDraining }),
    ...(sql ? { sql } : {}),
  }
  return self.started
}

function replicaOf({
  name,
  options,
  ...own
}: Pick<Deps, 'sql' | 'log' | 'metrics'> & { name: ServiceName; options: RuntimeOptions }):
  Replica | undefined {
  const url = options.replica?.url(name)
  if (!options.replica || url === undefined) return undefined
  const { cache, clock, replica } = options
  const pool = connect(url, { name: `bahi-${name}-reads`, max: options.poolSize ?? 10 })
  return replicaReads({ ...own, ...replica, cache, clock, replica: pool })
}

/** Resolves when the service consumes the events of the others, which may take until the broker is there. */
export async function subscribe(one: Started, { options, stopping }: ProcessContext): Promise<void> {
  const { name, parts, sql, report } = one
  const consumer = parts.consumes
  if (!consumer) return
  if (!sql) throw new Error(`${name} consumes events but has no database for its inbox`)
  const handle = createConsumer({
    sql,
    handle: consumer.handle,
    redelivered: consumer.redelivered,
    idempotent: consumer.idempotent,
    clock: options.clock,
    report,
    stopping,
  })
  const delays = one.metrics.histogram(
    'bahi_event_delay_seconds',
    'Time from an event to its consumption, of the oldest one in each batch.',
    [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  )
  const observeDelay = ([oldest]: CloudEvent[]) => {
    const ms = oldest ? options.clock.now().getTime() - Date.parse(oldest.time) : 0
    delays.observe(Math.max(ms, 0) / 1000)
  }
  await options.bus.subscribe(queueOf(name), consumer.from, async (events) => {
    const about = { service: name, kind: 'consumer', name: `consume ${queueOf(name)}` } as const
    const attributes = { 'messaging.batch.message_count': events.length }
    const traceparents = events.map(({ traceparent }) => traceparent)
    await inSpanOfMany(traceparents, { ...about, attributes }, () => handle(events)).finally(() =>
      one.relay?.wake(),
    )
    observeDelay(events)
  })
}

export function startWorkers(one: Started, { options }: ProcessContext): void {
  const run = (worker: Parameters<typeof startWorker>[0]) =>
    startWorker(worker, options.clock, one.log, one.report)
  if (one.sql) {
    one.relay = run(relayWorker(one.sql, options.bus, one.name))
    one.workers.push(one.relay)
  }
  if (one.replica) one.workers.push(run(one.replica.worker))
  for (const worker of one.parts.workers ?? []) one.workers.push(run(worker))
}
