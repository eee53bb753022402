// Health of services: liveness, readiness with its reasons, and metrics, for the machines that run a process.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import type { Blobs } from '../blobs/blobs.ts'
import type { Bus } from '../bus/bus.ts'
import type { Cache } from '../cache/cache.ts'
import { reasonOf } from '../outages.ts'
import { probe, type Sql } from '../sql/sql.ts'
import type { Parts } from './service.ts'
import type { RunningWorker } from './worker.ts'

export type Readiness = {
  ready: boolean
  status: 'starting' | 'ready' | 'degraded' | 'not ready' | 'stopping'
  checks: Record<string, string>
}

export type HealthOptions = {
  sql: Sql | undefined
  bus: Bus
  cache: Cache
  blobs: Blobs | undefined
  parts: Parts
  workers: RunningWorker[]
  isStopping(): boolean
  /** Told at each check whether the database works; true while the service stays ready. */
  tolerates: Tolerance
  /** Takes note of an outage of the database. */
  report(error: unknown): void
}

const checkTimeoutMs = 2_000

export type Tolerance = (works: boolean) => boolean

/**
 * What has worked may fail without a break for `ms` and up to half as long again, which each process draws for itself,
 * so that copies that share a server do not turn together.
 */
export function tolerance(ms: number, nowMs = () => performance.now()): Tolerance {
  const limitMs = ms * (1 + Math.random() / 2)
  let hasWorked = false
  let failingSinceMs: number | undefined
  return (works) => {
    if (works) {
      hasWorked = true
      failingSinceMs = undefined
      return true
    }
    failingSinceMs ??= nowMs()
    return hasWorked && nowMs() - failingSinceMs < limitMs
  }
}

/** Each rejects while what it is named for cannot be used. */
export function dependencyChecks({
  sql,
  bus,
  cache,
  blobs,
  parts,
}: Omit<HealthOptions, 'isStopping' | 'report' | 'tolerates'>): Record<string, () => Promise<unknown>> {
  return {
    ...(sql ? { database: () => probe(sql) } : {}),
    bus: () => bus.check(),
    cache: () => cache.check(),
    ...(blobs ? { blobs: () => blobs.check() } : {}),
    ...(parts.check ? { service: () => parts.check!() } : {}),
  }
}

/**
 * Dependencies work and workers make progress. Without bus, cache or blobs a service is degraded but stays ready: all
 * copies lose these at once, and requests can be answered without them. A database that fails for a moment is tolerated
 * too: all copies would turn at once, and leave nobody to answer with a problem.
 */
export async function readinessOf(options: HealthOptions): Promise<Readiness> {
  const { workers } = options
  const checks = dependencyChecks(options)
  const results: Record<string, string> = {}
  await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      results[name] = await Promise.race([
        check().then(
          () => 'ok',
          (error: unknown) => {
            options.report(error)
            return `fails: ${reasonOf(error)}`
          },
        ),
        new Promise<string>((resolve) =>
          setTimeout(() => resolve('fails: no answer in 2 s'), checkTimeoutMs).unref(),
        ),
      ])
    }),
  )
  for (const worker of workers) {
    const stuck = worker.idleMs() > worker.stallAfterMs
    results[`worker ${worker.name}`] = stuck ? `fails: no successful round for ${worker.idleMs()} ms` : 'ok'
  }
  const failing = Object.entries(results).flatMap(([name, result]) => (result === 'ok' ? [] : [name]))
  const hasDatabase = results['database'] === undefined || results['database'] === 'ok'
  // Workers cannot make progress without it.
  const tolerated = options.tolerates(hasDatabase) && !hasDatabase
  const optional = [
    ...['bus', 'cache', 'blobs'],
    ...(results['bus'] === 'ok' ? [] : ['worker relay']),
    ...(tolerated ? ['database', 'service', ...workers.map(({ name }) => `worker ${name}`)] : []),
  ]
  const works = failing.every((name) => optional.includes(name))
  if (options.isStopping()) return { ready: false, status: 'stopping', checks: results }
  return {
    ready: works,
    status: !works ? 'not ready' : failing.length > 0 ? 'degraded' : 'ready',
    checks: results,
  }
}

export type ProcessReadiness = { ready: boolean; services: Record<string, Omit<Readiness, 'ready'>> }

/** Of all services of a process: ready when each of them is. */
export async function readinessOfAll(
  services: ServiceName[],
  readinessOf: (service: ServiceName) => Promise<Readiness> | Readiness,
): Promise<ProcessReadiness> {
  const all = await Promise.all(services.map(async (name) => ({ name, ...(await readinessOf(name)) })))
  return {
    ready: all.every(({ ready }) => ready),
    services: Object.fromEntries(all.map(({ name, status, checks }) => [name, { status, checks }])),
  }
}
