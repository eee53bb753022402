// A chaos run: clients pay while processes are killed; then all work completes, and the checker proves the books.
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '@bahi/kit/sql/sql.ts'
import { spreadOf } from '@bahi/testing/quantiles.ts'
import { seeded } from '@bahi/testing/random.ts'
import type { DistributedLayout } from '@bahi/platform/layouts.ts'
import { services } from '@bahi/platform/services.ts'
import { check, type Fault } from '@bahi/platform/checker/check.ts'
import { countInFlight, unfinishedWork, waitForQuiescence } from '@bahi/platform/checker/quiescence.ts'
import { startFastForward } from './fast-forward.ts'
import { createClients } from './clients.ts'
import { openCluster } from './cluster.ts'
import { startKiller } from './killer.ts'
import { quickSettings } from './settings.ts'
import type { Report } from './report.ts'
import { createHttpClient } from './http-client.ts'

export type ChaosOptions = {
  /** An empty folder for data and logs. */
  folder: string
  seconds: number
  /** The run goes on beyond `seconds` until so many processes were killed, and so many payments answered. */
  minKills?: number
  minAnswers?: number
  killEveryMs: number
  /** No kill before so many payments were answered since the last one: on a slow machine nothing would be. */
  answersPerKill?: number
  /** Payments a second. */
  rate: number
  seed: number
  /** Default: each service alone. */
  layout?: DistributedLayout
  copies: number
  logLevel?: string
  log?: (line: string) => void
}

/** Payments that one client makes, below the daily limit. */
export const paymentsPerClient = 18
const maxInFlight = 400
/** Bounds for what hangs: a busy machine takes long. */
const quiescenceTimeoutMs = 600_000
const readyTimeoutMs = 300_000

export async function runChaos(options: ChaosOptions): Promise<Report> {
  const { folder, seconds, killEveryMs, rate, seed, copies } = options
  const log = options.log ?? (() => undefined)
  const startedAt = new Date()
  log('starting PostgreSQL, Redis, RabbitMQ and all services …')
  const cluster = await openCluster({
    folder,
    layout: options.layout ?? 'compact',
    copies,
    logLevel: options.logLevel ?? 'warn',
    settings: quickSettings,
  })
  const sql = connect(cluster.adminUrl, { max: 2, name: 'bahi-chaos' })
  try {
    await cluster.ready(readyTimeoutMs)
    const http = createHttpClient(cluster.gateways)
    let over = false
    const network = ['payment', 'account', 'sandbox'].every((name) =>
      services.some((one) => one.name === name && 'BAHI_NETWORK_TIME_SCALE' in one.config.properties),
    )
    const clients = createClients({ http, network, retryForMs: 60_000, ended: () => over })
    const wanted = Math.ceil((rate * seconds) / paymentsPerClient)
    const first = Math.min(wanted, 150)
    log(`registering ${first} clients`)
    await clients.register(first)
    if (clients.all.length === 0)
      throw new Error(
        `no client could register: ${[...clients.results.failedRegistrations.keys()].join(', ')}`,
      )
    http.latencies.length = 0
    http.outcomes.clear()

    log(`chaos for ${seconds} s, seed ${seed}`)
    const random = seeded(seed)
    const actions = seeded(seed + 1)
    const answered = () => new Set(clients.results.acknowledged.map(({ paymentId }) => paymentId)).size
    let answeredAtKill = 0
    const mayKill = () => {
      const now = answered()
      if (now - answeredAtKill < (options.answersPerKill ?? 0)) return false
      answeredAtKill = now
      return true
    }
    const killer = startKiller(cluster.parts, killEveryMs, random, log, mayKill)
    const moreClients = clients.register(wanted - first)
    const inFlight = new Set<Promise<void>>()
    let skipped = 0
    const began = Date.now()
    const isEnough = () =>
      Date.now() >= began + seconds * 1_000 &&
      countOf(killer.kills) >= (options.minKills ?? 0) &&
      answered() >= (options.minAnswers ?? 0)
    for (let nth = 0; !isEnough(); nth++) {
      const due = began + (nth * 1_000) / rate
      await delay(Math.max(0, due - Date.now()))
      if (inFlight.size >= maxInFlight) {
        skipped += 1
        continue
      }
      const act = clients.act(actions)
      inFlight.add(act)
      void act.then(() => inFlight.delete(act))
    }

    log('killing has stopped; waiting for quiescence')
    const killerStopped = performance.now()
    await killer.stop()
    await cluster.ready(readyTimeoutMs)
    const readyMs = Math.round(performance.now() - killerStopped)
    log('every process is ready')
    await Promise.all([...inFlight, moreClients])
    const left = (what: Record<string, number>) => log(`in flight: ${JSON.stringify(what)}`)
    // What waits for a later try is not waited for either.
    const later = ['network', 'holds', 'deliveries']
    let quiescence = await waitForQuiescence(sql, quiescenceTimeoutMs, later, left)
    const quiescentMs = Math.round(performance.now() - killerStopped)
    const { network: awaitingNetwork = 0, deliveries = 0 } = await countInFlight(sql)
    if (awaitingNetwork + deliveries > 0) {
      log(`${awaitingNetwork} payments and ${deliveries} messages wait: fast-forwarding the clock`)
      await cluster.stopServices()
      const fastForward = await startFastForward(cluster)
      http.gatewayUrls = [fastForward.url]
      quiescence = await waitForQuiescence(sql, quiescenceTimeoutMs, [], left)
      await clients.awaitPending(quiescenceTimeoutMs)
      await fastForward.close()
    } else await clients.awaitPending(quiescenceTimeoutMs)
    over = true
    log('checking')
    const { results } = clients
    const faults: Fault[] = [
      ...results.faults,
      ...unfinishedWork(quiescence.left),
      ...(await check(sql, {
        acknowledged: results.acknowledged,
        refused: [...results.refused],
        quiescent: true,
      })),
    ]
    const ended = await sql<{ outcome: string; count: number }[]>`
      select concat_ws(' ', status, nullif(code, '00')) as outcome, count(*) as count
      from payment.payments group by 1 order by 2 desc`
    const acknowledged = new Set(results.acknowledged.map((one) => one.paymentId))
    return {
      seed,
      startedAt: startedAt.toISOString(),
      seconds,
      rate,
      copies,
      network,
      clients: clients.all.length,
      failedRegistrations: Object.fromEntries(results.failedRegistrations),
      payments: {
        tried: results.tried,
        acknowledged: acknowledged.size,
        answers: results.acknowledged.length,
        unanswered: results.unanswered.size,
        skipped,
        ended: Object.fromEntries(ended.map((row) => [row.outcome, row.count])),
      },
      kills: Object.fromEntries(killer.kills),
      exits: Object.fromEntries(cluster.exits),
      recoveryMs: Object.fromEntries([...cluster.recoveries].map(([kind, all]) => [kind, spreadOf(all)])),
      readyMs,
      quiescentMs,
      awaitingNetwork,
      requests: Object.fromEntries(http.outcomes),
      latencyMs: spreadOf(http.latencies),
      faults,
    }
  } finally {
    await sql.end({ timeout: 5 })
    await cluster.stop()
  }
}

function countOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, n) => sum + n, 0)
}
