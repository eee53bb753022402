// One simulation run: a world, a seed, faults for a while, then none until nothing is in flight; then the checker.
import { setTimeout as delay } from 'node:timers/promises'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import type { DistributedLayout } from '@bahi/platform/layouts.ts'
import { check } from '@bahi/platform/checker/check.ts'
import { simulatedClock } from './clock.ts'
import { faultsOf, type Seam } from './faults.ts'
import { createProcesses, type Processes } from './processes.ts'
import { runControls } from './control-clients.ts'
import { runRequestAcrossBanks } from './requests-across-banks.ts'
import { runPayment, runRequest, runInboundPayment, type Answers } from './clients.ts'
import { runFreeze } from './freeze-clients.ts'
import { runMandate } from './mandate-clients.ts'
import { runMandateAcrossApps } from './mandates-across-apps.ts'
import { runMandateMovedHere } from './mandates-moved-here.ts'
import { runMandateAcrossBanks, runMandateOfOutsider } from './mandates-across-banks.ts'
import { runSchedule } from './schedule-clients.ts'
import { timelinesOf } from './timeline.ts'
import { randomOf } from './random.ts'
import { cloneWorld, type World } from './world.ts'

export type Options = {
  payments: number
  seams: ReadonlySet<Seam>
  /** Default: each service alone. */
  layout?: DistributedLayout
  log?: (line: string) => void
  logLevel?: string
}

export type Report = {
  seed: number
  faults: string[]
  outcomes: Record<string, number>
  injected: Record<string, number>
  /** Milliseconds of each part. */
  ms: Record<string, number>
}

/** Mean time between the starts of two payments: they overlap. */
const pauseMs = 350
/** The bus keeps order only as long as nothing fails. */
const orderRule = 'audit-stores-streams-in-order'
/** Eight jumps of each: over timeouts, checks of the network, and settlement cycles. */
const jumpsMs = [15_000, 40_000, 200_000, 700_000, 3_600_000]
/** A run that does not reach quiescence within these rounds and real milliseconds is a fault. */
const maxRounds = 300
const maxWaitMs = 15_000
const clockJumpsMs = [1_000, 5_000, 12_000, 30_000, 100_000, 700_000, 3_600_000, 26 * 3_600_000]

export async function simulate(world: World, seed: number, options: Options): Promise<Report> {
  const { log = () => undefined } = options
  const times = stopwatch()
  const root = connect(world.adminUrl, { max: 1 })
  const database = await cloneWorld(world, root)
  times.lap('clone')
  const stepMs = randomOf(seed, 'steps of time').pick([50, 200, 400, 800])
  const clock = simulatedClock(new Date(world.readyAt), stepMs)
  const faults = faultsOf(seed, options.seams, (line) => log(`${clock.now().toISOString()} ${line}`))
  const environment = {
    env: world.env,
    databaseUrl: database.databaseUrl,
    dataKeys: (service: string) => world.secrets.dataKeys[service],
    keys: world.secrets.keys,
    admin: database.admin,
  }
  const processes = createProcesses(environment, {
    faults,
    clock,
    layout: options.layout ?? 'compact',
    ...(options.logLevel ? { logLevel: options.logLevel } : {}),
  })
  const answers: Answers = {
    acknowledged: [],
    refused: new Set(),
    unanswered: new Set(),
    outcomes: new Map(),
  }
  const violations: string[] = []
  try {
    await processes.startAll()
    times.lap('start')
    const random = faults.random('course')
    // Some services run twice from the beginning.
    if (options.seams.has('crash'))
      for (const name of ['payment', 'account'] as const) if (random.chance(0.2)) await processes.start(name)
    const spanMs = options.payments * pauseMs
    const context = { seed, world, processes, clock, answers, spanMs }
    const paying = Array.from({ length: options.payments }, (_, nth) => runPayment(context, nth))
    const inboundCount = Math.ceil(options.payments / 6)
    paying.push(...Array.from({ length: inboundCount }, (_, nth) => runInboundPayment(context, nth)))
    const requestCount = Math.ceil(options.payments / 4)
    paying.push(...Array.from({ length: requestCount }, (_, nth) => runRequest(context, nth)))
    const acrossCount = Math.ceil(options.payments / 6)
    paying.push(...Array.from({ length: acrossCount }, (_, nth) => runRequestAcrossBanks(context, nth)))
    const scheduleCount = Math.ceil(options.payments / 6)
    paying.push(...Array.from({ length: scheduleCount }, (_, nth) => runSchedule(context, nth)))
    const controlsCount = Math.ceil(options.payments / 12)
    paying.push(...Array.from({ length: controlsCount }, (_, nth) => runControls(context, nth)))
    paying.push(runFreeze(context, 0))
    const mandateCount = Math.ceil(options.payments / 8)
    paying.push(...Array.from({ length: mandateCount }, (_, nth) => runMandate(context, nth)))
    const acrossMandates = Math.ceil(options.payments / 8)
    paying.push(...Array.from({ length: acrossMandates }, (_, nth) => runMandateAcrossBanks(context, nth)))
    paying.push(...Array.from({ length: acrossMandates }, (_, nth) => runMandateOfOutsider(context, nth)))
    paying.push(...Array.from({ length: acrossMandates }, (_, nth) => runMandateAcrossApps(context, nth)))
    paying.push(...Array.from({ length: acrossMandates }, (_, nth) => runMandateMovedHere(context, nth)))
    const jumping = jumpClock()
    await Promise.all([...paying, jumping])
    times.lap('pay')
    if (faults.counts.size === 0) {
      const unexpected = [...answers.outcomes.keys()].filter((one) => /internal|timeout/.test(one))
      violations.push(...unexpected.map((one) => `without any fault a client got: ${one}`))
    }
    faults.heal()
    await reachQuiescence(processes, database.admin, clock, violations)
    times.lap('rest')
    const found = await check(database.admin, {
      acknowledged: answers.acknowledged,
      refused: [...answers.refused],
      quiescent: true,
    })
    const disturbed = faults.counts.size > 0
    for (const { rule, detail } of found)
      if (rule !== orderRule || !disturbed) violations.push(`${rule}: ${detail}`)
    const differences = await database.admin<{ kind: string; txnId: string }[]>`
      select kind, txn_id from payment.differences where closed_at is null`
    violations.push(...differences.map(({ kind, txnId }) => `reconciliation difference of ${txnId}: ${kind}`))
    for (const line of violations.length > 0 ? await timelinesOf(database.admin, violations) : []) log(line)
    times.lap('check')
  } catch (error) {
    violations.push(`the run failed: ${(error as Error).stack}`)
  } finally {
    await processes.stop()
    clock.stop()
    faults.count('deadlocks detected by PostgreSQL', await deadlocksIn(database.admin))
    await database.drop()
    await root.end()
    times.lap('end')
  }
  return {
    seed,
    faults: violations,
    outcomes: Object.fromEntries(answers.outcomes),
    injected: Object.fromEntries(faults.counts),
    ms: times.laps,
  }

  async function jumpClock(): Promise<void> {
    for (let i = 0; i < options.payments / 2; i++) {
      await clock.sleep(1_000)
      if (faults.happens('clock: jumps', 'all')) clock.jump(faults.random('jump').pick(clockJumpsMs))
    }
  }
}

/** All faults have ended: advances the clock until all work has completed and every event is consumed. */
async function reachQuiescence(
  processes: Processes,
  admin: Sql,
  clock: ReturnType<typeof simulatedClock>,
  violations: string[],
): Promise<void> {
  await processes.startAll()
  await processes.endLeases()
  const giveUpAt = performance.now() + maxWaitMs
  let quietRounds = 0
  let jumps = 0
  for (let round = 0; quietRounds < 2 && (round < maxRounds || performance.now() < giveUpAt); round++) {
    const open = sumOf(await unfinished(admin, clock.now()))
    const waiting = await processes.waiting()
    quietRounds = open + waiting === 0 ? quietRounds + 1 : 0
    // The clock must not advance any further: a settlement cycle could end and reconciliation begin.
    if (quietRounds === 2) break
    // Publishing needs no clock time, but any open transaction of the server can delay it.
    if (open > 0) clock.jump(jumpsMs[Math.min(jumps++ >> 3, jumpsMs.length - 1)]!)
    else if (waiting > 0) await delay(3)
    await clock.sleep(300)
  }
  if (quietRounds < 2) {
    const left = JSON.stringify(await unfinished(admin, clock.now()))
    violations.push(`no quiescence: ${left}, ${await processes.waiting()} messages waiting`)
  }
}

/** Unfinished work by kind. What a cycle's report found still open here is matched again with the next one. */
async function unfinished(admin: Sql, now: Date): Promise<Record<string, number>> {
  const [row] = await admin<Record<string, number>[]>`
    select (select count(*) from payment.open_payments) as payments,
      (select count(*) from notification.deliveries where status = 'waiting') as deliveries,
      (select count(*) from sandbox.transactions where due_at is not null) as transactions,
      (select count(*) from sandbox.outbox where ended_at is null) as messages,
      (select count(*) from account.due_work) as replies,
      (select count(*) from payment.payment_requests where status = 'pending') as requests,
      (select count(*) from payment.due_work where kind like 'schedule-%' and due_at <= ${now}) as dates,
      (select count(*) from payment.due_work where kind like 'mandate-%' and due_at <= ${now}) as mandates,
      (select count(*) from payment.mandate_debits where status = 'planned') as debits,
      (select count(*) from payment.mandates where pending_operation is not null) as operations,
      (select count(*) from payment.settlement_cycles where leased_until <> '-infinity') as cycles,
      (select count(*) from payment.differences where closed_at is null) as differences`
  return row!
}

const sumOf = (counts: Record<string, number>) => Object.values(counts).reduce((sum, one) => sum + one, 0)

/** Real deadlocks, which are retried; shown in the summary. Counted when connections have closed. */
async function deadlocksIn(admin: Sql): Promise<number> {
  const [row] = await admin<{ deadlocks: number }[]>`
    select deadlocks from pg_stat_database where datname = current_database()`
  return row?.deadlocks ?? 0
}

function stopwatch() {
  let last = performance.now()
  const laps: Record<string, number> = {}
  return {
    laps,
    lap(name: string) {
      const now = performance.now()
      laps[name] = Math.round(now - last)
      last = now
    },
  }
}
