// `npm run bench`: starts the distributed system, puts it under load, and proves afterwards that no payment was lost.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArguments, exitWith } from '@bahi/platform/arguments.ts'
import { isDistributedLayout } from '@bahi/platform/layouts.ts'
import { baseline } from './baseline.ts'
import { checkSlot } from './debits.ts'
import { kinds, type Pattern } from './load.ts'
import { costs, describeMachine, medians, summary, writeReport, type Report } from './report.ts'
import { startBench, runLoad, type RunOptions } from './run.ts'

const help = `npm run bench -- [options]

Starts PostgreSQL (fsync on), Redis, RabbitMQ and every service as a process, writes payers, opens live streams, and
sends payments; then waits until every event is consumed, and runs the checker.

  --rate <n>          payments per second, independent of earlier answers (open loop, default 1000)
  --peak              as many as possible: --senders that each wait for an answer (closed loop)
  --overload <n>      this many times the peak, which is measured first, for --seconds; then 0.8 of the peak for 20 s
  --senders <n>       concurrent senders of --peak (default 192)
  --seconds <n>       measured time (default 60)
  --warmup <n>        seconds before that (default 15)
  --streams <n>       live streams, one per payer (default 10000)
  --people <n>        payers, in turn; each may pay 20 times a day (default: as many as needed)
  --pattern <p>       who is paid: uniform, zipf, hot:70, hot:100 (default uniform)
  --kinds <list>      what is paid, a run of each in turn: push, request, mandate (default push); their
                      cost as a ratio. A mandate needs --rate, and hours in which debits are made
  --network <share>   of payments that cross banks, 0 to 1 (default 0)
  --reads <n>         history, status and resolve requests per second (default 0)
  --connections <n>   to the gateway for payments and reads (default 256)
  --layout <name>     compact or separate (default compact)
  --runs <n>          consecutive runs on the same data (default 1)
  --seed <n>          of who pays whom (default 1)
  --baseline          pgbench TPC-B first, on the same PostgreSQL, for ratios to it
  --report <file>     JSON, and an HTML page with plots beside it (default .bench/report.json)
  --data <folder>     for data and logs (default: temporary, removed afterwards)
  --help              this text`

const { values } = parseArguments(help, {
  rate: { type: 'string', default: '1000' },
  peak: { type: 'boolean', default: false },
  overload: { type: 'string' },
  senders: { type: 'string', default: '192' },
  seconds: { type: 'string', default: '60' },
  warmup: { type: 'string', default: '15' },
  streams: { type: 'string', default: '10000' },
  people: { type: 'string' },
  pattern: { type: 'string', default: 'uniform' },
  kinds: { type: 'string', default: 'push' },
  network: { type: 'string', default: '0' },
  reads: { type: 'string', default: '0' },
  connections: { type: 'string', default: '256' },
  layout: { type: 'string', default: 'compact' },
  runs: { type: 'string', default: '1' },
  seed: { type: 'string', default: '1' },
  data: { type: 'string' },
  report: { type: 'string', default: '.bench/report.json' },
  baseline: { type: 'boolean', default: false },
})

const number = (name: keyof typeof values) => {
  const value = Number(values[name])
  return Number.isFinite(value) && value >= 0
    ? value
    : exitWith(`--${name} ${String(values[name])}: a number`)
}
if (!/^(uniform|zipf|hot:(100|[1-9]?\d))$/.test(values.pattern))
  exitWith(`--pattern ${values.pattern}: see --help`)

const wanted = values.kinds
  .split(',')
  .map((name) => kinds.find((one) => one === name) ?? exitWith(`--kinds ${name}: see --help`))
if (wanted.includes('mandate') && (values.peak || values.overload !== undefined))
  exitWith('--kinds mandate: debits fall due at a --rate')
const [rate, seconds, warmupS, runs] = [number('rate'), number('seconds'), number('warmup'), number('runs')]
if (wanted.includes('mandate')) checkSlot((warmupS + seconds) * runs * wanted.length)
const needed = Math.ceil(
  ((values.overload ? 6_000 : values.peak ? 2_500 : rate) * (seconds + warmupS) * runs * wanted.length) / 15,
)
const count = values.people === undefined ? Math.max(needed, number('streams') + 1, 1_000) : number('people')
const layout = isDistributedLayout(values.layout)
  ? values.layout
  : exitWith(`--layout ${values.layout}: see --help`)
const folder = values.data === undefined ? await mkdtemp(join(tmpdir(), 'bahi-bench-')) : resolve(values.data)
const [baselineS, peakS] = [15, 20]
const log = (what: string) => console.log(`  ${what}`)
const progress = (line: string) => {
  if (process.stdout.isTTY) process.stdout.write(`\r${line}`)
  else console.log(line)
}
const bench = await startBench(count, { folder, layout, log })
const report: Report = {
  at: new Date().toISOString(),
  command: `npm run bench -- ${process.argv.slice(2).join(' ')}`.trim(),
  machine: describeMachine(),
  runs: [],
}
try {
  if (values.baseline) {
    log('pgbench TPC-B on the same PostgreSQL, services idle')
    report.baseline = await baseline(bench.adminUrl, baselineS)
    log(`${report.baseline} transactions/s`)
  }
  const common = {
    senders: number('senders'),
    seconds,
    warmupS,
    streams: number('streams'),
    pattern: values.pattern as Pattern,
    kind: wanted[0]!,
    networkShare: number('network'),
    readsPerS: number('reads'),
    connections: number('connections'),
    log,
    progress,
  }
  const measure = async (options: Partial<RunOptions>) => {
    const result = await runLoad(bench, { ...common, seed: number('seed') + report.runs.length, ...options })
    report.runs.push(result)
    console.log(`\n${summary(result, report.baseline)}\n`)
    if (result.faults.length > 0) process.exitCode = 1
    return result
  }
  if (values.overload !== undefined) {
    const { payments } = await measure({ seconds: peakS })
    const over = Math.round(payments.acceptedPerS * number('overload'))
    await measure({ rate: over, then: { rate: Math.round(payments.acceptedPerS * 0.8), seconds: 20 } })
  } else {
    for (let nth = 0; nth < runs; nth++)
      for (const kind of wanted) await measure(values.peak ? { kind } : { kind, rate })
  }
  for (const line of costs(report)) console.log(line)
  if (runs > 1) console.log(medians(report))
  console.log(`report: ${await writeReport(resolve(values.report), report)}`)
} finally {
  await bench.stop()
  if (values.data === undefined) await rm(folder, { recursive: true, force: true })
}
