// One run against the whole system: payers, live streams, load, quiescence, and the proof that no payment is missing.
import { setTimeout as delay } from 'node:timers/promises'
import { waitForQuiescence } from '@bahi/platform/checker/quiescence.ts'
import { inspect } from '@bahi/platform/checker/check.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { openClient } from './http-client.ts'
import { seeded } from '@bahi/testing/random.ts'
import { checkSlot, countBacklog, hasBacklog, letFallDue, madeDebits, writeDebits } from './debits.ts'
import { drainTimeoutMs, eventsAreConsumed, faultsOf, isSoInTime } from './drained.ts'
import { closedLoop, createLoad, openLoop, type Kind, type Pattern, type Sample } from './load.ts'
import { tokensFor, writePayers, type Payer } from './payers.ts'
import { createSealPin } from './pin-blocks.ts'
import { percentilesOf, spreadOf, type Spread } from '@bahi/testing/quantiles.ts'
import { openLiveStreams, type LiveStreams } from './live-streams.ts'
import { startSystem, type System, type SystemOptions } from './system.ts'
import { coresOf, proportionalMiB, sampleUsage, type Usage } from './usage.ts'

export type BenchSystem = System & { people: Payer[]; sql: Sql }

export type RunOptions = {
  /** Payments a second; undefined: as many as `senders` can, each waiting for its answer. */
  rate?: number
  senders: number
  seconds: number
  warmupS: number
  streams: number
  pattern: Pattern
  /** What is paid; default `push`. */
  kind?: Kind
  networkShare: number
  readsPerS: number
  seed: number
  connections: number
  /** What is offered right after the measured time: how soon is all as before? */
  then?: { rate: number; seconds: number }
  /** Leaves the checker out: history that was written without events is no history to it. */
  unchecked?: boolean
  log(what: string): void
  progress(line: string): void
}

export type RunResult = {
  options: Omit<RunOptions, 'log' | 'progress'>
  durable: Record<string, string>
  /** Of the measured time alone. */
  payments: {
    offered: number
    /** Answered with a payment. */
    accepted: number
    settled: number
    acceptedPerS: number
    /** Sent more than 10 ms after they were due. */
    late: number
    /** Never sent, or never answered. */
    dropped: number
    outcomes: Record<string, number>
    latencyMs: Spread
  }
  reads: Record<string, Spread & { outcomes: Record<string, number> }>
  live: { open: number; messages: number; latencyMs: Spread }
  /** Means over the measured time. */
  cpu: Record<string, number>
  /** Milliseconds of a core that one payment takes of all processes, PostgreSQL, Redis and RabbitMQ among them. */
  cpuMsPerPayment: number
  rssMiB: Record<string, number>
  /** Of our processes as the measured time ends: proportional set size. */
  pssMiB: Record<string, number>
  ourMiB: number
  /** Latencies of payments at 0, 1, … 100 of a hundred. */
  percentiles: number[]
  drainedMs: number
  /** At quiescence, of the whole run: they must agree. */
  counts: Record<string, number>
  /** Seconds after the measured time until everything that is offered is accepted in under a second again. */
  recoveredS?: number
  faults: string[]
  seconds: { atS: number; sent: number; accepted: number; p50: number; p99: number; usage?: Usage }[]
}

const lateMs = 10
/** Payments a second that no machine of a bench goes beyond; and more requests than chance can want. */
const [maxPeak, spare] = [2_500, 1.1]
/** An answer that has not come by then is none. */
const answerTimeoutMs = 30_000

/** The system with people in it; `count` of them. */
export async function startBench(
  count: number,
  options: Omit<SystemOptions, 'before'> & { before?: SystemOptions['before'] },
): Promise<BenchSystem> {
  let people: Payer[] = []
  const system = await startSystem({
    ...options,
    async before(adminUrl, secrets) {
      options.log?.(`writing ${count.toLocaleString('en-IN')} payers`)
      people = await writePayers(adminUrl, secrets, count)
      await options.before?.(adminUrl, secrets)
    },
  })
  const sql = connect(system.adminUrl, { max: 2, name: 'bahi-bench' })
  return {
    ...system,
    people,
    sql,
    async stop() {
      await sql.end({ timeout: 5 })
      await system.stop()
    },
  }
}

export async function runLoad(bench: BenchSystem, options: RunOptions): Promise<RunResult> {
  const { people, sql, url } = bench
  const { log } = options
  const random = seeded(options.seed)
  log('signing in')
  const tokens = await tokensFor(bench.adminUrl, bench.secrets, people)
  const client = openClient(url, options.connections)
  const seal = createSealPin(JSON.parse(bench.secrets.env.BAHI_PIN_KEY) as never)
  const load = createLoad({
    client,
    people,
    tokens,
    payees: Math.max(options.streams, 100),
    pattern: options.pattern,
    network: { share: options.networkShare, vpas: ['ok@sandbox'] },
    seal,
    random,
  })
  const samples: Sample[] = []
  const live: { paymentMs: number; atMs: number }[] = []
  let streams: LiveStreams | undefined
  if (options.streams > 0) {
    log(`opening ${options.streams.toLocaleString('en-IN')} live streams`)
    streams = await openLiveStreams(url, tokens.slice(0, options.streams), (paymentId, atMs) => {
      const dueMs = load.due.get(paymentId)
      if (dueMs !== undefined) live.push({ paymentMs: atMs - dueMs, atMs: dueMs })
    })
  }
  if (options.kind === 'request') {
    const before = (options.rate ?? maxPeak) * (options.seconds + options.warmupS)
    const after = options.then ? options.then.rate * options.then.seconds : 0
    const count = Math.ceil((before + after) * spare)
    log(`making ${count.toLocaleString('en-IN')} payment requests`)
    await load.makeRequests(count, options.senders)
    await consumed(sql)
  }
  const byMandate = options.kind === 'mandate' ? options.rate : undefined
  if (byMandate !== undefined) {
    const count = Math.ceil(byMandate * (options.seconds + options.warmupS))
    log(`writing mandates, and ${count.toLocaleString('en-IN')} announced debits of them`)
    await writeDebits(sql, count)
    await consumed(sql)
    checkSlot(options.warmupS + options.seconds)
  }
  const before = await countRows(sql)
  let sent = 0
  const inFlight = new Set<Promise<unknown>>()
  const note = (one: Promise<Sample>) => {
    const noted = one.then((sample) => {
      samples.push(sample)
      inFlight.delete(noted)
    })
    inFlight.add(noted)
    return noted
  }
  const pay = (dueMs: number) => {
    sent += 1
    return note(load.pay(dueMs))
  }

  const began = performance.now()
  const totalS = options.warmupS + options.seconds
  let lastSent = 0
  const sampler = sampleUsage(bench.pids, bench.adminUrl, client.waiting, (usage) => {
    const ours = coresOf(usage, bench.pids).toFixed(2)
    options.progress(
      `${((usage.atMs - began) / 1_000).toFixed(0).padStart(4)} s of ${totalS}  ` +
        `${String(sent - lastSent).padStart(5)} sent/s  ${String(inFlight.size).padStart(5)} in flight  ` +
        `${String(usage.depths.unconsumed).padStart(6)} events not consumed  ${ours} cores, ` +
        `load ${(usage.cpu['load'] ?? 0).toFixed(2)}`,
    )
    lastSent = sent
  })
  log(options.rate === undefined ? `${options.senders} senders` : `${options.rate} payments/s`)
  const reads =
    options.readsPerS > 0
      ? openLoop(options.readsPerS, totalS, random, (dueMs) => void note(load.read(dueMs)))
      : Promise.resolve()
  if (byMandate !== undefined) {
    await letFallDue(sql, Math.ceil(byMandate * totalS), totalS)
    await delay(totalS * 1_000)
  } else
    await (options.rate === undefined
      ? closedLoop(options.senders, totalS, pay)
      : openLoop(options.rate, totalS, random, (dueMs) => void pay(dueMs), options.warmupS / 2))
  if (options.then) {
    log(`and now ${options.then.rate} payments/s`)
    await openLoop(options.then.rate, options.then.seconds, random, (dueMs) => void pay(dueMs))
  }
  await reads
  const endedMs = performance.now()
  const pssMiB = Object.fromEntries(
    Object.entries(bench.pids).flatMap(([name, pid]) =>
      bench.isOurs(name) ? [[name, proportionalMiB(pid)] as const] : [],
    ),
  )
  await Promise.race([Promise.all(inFlight), delay(answerTimeoutMs)])
  const unanswered = inFlight.size
  const drainBegan = performance.now()
  let unmade = 0
  if (byMandate !== undefined) {
    if (!(await isSoInTime(async () => !(await hasBacklog(sql))))) unmade = await countBacklog(sql)
    samples.push(...(await madeDebits(sql)))
  }
  log('waiting until every event is consumed')
  await eventsAreConsumed(sql)
  const drainedMs = Math.round(performance.now() - Math.max(drainBegan, endedMs))
  await sampler.stop()
  streams?.close()
  client.close()

  log('checking')
  const quiescence = await waitForQuiescence(
    sql,
    drainTimeoutMs,
    options.networkShare > 0 ? ['network', 'holds'] : [],
  )
  const after = await countRows(sql)
  const counts = Object.fromEntries(Object.entries(after).map(([name, n]) => [name, n - (before[name] ?? 0)]))
  const verdicts = options.unchecked
    ? []
    : await inspect(sql, { acknowledged: load.acknowledged, quiescent: options.networkShare === 0 })
  const faults = faultsOf(verdicts, unmade > 0 ? { ...quiescence.left, debits: unmade } : quiescence.left)

  const fromMs = began + options.warmupS * 1_000
  const untilMs = began + totalS * 1_000
  const measured = samples.filter(({ dueMs }) => dueMs >= fromMs && dueMs < untilMs)
  const payments = measured.filter(({ kind }) => kind === 'pay')
  const accepted = payments.filter(isAccepted)
  const usages = sampler.samples.filter(({ atMs }) => atMs > fromMs + 1_000 && atMs <= untilMs)
  const mean = (of: (usage: Usage) => Record<string, number>) =>
    Object.fromEntries(
      Object.keys(usages[0] ? of(usages[0]) : {}).map((name) => [
        name,
        Math.round((usages.reduce((sum, one) => sum + (of(one)[name] ?? 0), 0) / usages.length) * 1_000) /
          1_000,
      ]),
    )
  const rssMiB = mean(({ rssMiB }) => rssMiB)
  const cpu = mean((usage) => usage.cpu)
  const cores = Object.keys(bench.pids).reduce((sum, name) => sum + (cpu[name] ?? 0), 0)
  const perS =
    samples.filter((one) => isAccepted(one) && one.endMs >= fromMs && one.endMs < untilMs).length /
    options.seconds
  const { log: _log, progress: _progress, ...plain } = options
  return {
    options: plain,
    durable: await durability(sql),
    payments: {
      offered: payments.length + unanswered,
      accepted: accepted.length,
      settled: payments.filter(({ outcome }) => outcome === 'settled').length,
      acceptedPerS: Math.round(perS * 10) / 10,
      late: payments.filter(({ dueMs, sentMs }) => sentMs - dueMs > lateMs).length,
      dropped:
        unanswered +
        payments.filter(({ outcome }) => !/^(\d{3}|settled|failed|pending)/.test(outcome)).length,
      outcomes: countBy(payments),
      latencyMs: spreadOf(accepted.map(({ dueMs, endMs }) => endMs - dueMs)),
    },
    reads: Object.fromEntries(
      [...Map.groupBy(measured, ({ kind }) => kind)]
        .filter(([kind]) => kind !== 'pay')
        .map(([kind, all]) => {
          const latency = spreadOf(all.map(({ dueMs, endMs }) => endMs - dueMs))
          return [kind, { ...latency, outcomes: countBy(all) }]
        }),
    ),
    live: {
      open: options.streams,
      messages: live.length,
      latencyMs: spreadOf(
        live.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).map((one) => one.paymentMs),
      ),
    },
    cpu,
    cpuMsPerPayment: Math.round((cores / perS) * 100_000) / 100,
    rssMiB,
    pssMiB,
    ourMiB: Object.values(pssMiB).reduce((sum, one) => sum + one, 0),
    percentiles: percentilesOf(accepted.map(({ dueMs, endMs }) => endMs - dueMs)),
    drainedMs,
    counts,
    faults,
    ...(options.then ? { recoveredS: recoveredAfter(samples, untilMs, options.then.seconds) } : {}),
    seconds: bySecond(samples, sampler.samples, began),
  }
}

const isAccepted = ({ kind, outcome }: Sample) => kind === 'pay' && /^(settled|failed|pending)/.test(outcome)

/** By when they were due: the first second from which on all go through. */
function recoveredAfter(samples: Sample[], fromMs: number, seconds: number): number {
  const isGood = (one: Sample) => isAccepted(one) && one.endMs - one.dueMs < 1_000
  const after = samples.filter(({ kind, dueMs }) => kind === 'pay' && dueMs >= fromMs)
  for (let s = seconds; s > 0; s--) {
    const during = after.filter(({ dueMs }) => Math.floor((dueMs - fromMs) / 1_000) === s - 1)
    if (during.some((one) => !isGood(one))) return s
  }
  return 0
}

function countBy(samples: Sample[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { outcome } of samples) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

function bySecond(samples: Sample[], usages: Usage[], began: number): RunResult['seconds'] {
  const second = (ms: number) => Math.floor((ms - began) / 1_000)
  const sent = Map.groupBy(
    samples.filter(({ kind }) => kind === 'pay'),
    ({ dueMs }) => second(dueMs),
  )
  const ended = Map.groupBy(samples.filter(isAccepted), ({ endMs }) => second(endMs))
  const usage = new Map(usages.map((one) => [second(one.atMs), one]))
  const last = Math.max(0, ...usage.keys(), ...sent.keys())
  return Array.from({ length: last + 1 }, (_, atS) => {
    const spread = spreadOf((sent.get(atS) ?? []).map(({ dueMs, endMs }) => endMs - dueMs))
    const seen = usage.get(atS)
    return {
      atS,
      sent: sent.get(atS)?.length ?? 0,
      accepted: ended.get(atS)?.length ?? 0,
      p50: spread.p50,
      p99: spread.p99,
      ...(seen ? { usage: seen } : {}),
    }
  })
}

/** Throws when the events of what is prepared are not consumed in time. */
async function consumed(sql: Sql): Promise<void> {
  if (!(await eventsAreConsumed(sql)))
    throw new Error(`after ${drainTimeoutMs / 1_000} s there are events that nobody has consumed`)
}

async function countRows(sql: Sql): Promise<Record<string, number>> {
  const [row] = await sql<Record<string, number>[]>`
    select
      (select count(*) from payment.payments) as payments,
      (select count(*) from payment.payments where status = 'settled') as settled,
      (select count(*) from account.transfers where code = '00' and kind in ('t', 'c')) as moved,
      (select count(*) from payment.events) as events,
      (select count(*) from audit.records where source = 'payment') as records,
      (select count(*) from notification.messages where type like 'payment.%') as messages`
  return row!
}

/** What PostgreSQL says of its own safety. */
async function durability(sql: Sql): Promise<Record<string, string>> {
  const rows = await sql<{ name: string; setting: string }[]>`
    select name, current_setting(name) as setting from pg_settings
    where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'server_version')`
  return {
    ...Object.fromEntries(rows.map(({ name, setting }) => [name, setting])),
    replicas: 'none',
    tls: 'none, all on loopback',
    broker: 'quorum queues of one node, publisher confirms',
  }
}
