// Metrics that every service has: its build, servers it depends on, its pool, its relay, its queue, its workers.
import type { Bus } from '../bus/bus.ts'
import { version } from '../log.ts'
import type { Cache } from '../cache/cache.ts'
import { gaugesOf, type Metrics } from '../metrics.ts'
import type { TraceExporter } from '../tracing/otlp.ts'
import { poolOf, type Sql } from '../sql/sql.ts'
import type { ServiceTls } from '../transport/service-tls.ts'
import { dependencyChecks, type HealthOptions } from './health.ts'

/** Shorter than the time that a metric is given: a server that hangs is down, and not unknown. */
const checkTimeoutMs = 700

export function measureService(
  metrics: Metrics,
  options: Omit<HealthOptions, 'isStopping' | 'report' | 'tolerates'>,
): void {
  const { sql, workers } = options
  metrics.gauge(
    'bahi_build_info',
    'Always 1; its labels say which version runs on which Node.',
    (samples) => samples.set({ version, node: process.versions.node }, 1),
    ['version', 'node'],
  )
  measureDependencies(metrics, options)
  if (sql) measureDatabase(metrics, sql)
  metrics.gauge(
    'bahi_worker_idle_seconds',
    'Seconds since the last successful round of a worker.',
    (samples) => workers.forEach(({ name, idleMs }) => samples.set({ worker: name }, idleMs() / 1000)),
    ['worker'],
  )
  metrics.gauge(
    'bahi_worker_stalled',
    '1 when a worker has had no successful round for longer than it may.',
    (samples) =>
      workers.forEach(({ name, idleMs, stallAfterMs }) =>
        samples.set({ worker: name }, Number(idleMs() > stallAfterMs)),
      ),
    ['worker'],
  )
}

function measureDependencies(metrics: Metrics, options: Parameters<typeof measureService>[1]): void {
  const checks = Object.entries(dependencyChecks(options))
  metrics.gauge(
    'bahi_dependency_up',
    '1 when a server that the service needs answers; those without which it works too.',
    async (samples) => {
      const timer = Promise.withResolvers<false>()
      const late = setTimeout(() => timer.resolve(false), checkTimeoutMs)
      const answers = checks.map(([, check]) =>
        Promise.race([
          check().then(
            () => true,
            () => false,
          ),
          timer.promise,
        ]),
      )
      const up = await Promise.all(answers).finally(() => clearTimeout(late))
      checks.forEach(([dependency], i) => samples.set({ dependency }, Number(up[i])))
    },
    ['dependency'],
  )
}

function measureDatabase(metrics: Metrics, sql: Sql): void {
  metrics.gauge(
    'bahi_relay_lag_seconds',
    'Age of the oldest event that is committed and not published.',
    async (samples) => {
      const [oldest] = await sql<{ ageS: number }[]>`
        select greatest(extract(epoch from clock_timestamp() - at), 0)::float8 as age_s from events, relay
        where (xid, seq) > (after_xid, after_seq) order by xid, seq limit 1`
      samples.set(oldest?.ageS ?? 0)
    },
  )
  if (!poolOf(sql)) return
  const pool = () => poolOf(sql)!
  metrics.gauge(
    'bahi_pool_connections',
    'Connections to PostgreSQL, by state: used or idle.',
    (samples) => {
      const { used, idle } = pool()
      samples.set({ state: 'used' }, used)
      samples.set({ state: 'idle' }, idle)
    },
    ['state'],
  )
  metrics.gauge('bahi_pool_max_connections', 'Connections to PostgreSQL that there may be.', (samples) =>
    samples.set(sql.options.max),
  )
  metrics.gauge('bahi_pool_waiting', 'Statements that wait for a connection to PostgreSQL now.', (samples) =>
    samples.set(pool().waiting),
  )
  metrics.total(
    'bahi_pool_waits_total',
    'Statements that waited for a connection to PostgreSQL.',
    () => pool().waits,
  )
  metrics.total(
    'bahi_pool_wait_seconds_total',
    'Seconds that statements waited for a connection to PostgreSQL, or still wait.',
    () => pool().waitedMs / 1000,
  )
}

/** Of the server, which all services share. */
export function measureCache(metrics: Metrics, cache: Cache): void {
  if (!cache.load) return
  const gauge = gaugesOf(metrics, cache.load)
  gauge(
    'bahi_cache_evicted_keys',
    'Keys that Redis has dropped before their time, for want of memory, since it started.',
    (of) => of.evictedKeys,
  )
  gauge('bahi_cache_memory_bytes', 'Memory that Redis uses.', (of) => of.usedBytes)
  gauge(
    'bahi_cache_memory_max_bytes',
    'Memory that Redis may use: `maxmemory`, else that of its machine.',
    (of) => of.maxBytes,
  )
  gauge(
    'bahi_cache_rejected_connections',
    'Connections that Redis has refused beyond `maxclients`, since it started.',
    (of) => of.rejectedConnections,
  )
}

/** For an alert, before calls between services fail. */
export function measureCertificate(metrics: Metrics, tls: ServiceTls): void {
  metrics.gauge(
    'bahi_certificate_expires_timestamp_seconds',
    'When the certificate for calls between services expires, in seconds since 1970.',
    (samples) => samples.set(tls.current().expiresAt.getTime() / 1_000),
  )
}

/** Of the process. */
export function measureTraces(metrics: Metrics, traces: TraceExporter): void {
  metrics.total(
    'bahi_trace_spans_total',
    'Spans of traces that were sent to the collector.',
    () => traces.counts().sent,
  )
  metrics.total(
    'bahi_trace_spans_dropped_total',
    'Spans that were not sent: the buffer was full, or the collector away.',
    () => traces.counts().dropped,
  )
}

/** For an alert: every dead letter waits for a person. */
export function measureQueue(metrics: Metrics, bus: Bus, queue: string): void {
  metrics.gauge(
    'bahi_dead_letters',
    'Batches of events that a consumer gave up on.',
    async (samples) => samples.set({ queue }, await bus.countDeadLetters(queue)),
    ['queue'],
  )
  metrics.gauge(
    'bahi_queue_messages',
    'Batches of events that wait to be consumed.',
    async (samples) => samples.set({ queue }, await bus.countWaiting(queue)),
    ['queue'],
  )
}
