// `npm run bench`: the whole distributed system from nothing, under load, with the proof that no payment got lost.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArguments, exitWith } from '@bahi/platform/arguments.ts'
import { baseline } from './baseline.ts'
import type { Pattern } from './load.ts'
import { describeMachine, medians, summary, writeReport, type Report } from './report.ts'
import { startBench, runLoad, type RunOptions } from './run.ts'

const help = `npm run bench -- [options]

Starts PostgreSQL (fsync on), Redis, RabbitMQ and every service as a process, writes people, opens live streams, and
sends payments; then waits until every event has been heard, and checks all rules of the money.

  --rate <n>          payments a second, whatever becomes of the earlier ones (open loop, default 1000)
  --peak              as many as there can be: --senders that each wait for their answer (closed loop)
  --overload <n>      so many times the peak, which is found first, for --seconds; then 0.8 of it for 20 s
  --senders <n>       of --peak (default 192)
  --seconds <n>       measured (default 60)
  --warmup <n>        seconds before that (default 15)
  --streams <n>       live streams of as many people (default 10000)
  --people <n>        who pay in turn; a person may pay 20 times a day (default: as many as that needs)
  --pattern <p>       who is paid: uniform, zipf, hot:70, hot:100 (default uniform)
  --network <share>   of payments that cross banks, 0 to 1 (default 0)
  --reads <n>         history, status and resolve a second, beside (default 0)
  --connections <n>   to the gateway for payments and reads (default 256)
  --runs <n>          one after the other, on the same data (default 1)
  --seed <n>          of who pays whom (default 1)
  --baseline          pgbench TPC-B first, on the same PostgreSQL: figures stand as a ratio too
  --report <file>     as JSON, and a page with plots beside it (default .bench/report.json)
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
  network: { type: 'string', default: '0' },
  reads: { type: 'string', default: '0' },
  connections: { type: 'string', default: '256' },
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

const [rate, seconds, warmupS, runs] = [number('rate'), number('seconds'), number('warmup'), number('runs')]
const needed = Math.ceil(
  ((values.overload ? 6_000 : values.peak ? 2_500 : rate) * (seconds + warmupS) * runs) / 15,
)
const count = values.people === undefined ? Math.max(needed, number('streams') + 1, 1_000) : number('people')
const folder = values.data === undefined ? await mkdtemp(join(tmpdir(), 'bahi-bench-')) : resolve(values.data)
const [baselineS, peakS] = [15, 20]
const say = (what: string) => console.log(`  ${what}`)
const progress = (line: string) => {
  if (process.stdout.isTTY) process.stdout.write(`\r${line}`)
  else console.log(line)
}
const bench = await startBench(count, { folder, say })
const report: Report = {
  at: new Date().toISOString(),
  command: `npm run bench -- ${process.argv.slice(2).join(' ')}`.trim(),
  machine: describeMachine(),
  runs: [],
}
try {
  if (values.baseline) {
    say('pgbench TPC-B on the same PostgreSQL, the services at rest')
    report.baseline = await baseline(bench.adminUrl, baselineS)
    say(`${report.baseline} transactions a second`)
  }
  const common = {
    senders: number('senders'),
    seconds,
    warmupS,
    streams: number('streams'),
    pattern: values.pattern as Pattern,
    networkShare: number('network'),
    readsPerS: number('reads'),
    connections: number('connections'),
    say,
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
  } else for (let nth = 0; nth < runs; nth++) await measure(values.peak ? {} : { rate })
  if (runs > 1) console.log(medians(report))
  console.log(`report: ${await writeReport(resolve(values.report), report)}`)
} finally {
  await bench.stop()
  if (values.data === undefined) await rm(folder, { recursive: true, force: true })
}
