// A run of chaos: people pay while processes die, then calm returns, then the checker has the last word.
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '@bahi/kit/sql/sql.ts'
import { seeded } from '@bahi/testing/random.ts'
import { services } from '@bahi/platform/services.ts'
import { check, type Fault } from '../checker/check.ts'
import { countInFlight, waitForQuiescence } from '../quiescence.ts'
import { startFastForward } from './fast-forward.ts'
import { createClients } from './clients.ts'
import { openCluster } from './cluster.ts'
import { startKiller } from './killer.ts'
import type { Report } from './report.ts'
import { spreadOf } from './report.ts'
import { createHttpClient } from './http-client.ts'

export type ChaosOptions = {
  /** For everything that is started; nothing else may be in it. */
  folder: string
  seconds: number
  killEveryMs: number
  /** Payments a second. */
  rate: number
  seed: number
  copies: number
  logLevel?: string
  say?: (what: string) => void
}

/** Faster than the world, so that a short run sees what takes minutes there. */
const settings = {
  BAHI_NETWORK_TIME_SCALE: '10',
  BAHI_RECOVERY_AFTER_MS: '1500',
  BAHI_RECOVERY_EVERY_MS: '250',
}
const quickHashes = { BAHI_ARGON2_MEMORY_KIB: '1024' }
const noRateLimits = {
  BAHI_RATE_PERSON: '100000:100000',
  BAHI_RATE_DEVICE: '100000:100000',
  BAHI_RATE_ADDRESS: '100000:100000',
  BAHI_RATE_SIGN_IN: '100000:100000',
}
/** So many payments a person may make at most, limits and all. */
const paymentsEach = 18
const maxInFlight = 400
const quiescenceTimeoutMs = 180_000

export async function runChaos(options: ChaosOptions): Promise<Report> {
  const { folder, seconds, killEveryMs, rate, seed, copies } = options
  const say = options.say ?? (() => undefined)
  const startedAt = new Date()
  say('starting PostgreSQL, Redis, RabbitMQ and all services …')
  const cluster = await openCluster({
    folder,
    copies,
    logLevel: options.logLevel ?? 'warn',
    settings: { ...settings, ...quickHashes, ...noRateLimits },
  })
  const sql = connect(cluster.adminUrl, { max: 2, name: 'bahi-chaos' })
  try {
    await cluster.ready(120_000)
    const http = createHttpClient(cluster.gateways)
    let over = false
    const network = ['payment', 'account', 'sandbox'].every((name) =>
      services.some((one) => one.name === name && 'BAHI_NETWORK_TIME_SCALE' in one.config.properties),
    )
    const clients = createClients({ http, network, patienceMs: 60_000, ended: () => over })
    const wanted = Math.ceil((rate * seconds) / paymentsEach)
    const first = Math.min(wanted, 150)
    say(`${first} people settle`)
    await clients.register(first)
    if (clients.all.length === 0)
      throw new Error(`nobody could settle: ${[...clients.results.lost.keys()].join(', ')}`)
    http.latencies.length = 0
    http.outcomes.clear()

    say(`chaos for ${seconds} s, seed ${seed}`)
    const roll = seeded(seed)
    const acts = seeded(seed + 1)
    const killer = startKiller(cluster.parts, killEveryMs, roll, say)
    const later = clients.register(wanted - first)
    const inFlight = new Set<Promise<void>>()
    let heldBack = 0
    const began = Date.now()
    for (let nth = 0; Date.now() < began + seconds * 1_000; nth++) {
      const due = began + (nth * 1_000) / rate
      await delay(Math.max(0, due - Date.now()))
      if (inFlight.size >= maxInFlight) {
        heldBack += 1
        continue
      }
      const act = clients.act(acts)
      inFlight.add(act)
      void act.then(() => inFlight.delete(act))
    }

    say('the killing ends; waiting for calm')
    const killerStopped = performance.now()
    await killer.stop()
    await cluster.ready(120_000)
    const readyMs = Math.round(performance.now() - killerStopped)
    say('everything is ready')
    await Promise.all([...inFlight, later])
    const left = (what: Record<string, number>) => say(`under way: ${JSON.stringify(what)}`)
    let quiescence = await waitForQuiescence(sql, quiescenceTimeoutMs, ['network', 'holds'], left)
    const quiescentMs = Math.round(performance.now() - killerStopped)
    const { network: crossing = 0 } = await countInFlight(sql)
    if (crossing > 0) {
      say(`${crossing} payments wait for the network: the day goes by`)
      await cluster.stopServices()
      const fastForward = await startFastForward(cluster)
      http.gatewayUrls = [fastForward.url]
      quiescence = await waitForQuiescence(sql, quiescenceTimeoutMs, [], left)
      await clients.awaitPending(quiescenceTimeoutMs)
      await fastForward.close()
    } else await clients.awaitPending(quiescenceTimeoutMs)
    over = true
    say('checking')
    const { results } = clients
    const faults: Fault[] = [
      ...results.faults,
      ...Object.entries(quiescence.left).map(([what, count]) => ({
        rule: 'work-completes',
        detail: `${count} ${what}`,
      })),
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
      people: clients.all.length,
      lost: Object.fromEntries(results.lost),
      payments: {
        tried: results.tried,
        acknowledged: acknowledged.size,
        answers: results.acknowledged.length,
        unanswered: results.unanswered.size,
        heldBack,
        ended: Object.fromEntries(ended.map((row) => [row.outcome, row.count])),
      },
      kills: Object.fromEntries(killer.kills),
      exits: Object.fromEntries(cluster.exits),
      recoveryMs: Object.fromEntries([...cluster.recoveries].map(([kind, all]) => [kind, spreadOf(all)])),
      readyMs,
      quiescentMs,
      crossing,
      requests: Object.fromEntries(http.outcomes),
      latencyMs: spreadOf(http.latencies),
      faults,
    }
  } finally {
    await sql.end({ timeout: 5 })
    await cluster.stop()
  }
}
