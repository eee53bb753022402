// `npm run simulate`: the whole platform under faults drawn from seeds; every violated rule is printed.
import { fork } from 'node:child_process'
import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { parseArguments } from '@bahi/platform/arguments.ts'
import { distributedLayouts, isDistributedLayout, type DistributedLayout } from '@bahi/platform/layouts.ts'
import { seams, type Seam } from '../simulation/faults.ts'
import { simulate, type Report } from '../simulation/run.ts'
import { buildWorld, type World } from '../simulation/world.ts'

const defaultPayments = '6'

const help = `usage: npm run simulate -- [OPTIONS]

  --seeds N          number of runs, one per seed (100)
  --from N           the first seed (1)
  --seed N           only this seed
  --workers N        concurrent runs (two per processor, at most 8)
  --payments N       payments per run (${defaultPayments})
  --faults LIST      seams with faults: all, none, or some of ${seams.join(', ')}
  --layout NAME      which services share a process and crash together: compact or separate (compact)
  --postgres URL     of a superuser, to run on that server instead of starting one
  --stop-at-first    stop at the first run with a fault
  --verbose          print every fault as it is injected

Each run clones a world of customers, sends payments while calls get lost and services crash, ends all faults, waits
until nothing is in flight, and runs the checker. Exits with 1 when a rule is violated. See docs/simulation.md.`
const { values: options } = parseArguments(help, {
  seed: { type: 'string' },
  seeds: { type: 'string', default: '100' },
  from: { type: 'string', default: '1' },
  // A run waits for PostgreSQL half of its time.
  workers: { type: 'string', default: String(Math.min(availableParallelism() * 2, 8)) },
  payments: { type: 'string', default: defaultPayments },
  faults: { type: 'string', default: 'all' },
  layout: { type: 'string', default: 'compact' },
  postgres: { type: 'string' },
  'stop-at-first': { type: 'boolean', default: false },
  verbose: { type: 'boolean', short: 'v', default: false },
  worker: { type: 'boolean', default: false },
})

type Job = { world: World; seed: number }
/** Of a server whose databases exist for seconds. */
const settings = {
  autovacuum: 'off',
  jit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '512MB',
  io_method: 'sync',
}
const memoryDisk = '/dev/shm'
const neededBytes = 4 * 1024 ** 3

const wanted = seamsIn(options.faults)
const layout = layoutOf(options.layout)

if (options.worker) {
  process.on('message', (job: Job) => void runOne(job).then((report) => process.send!(report)))
  process.on('disconnect', () => process.exit(0))
} else {
  process.exitCode = await runAll()
}

async function runOne({ world, seed }: Job): Promise<Report> {
  return simulate(world, seed, {
    payments: Number(options.payments),
    seams: wanted,
    layout,
    logLevel: process.env['BAHI_TEST_LOG'] ?? 'silent',
    ...(options.verbose ? { log: (line: string) => console.log(`seed ${seed} ${line}`) } : {}),
  })
}

async function runAll(): Promise<number> {
  const from = Number(options.seed ?? options.from)
  const seeds = Array.from({ length: options.seed ? 1 : Number(options.seeds) }, (_, n) => from + n)
  const folder = await mkdtemp(join(await placeForData(), 'bahi-simulate-'))
  const postgres = options.postgres
    ? { adminUrl: options.postgres, stop: () => Promise.resolve() }
    : await startPostgres({ dataDir: join(folder, 'postgres'), durable: false, settings })
  const began = performance.now()
  const reports: Report[] = []
  try {
    const world = await buildWorld(postgres.adminUrl)
    const next = seeds.values()
    const record = (report: Report) => {
      reports.push(report)
      print(report, reports.length, seeds.length, performance.now() - began)
    }
    const workers = Math.min(Number(options.workers), seeds.length)
    await Promise.all(Array.from({ length: workers }, () => runWorker(world, next, record)))
  } finally {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return summarise(reports, (performance.now() - began) / 1_000)
}

/** In memory where there is space: each run creates and removes 600 files. */
async function placeForData(): Promise<string> {
  const about = await statfs(memoryDisk).catch(() => undefined)
  return about && about.bavail * about.bsize > neededBytes ? memoryDisk : tmpdir()
}

/** A child process that takes seeds until none is left. */
async function runWorker(
  world: World,
  seeds: IterableIterator<number>,
  record: (report: Report) => void,
): Promise<void> {
  const child = fork(import.meta.filename, [...process.argv.slice(2), '--worker'])
  const died = new Promise<never>((_, reject) =>
    child.once('exit', (code, signal) => reject(new Error(`a worker process exited: ${code ?? signal}`))),
  )
  died.catch(() => undefined)
  for (const seed of seeds) {
    const answer = new Promise<Report>((resolve) => child.once('message', resolve as never))
    child.send({ world, seed } satisfies Job)
    const report = await Promise.race([answer, died]).catch((error: Error) => {
      throw new Error(`seed ${seed}: ${error.message}`, { cause: error })
    })
    record(report)
    if (options['stop-at-first'] && report.faults.length > 0) for (const left of seeds) void left
  }
  child.disconnect()
}

function seamsIn(text: string): Set<Seam> {
  if (text === 'all') return new Set(seams)
  if (text === 'none') return new Set()
  const named = text.split(',').map((one) => one.trim())
  const unknown = named.find((one) => !(seams as readonly string[]).includes(one))
  if (unknown === undefined) return new Set(named as Seam[])
  console.error(`unknown seam ${unknown}; known are ${seams.join(', ')}`)
  process.exit(2)
}

function layoutOf(name: string): DistributedLayout {
  if (isDistributedLayout(name)) return name
  console.error(`unknown layout ${name}; known are ${distributedLayouts.join(', ')}`)
  process.exit(2)
}

function print({ seed, faults }: Report, done: number, all: number, ms: number): void {
  if (faults.length > 0) {
    console.log(`seed ${seed} failed: ${faults.slice(0, 5).join('\n  ')}`)
    if (faults.length > 5) console.log(`  … ${faults.length} in all`)
    console.log(`  reproduce: ${commandFor(seed)}`)
  }
  if (done % 50 === 0 && done < all)
    console.log(`${done} of ${all} seeds, ${(ms / done / 1000).toFixed(2)} s each`)
}

function commandFor(seed: number): string {
  const more = [
    options.payments === defaultPayments ? '' : ` --payments ${options.payments}`,
    options.faults === 'all' ? '' : ` --faults ${options.faults}`,
    layout === 'compact' ? '' : ` --layout ${layout}`,
  ]
  return `npm run simulate -- --seed ${seed}${more.join('')} --verbose`
}

function summarise(reports: Report[], seconds: number): number {
  const bad = reports.filter(({ faults }) => faults.length > 0)
  console.log(`\nanswers: ${table(reports.map((report) => report.outcomes))}`)
  console.log(`\ninjected: ${table(reports.map((report) => report.injected))}`)
  console.log(
    `\nmilliseconds per seed: ${table(
      reports.map(({ ms }) => ms),
      reports.length,
    )}`,
  )
  console.log(
    `\n${reports.length} seeds in ${seconds.toFixed(0)} s (${(seconds / reports.length).toFixed(2)} s each), ` +
      `${bad.length} failed${bad.length > 0 ? `: ${bad.map(({ seed }) => seed).join(', ')}` : ''}`,
  )
  return bad.length > 0 ? 1 : 0
}

function table(rows: Record<string, number>[], divisor = 1): string {
  const sums = new Map<string, number>()
  for (const row of rows)
    for (const [name, n] of Object.entries(row)) sums.set(name, (sums.get(name) ?? 0) + n)
  const lines = [...sums].sort(([, one], [, other]) => other - one)
  return lines.map(([name, n]) => `\n  ${String(Math.round(n / divisor)).padStart(7)}  ${name}`).join('')
}
