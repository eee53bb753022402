// `npm run bench:capacity`: what a rate of payments needs, calculated from what a run of `npm run bench` measured.
import { readFile } from 'node:fs/promises'
import { parseArguments, exitWith } from '@bahi/platform/arguments.ts'
import type { Report } from './report.ts'
import type { RunResult } from './run.ts'
import { planOf, processesIn, storedAfter, type Plan } from './sizing.ts'

const help = `npm run bench:capacity -- [options]

Reads the report of the last \`npm run bench\`, takes each process's cost of a payment from it, and calculates for
a rate: copies of each process, load of PostgreSQL, RabbitMQ and Redis, and the first bottleneck.

  --rates <list>     payments a second (default 1000,10000,100000)
  --streams <n>      live streams for each payment a second (default 10)
  --speed <x>        of a core there, compared to one of the machine that was measured (default 1)
  --busy <share>     of a core that may be in use before latency grows (default 0.6)
  --report <file>    (default .bench/report.json)
  --help             this text`

const { values } = parseArguments(help, {
  rates: { type: 'string', default: '1000,10000,100000' },
  streams: { type: 'string', default: '10' },
  speed: { type: 'string', default: '1' },
  busy: { type: 'string', default: '0.6' },
  report: { type: 'string', default: '.bench/report.json' },
})
const [speed, busy, streamsEach] = [Number(values.speed), Number(values.busy), Number(values.streams)]
const rates = values.rates.split(',').map(Number)

const text = await readFile(values.report, 'utf8').catch(() =>
  exitWith(`there is no report at ${values.report}: npm run bench writes one`),
)
const report = JSON.parse(text) as Report
const run = report.runs.at(-1) as RunResult
const names = [...processesIn(run.cpu).map(({ name }) => name), 'postgres', 'rabbitmq', 'redis']
const costs = Object.fromEntries(
  names.map((name) => [name, ((run.cpu[name] ?? 0) / run.payments.acceptedPerS) * 1e3]),
)

console.log(`measured: ${report.command}, ${run.payments.acceptedPerS} payments/s on ${report.machine.cpu}`)
console.log(
  'milliseconds of CPU a payment: ' + names.map((name) => `${name} ${costs[name]!.toFixed(2)}`).join(', '),
)
for (const rate of rates) printPlan(rate, planOf(rate, costs, { speed, busy, streamsEach }))

function printPlan(rate: number, plan: Plan): void {
  const copies = Object.entries(plan.copies).map(([name, n]) => `${name} ${n}`)
  const atBusy = (name: string) => (plan.cores(name) / busy).toFixed(1)
  console.log(`
${rate} payments/s, ${plan.streams} people connected
  copies      ${copies.join(', ')}
  PostgreSQL  ${atBusy('postgres')} cores, WAL ${plan.walMBPerS.toFixed(0)} MB/s, \
${(storedAfter(rate * 86_400, 1) / 1e12).toFixed(2)} TB a day, ${plan.connections} connections
  RabbitMQ    ${plan.messagesPerS.toFixed(0)} messages/s into each of two queues, ${atBusy('rabbitmq')} cores
  Redis       ${rate} takes/s, ${atBusy('redis')} cores
  memory      gateways ${(plan.gatewaysMiB / 1024).toFixed(1)} GiB`)
  for (const [what, share] of plan.shares)
    console.log(`  ${share > 1 ? 'FULL' : '    '} ${(share * 100).toFixed(0).padStart(6)} %  ${what}`)
}
