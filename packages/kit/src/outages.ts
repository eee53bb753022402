// Outages of the servers that a process depends on: one log line when an outage begins, one when it is over.
import type { Log } from './log.ts'
import { isUnavailable } from './sql/sql.ts'

/** What a process depends on, as a log names it. */
export type Dependency = {
  /** Such as `PostgreSQL at 10.0.0.5:5432`. */
  name: string
  /** What follows while it is away, and what to do: the end of the sentence `<name> cannot be used: <reason>; …`. */
  advice: string
}

export type Outages = {
  /**
   * It could not be used. The first failure is logged, and again every minute with their number.
   * @param probe rejects while it cannot be used; run every second until it can, when nothing else would notice
   */
  failed(dependency: Dependency, error: unknown, probe?: () => Promise<unknown>): void
  /** It could be used. Logged once no failure has followed for some seconds. */
  recovered(dependency: Dependency): void
  /** Why it cannot be used now; undefined when it can, as far as is known. */
  reason(dependency: Dependency): string | undefined
  close(): void
}

export type OutageTimes = { repeatMs: number; settleMs: number; probeMs: number }

/** A single connection that breaks is back at once: what fails again within `settleMs` is the same outage. */
const defaultTimes: OutageTimes = { repeatMs: 60_000, settleMs: 5_000, probeMs: 1_000 }

const database = (address: string): Dependency => ({
  name: `PostgreSQL${address}`,
  advice:
    'requests are refused and events wait until it is back: see that it runs and takes connections, ' +
    'and what BAHI_DATABASE_URLS says (docs/runbook.md)',
})

export const dependencies = {
  /** By the address in a URL of it. */
  postgres: (url: string): Dependency => database(addressIn(url)),
  rabbitmq: (url: string): Dependency => ({
    name: `RabbitMQ${addressIn(url)}`,
    advice:
      'events wait in their tables, so that messages and audit records are late: see that it runs, ' +
      'and what AMQP_URL says (docs/runbook.md)',
  }),
  redis: (url: string): Dependency => ({
    name: `Redis${addressIn(url)}`,
    advice:
      'each process limits rates by itself, and knows ended sessions by their events only: see that it runs, ' +
      'and what REDIS_URL says (docs/runbook.md)',
  }),
  schema: (service: string): Dependency => ({
    name: `the schema of ${service}`,
    advice: 'the service waits for it: npm run migrate',
  }),
} as const

/** Without user and password; empty for what is no URL. */
function addressIn(url: string): string {
  const host = /^[a-z+-]+:\/\/(?:[^/@]*@)?([^/?#]+)/i.exec(url)?.[1]
  return host ? ` at ${host}` : ''
}

/** Says of an error whose outage it is, for `dependencyOf`. */
export function failureOf(dependency: 'RabbitMQ' | 'Redis', error: unknown): Error {
  const known = error instanceof Error ? error : new Error(String(error))
  return Object.assign(known, { dependency })
}

/** The server whose outage an error is; undefined for any other error. */
export function dependencyOf(error: unknown): 'PostgreSQL' | 'RabbitMQ' | 'Redis' | undefined {
  if (isUnavailable(error)) return 'PostgreSQL'
  const { dependency } = (error ?? {}) as { dependency?: unknown }
  return dependency === 'RabbitMQ' || dependency === 'Redis' ? dependency : undefined
}

/** One sentence; connecting to several addresses fails with an error that has no message of its own. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, errors } = error as { code?: string; errors?: unknown[] }
  const text = error.message || (errors?.[0] instanceof Error ? errors[0].message : '')
  return text || code || error.name
}

type Outage = {
  sinceMs: number
  failures: number
  reason: string
  loggedMs: number
  recoveredMs?: number
  settling?: NodeJS.Timeout
  probing?: NodeJS.Timeout
}

export function createOutages(log: Pick<Log, 'error' | 'warn'>, given: Partial<OutageTimes> = {}): Outages {
  const { repeatMs, settleMs, probeMs } = { ...defaultTimes, ...given }
  const open = new Map<string, Outage>()
  let closed = false

  function probeLater(dependency: Dependency, outage: Outage, probe: () => Promise<unknown>): void {
    outage.probing = setTimeout(() => {
      probe().then(
        () => {
          delete outage.probing
          recovered(dependency)
        },
        (error: unknown) => {
          delete outage.probing
          failed(dependency, error, probe)
        },
      )
    }, probeMs).unref()
  }

  const failed: Outages['failed'] = (dependency, error, probe) => {
    if (closed) return
    const nowMs = performance.now()
    const { name, advice } = dependency
    const reason = reasonOf(error)
    let outage = open.get(name)
    if (!outage) {
      outage = { sinceMs: nowMs, failures: 0, reason, loggedMs: nowMs }
      open.set(name, outage)
      log.error({ dependency: name, reason }, `${name} cannot be used: ${reason}; ${advice}`)
    }
    clearTimeout(outage.settling)
    delete outage.recoveredMs
    outage.failures += 1
    outage.reason = reason
    if (nowMs - outage.loggedMs >= repeatMs) {
      outage.loggedMs = nowMs
      const { failures, sinceMs } = outage
      const fields = { dependency: name, reason, failures, downS: Math.round((nowMs - sinceMs) / 1000) }
      log.error(fields, `${name} still cannot be used: ${reason}; ${advice}`)
    }
    if (probe && !outage.probing) probeLater(dependency, outage, probe)
  }

  const recovered: Outages['recovered'] = ({ name }) => {
    const outage = open.get(name)
    if (!outage || outage.recoveredMs !== undefined) return
    outage.recoveredMs = performance.now()
    outage.settling = setTimeout(() => {
      open.delete(name)
      clearTimeout(outage.probing)
      const { failures, sinceMs, recoveredMs = sinceMs } = outage
      const downMs = Math.round(recoveredMs - sinceMs)
      log.warn({ dependency: name, failures, downMs }, `${name} can be used again`)
    }, settleMs).unref()
  }

  return {
    failed,
    recovered,
    reason: ({ name }) => {
      const outage = open.get(name)
      return outage?.recoveredMs === undefined ? outage?.reason : undefined
    },
    close() {
      closed = true
      for (const { settling, probing } of open.values()) {
        clearTimeout(settling)
        clearTimeout(probing)
      }
    },
  }
}
