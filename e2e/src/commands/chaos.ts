// `npm run chaos`: payments on real servers while processes are killed, and the proof afterwards that nothing was lost.
import { mkdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { runChaos } from '../chaos/run.ts'
import { toMarkdown, toTerminal } from '../chaos/report.ts'
import { ensureServers } from '@bahi/testing/servers.ts'
import { parseArguments, exitWith } from '@bahi/platform/arguments.ts'
import { isDistributedLayout } from '@bahi/platform/layouts.ts'

const help = `npm run chaos -- [options]

Starts the distributed system on PostgreSQL, Redis and RabbitMQ of its own, sends payments over HTTP, and kills (-9) a
random process again and again, servers included; each is restarted. Then waits until nothing is in flight and runs the
checker with all answers that clients got. Exits with 0 without a fault, else with 1, and keeps the data.

  --minutes <n>      duration (default 10; may be 0.5)
  --kills-every <s>  seconds between kills, on average (default 2)
  --rate <n>         payments per second (default 30)
  --layout <name>    compact or separate (default compact)
  --copies <n>       of each process (default 1)
  --seed <n>         of the kills and payments (default: the time)
  --report <file>    report as Markdown, and as JSON beside it (default chaos.md in the data folder)
  --data <folder>    an empty folder for data and logs (default: temporary; removed if no fault and --report)
  --log <level>      log level of the services (default warn)
  --help             this text`

const { values } = parseArguments(help, {
  minutes: { type: 'string', default: '10' },
  'kills-every': { type: 'string', default: '2' },
  rate: { type: 'string', default: '30' },
  layout: { type: 'string', default: 'compact' },
  copies: { type: 'string', default: '1' },
  seed: { type: 'string', default: String(Math.floor(Date.now() / 1_000)) },
  report: { type: 'string' },
  data: { type: 'string' },
  log: { type: 'string', default: 'warn' },
})

function number(name: 'minutes' | 'kills-every' | 'rate' | 'copies' | 'seed', least: number): number {
  const value = Number(values[name])
  return Number.isFinite(value) && value >= least
    ? value
    : exitWith(`--${name} ${values[name]}: a number from ${least}`)
}

const [minutes, killsEvery, rate] = [number('minutes', 0.1), number('kills-every', 0.2), number('rate', 0.1)]
const [copies, seed] = [number('copies', 1), number('seed', 0)]
const layout = isDistributedLayout(values.layout)
  ? values.layout
  : exitWith(`--layout ${values.layout}: see --help`)
const { missing } = await ensureServers(['redis-server', 'rabbitmq-server'])
if (missing.length > 0) exitWith(`not installed here: ${missing.join(', ')}`)

const folder = values.data ? resolve(values.data) : await mkdtemp(join(tmpdir(), 'bahi-chaos-'))
const began = performance.now()
const log = (line: string) =>
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`)

try {
  const report = await runChaos({
    folder,
    seconds: minutes * 60,
    killEveryMs: killsEvery * 1_000,
    rate,
    seed,
    layout,
    copies,
    logLevel: values.log,
    log,
  })
  const file = resolve(values.report ?? join(folder, 'chaos.md'))
  mkdirSync(dirname(file), { recursive: true })
  await writeFile(file, toMarkdown(report))
  await writeFile(`${file.replace(/\.md$/, '')}.json`, `${JSON.stringify(report, undefined, 2)}\n`)
  console.log(`\n${toTerminal(report)}`)
  const passed = report.faults.length === 0
  if (passed && !values.data && values.report) await rm(folder, { recursive: true, force: true })
  else console.log(`\ndata and logs: ${folder}`)
  process.exit(passed ? 0 : 1)
} catch (error) {
  console.error(error)
  exitWith(`the run failed; data and logs: ${folder}`)
}
