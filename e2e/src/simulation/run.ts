// One run: a world, a seed, bad luck for a while, then calm, until nothing is pending; and the proof of what is left.
import { setTimeout as delay } from 'node:timers/promises'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { check } from '../checker/check.ts'
import { simulatedClock } from './clock.ts'
import { faultsOf, type Seam } from './faults.ts'
import { createProcesses, type Processes } from './processes.ts'
import { runPayment, runInboundPayment, type Answers } from './clients.ts'
import { timelinesOf } from './timeline.ts'
import { randomOf } from './random.ts'
import { cloneWorld, type World } from './world.ts'

export type Options = {
  payments: number
  seams: ReadonlySet<Seam>
  tell?: (what: string) => void
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

/** Between the beginnings of two payments, on average: they meet each other. */
const pauseMs = 350
/** The bus promises order only as long as nothing fails. */
const keepsOrder = 'streams-are-kept-in-order'
/** Eight jumps of each: over timeouts, checks of the network, and settlement cycles. */
const jumpsMs = [15_000, 40_000, 200_000, 700_000, 3_600_000]
/** A run that does not come to rest is a fault after so many rounds, and after so many real milliseconds. */
const patientRounds = 300
const patienceMs = 15_000
const restsMs = [1_000, 5_000, 12_000, 30_000, 100_000, 700_000, 3_600_000, 26 * 3_600_000]

export async function simulate(world: World, seed: number, options: Options): Promise<Report> {
  const { tell = () => undefined } = options
  const times = stopwatch()
  const root = connect(world.adminUrl, { max: 1 })
  const site = await cloneWorld(world, root)
  times.lap('clone')
  const stepMs = randomOf(seed, 'steps of time').pick([50, 200, 400, 800])
  const clock = simulatedClock(new Date(world.readyAt), stepMs)
  const faults = faultsOf(seed, options.seams, (what) => tell(`${clock.now().toISOString()} ${what}`))
  const environment = {
    env: world.env,
    databaseUrl: site.databaseUrl,
    dataKeys: (service: string) => world.secrets.dataKeys[service],
    keys: world.secrets.keys,
    admin: site.admin,
  }
  const processes = createProcesses(environment, {
    faults,
    clock,
    ...(options.logLevel ? { logLevel: options.logLevel } : {}),
  })
  const answers: Answers = { acknowledged: [], refused: new Set(), outcomes: new Map() }
  const wrong: string[] = []
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
    const coming = Math.ceil(options.payments / 6)
    paying.push(...Array.from({ length: coming }, (_, nth) => runInboundPayment(context, nth)))
    const jumping = jumpAbout()
    await Promise.all([...paying, jumping])
    times.lap('pay')
    if (faults.counts.size === 0) {
      const excuses = [...answers.outcomes.keys()].filter((one) => /internal|timeout/.test(one))
      wrong.push(...excuses.map((one) => `in calm weather somebody answers: ${one}`))
    }
    faults.heal()
    await comeToRest(processes, site.admin, clock, wrong)
    times.lap('rest')
    const found = await check(site.admin, {
      acknowledged: answers.acknowledged,
      refused: [...answers.refused],
      quiescent: true,
    })
    const disturbed = faults.counts.size > 0
    for (const { rule, detail } of found)
      if (rule !== keepsOrder || !disturbed) wrong.push(`${rule}: ${detail}`)
    const differences = await site.admin<{ kind: string; txnId: string }[]>`
      select kind, txn_id from payment.differences where closed_at is null`
    wrong.push(...differences.map(({ kind, txnId }) => `the network and we differ about ${txnId}: ${kind}`))
    for (const line of wrong.length > 0 ? await timelinesOf(site.admin, wrong) : []) tell(line)
    times.lap('check')
  } catch (error) {
    wrong.push(`the run broke off: ${(error as Error).stack}`)
  } finally {
    await processes.stop()
    clock.stop()
    faults.count('deadlocks that the database found by itself', await deadlocksIn(site.admin))
    await site.drop()
    await root.end()
    times.lap('end')
  }
  return {
    seed,
    faults: wrong,
    outcomes: Object.fromEntries(answers.outcomes),
    injected: Object.fromEntries(faults.counts),
    ms: times.laps,
  }

  async function jumpAbout(): Promise<void> {
    for (let i = 0; i < options.payments / 2; i++) {
      await clock.sleep(1_000)
      if (faults.happens('clock: jumps', 'all')) clock.jump(faults.random('jump').pick(restsMs))
    }
  }
}

/** All faults are over: what still waits for time gets it, until everything has ended and everybody knows. */
async function comeToRest(
  processes: Processes,
  admin: Sql,
  clock: ReturnType<typeof simulatedClock>,
  wrong: string[],
): Promise<void> {
  await processes.startAll()
  await processes.endLeases()
  const patience = performance.now() + patienceMs
  let quietRounds = 0
  let jumps = 0
  for (let round = 0; quietRounds < 2 && (round < patientRounds || performance.now() < patience); round++) {
    const open = sumOf(await unfinished(admin))
    const waiting = await processes.waiting()
    quietRounds = open + waiting === 0 ? quietRounds + 1 : 0
    // Not another moment passes: a cycle could end in it, and somebody begin to reconcile.
    if (quietRounds === 2) break
    // What only waits to be published needs no time of the clock, but any transaction of the server can hold it up.
    if (open > 0) clock.jump(jumpsMs[Math.min(jumps++ >> 3, jumpsMs.length - 1)]!)
    else if (waiting > 0) await delay(3)
    await clock.sleep(300)
  }
  if (quietRounds < 2)
    wrong.push(
      `no rest: unfinished ${JSON.stringify(await unfinished(admin))}, ${await processes.waiting()} messages wait`,
    )
}

/** What has not come to its end. Whose end another bank told late, the next cycle's report must still tell of. */
async function unfinished(admin: Sql): Promise<Record<string, number>> {
  const [row] = await admin<Record<string, number>[]>`
    select (select count(*) from payment.open_payments) as payments,
      (select count(*) from notification.deliveries where status = 'waiting') as deliveries,
      (select count(*) from sandbox.transactions where due_at is not null) as transactions,
      (select count(*) from sandbox.outbox where ended_at is null) as messages,
      (select count(*) from account.pending_replies) as replies,
      (select count(*) from payment.settlement_cycles where leased_until <> '-infinity') as cycles,
      (select count(*) from payment.differences where closed_at is null and kind = 'deemed-awaiting') as deemed`
  return row!
}

const sumOf = (counts: Record<string, number>) => Object.values(counts).reduce((sum, one) => sum + one, 0)

/** Real ones, which are tried again: to be seen in the summary. Counted when connections have ended. */
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
