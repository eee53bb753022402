// A drill: payments run while something is lost or replaced; then the figures, the checker, and what was missed.
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '@bahi/kit/sql/sql.ts'
import type { DistributedLayout } from '@bahi/platform/layouts.ts'
import type { Backends } from '@bahi/testing/backends.ts'
import { check, type Fault } from '@bahi/platform/checker/check.ts'
import { openCluster, type Cluster } from '../chaos/cluster.ts'
import { quickSettings } from '../chaos/settings.ts'
import { unfinishedWork, waitForQuiescence } from '@bahi/platform/checker/quiescence.ts'
import { isFailedRequest } from '../chaos/http-client.ts'
import { openLoad, type Load } from './load.ts'

export type DrillOptions = {
  /** An empty folder for data and logs. */
  folder: string
  /** Payments a second. */
  rate: number
  log: (line: string) => void
}

export type Figures = {
  /** Answers of 500 and above, and requests without any: clients retried them. */
  errors: number
  /** The same, of a hundred requests. */
  failedPercent: number
  /** The longest time without an acknowledged payment. */
  gapS: number
  /** Payments that were acknowledged and are not there, beyond those of the time that a restore gives up. */
  lost: number
  /** What a restore gives up, and how long until payments went on. */
  rpoS?: number
  rtoS?: number
}

/** The most that each figure may be. */
export type Targets = Partial<Figures>

export type DrillReport = {
  drill: string
  says: string
  startedAt: string
  rate: number
  processes: number
  payments: { tried: number; acknowledged: number; unanswered: number; givenUp: number }
  /** How requests ended, by status or by what broke them. */
  requests: Record<string, number>
  figures: Figures
  targets: Targets
  faults: Fault[]
  missed: string[]
  passed: boolean
}

export type Scene = DrillOptions & { cluster: Cluster; load: Load }

export type Drill = {
  says: string
  layout: DistributedLayout
  copies: number
  targets: Targets
  /** The most seconds of payments: for so many, clients are registered. */
  seconds: number
  backends?(options: DrillOptions): Promise<Backends>
  /** While payments run. May return figures of its own. */
  run(scene: Scene): Promise<Partial<Figures> & { givenUpAfter?: Date }>
}

const readyTimeoutMs = 300_000
const quiescenceTimeoutMs = 120_000
/** Payments run undisturbed for so long before and after. */
const steadyMs = 4_000

export async function runDrill(name: string, drill: Drill, options: DrillOptions): Promise<DrillReport> {
  const { folder, rate, log } = options
  const startedAt = new Date().toISOString()
  log('starting PostgreSQL, Redis, RabbitMQ and all services …')
  const cluster = await openCluster({
    ...{ folder, layout: drill.layout, copies: drill.copies, logLevel: 'warn', settings: quickSettings },
    // In production it is 5 s by default.
    base: { BAHI_DRAIN_MS: '1000' },
    ...(drill.backends ? { backends: await drill.backends(options) } : {}),
  })
  try {
    await cluster.ready(readyTimeoutMs)
    log('registering clients')
    const load = await openLoad(cluster.gateways, { rate, seconds: drill.seconds })
    load.begin()
    await delay(steadyMs)
    log(drill.says)
    const { givenUpAfter, ...own } = await drill.run({ ...options, cluster, load })
    await delay(steadyMs)
    await load.end()
    log('payments have ended; waiting for quiescence')
    const { results } = load.clients
    const sql = connect(cluster.adminUrl, { max: 2, name: 'bahi-drill' })
    try {
      const quiescence = await waitForQuiescence(sql, quiescenceTimeoutMs, [], (left) =>
        log(`in flight: ${JSON.stringify(left)}`),
      )
      log('checking')
      const ids = [...new Set(results.acknowledged.map((one) => one.paymentId))]
      const rows = await sql<{ id: string }[]>`select id from payment.payments where id = any (${ids})`
      const there = new Set(rows.map((row) => row.id))
      const gone = ids.filter((id) => !there.has(id))
      // Ids are made when a payment begins, so that their time says when that was.
      const lost = gone.filter((id) => !givenUpAfter || timeOf(id) < givenUpAfter.getTime())
      const faults: Fault[] = [
        ...results.faults.filter(({ detail }) => !gone.some((id) => detail.startsWith(id))),
        ...unfinishedWork(quiescence.left),
        ...(await check(sql, {
          acknowledged: results.acknowledged.filter((one) => there.has(one.paymentId)),
          refused: [...results.refused],
          quiescent: true,
        })),
      ]
      const requests = Object.fromEntries(load.http.outcomes)
      const all = Object.values(requests).reduce((sum, n) => sum + n, 0)
      const failed = Object.entries(requests).filter(([how]) => isFailedRequest(how))
      const errors = failed.reduce((sum, [, n]) => sum + n, 0)
      const figures: Figures = {
        errors,
        failedPercent: Math.round((errors / Math.max(all, 1)) * 100_000) / 1_000,
        gapS: load.longestGapMs() / 1_000,
        lost: lost.length,
        ...own,
      }
      const missed = Object.entries(drill.targets).flatMap(([figure, most]) => {
        const value = figures[figure as keyof Figures]
        return value !== undefined && value <= most ? [] : [`${figure} is ${value}, at most ${most}`]
      })
      if (results.unanswered.size > 0) missed.push(`${results.unanswered.size} payments were never answered`)
      return {
        ...{ drill: name, says: drill.says, startedAt, rate, processes: cluster.services.length },
        payments: {
          ...{ tried: results.tried, acknowledged: ids.length, unanswered: results.unanswered.size },
          givenUp: gone.length - lost.length,
        },
        ...{ requests, figures, targets: drill.targets, faults, missed },
        passed: faults.length === 0 && missed.length === 0,
      }
    } finally {
      await sql.end({ timeout: 5 })
    }
  } finally {
    await cluster.stop()
  }
}

/** Of a UUIDv7, in epoch milliseconds. */
const timeOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)

export function toText({ figures, targets, ...report }: DrillReport): string {
  const { payments, requests } = report
  const units: Record<keyof Figures, string> = {
    errors: 'errors seen by clients',
    failedPercent: '% of requests failed; the others were answered (availability)',
    gapS: 's at most without an acknowledged payment',
    lost: 'acknowledged payments lost',
    rpoS: 's of payments given up (RPO)',
    rtoS: 's until payments went on (RTO)',
  }
  const lines = Object.entries(figures).map(([figure, value]) => {
    const most = targets[figure as keyof Figures]
    return `  ${value} ${units[figure as keyof Figures]}${most === undefined ? '' : ` (target: ${most})`}`
  })
  const counts = Object.entries(requests).map(([how, n]) => `${how} ${n}`)
  return [
    `${report.drill}: ${report.passed ? 'passed' : 'FAILED'}`,
    `  ${report.says}`,
    `  ${payments.tried} payments tried, ${payments.acknowledged} acknowledged, ${payments.givenUp} given up`,
    `  processes: ${report.processes}, besides PostgreSQL, Redis and RabbitMQ`,
    `  requests: ${counts.join(', ')}`,
    ...lines,
    ...report.missed.map((what) => `  MISSED ${what}`),
    report.faults.length === 0 ? '  verify: no fault' : `  verify: ${report.faults.length} FAULTS`,
    ...report.faults.map(({ rule, detail }) => `    ${rule}: ${detail}`),
  ].join('\n')
}
