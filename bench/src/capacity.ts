// `npm run bench:capacity`: what a rate of payments needs, calculated from what a run of `npm run bench` measured.
import { readFile } from 'node:fs/promises'
import { serviceNames, type ServiceName } from '@bahi/contracts/contract.ts'
import { parseArguments, exitWith } from '@bahi/platform/arguments.ts'
import type { Report } from './report.ts'
import type { RunResult } from './run.ts'

const help = `npm run bench:capacity -- [options]

Reads the report of the last \`npm run bench\`, takes each process's cost of a payment from it, and calculates for
a rate: copies of each service, load of PostgreSQL, RabbitMQ and Redis, and the first bottleneck.

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

/** Measured apart from the report, each with the command that measured it; on the machine of docs/performance.md. */
const measured = {
  /** `npm run bench:profile`: bytes of WAL and of tables and indexes, all services, a payment. */
  walBytes: 8_900,
  storedBytes: 6_400,
  /** Events of a payment as text, as they travel into each queue. */
  eventBytes: 1_900,
  /** `npm run bench:ledger`, hot, sets of 100: transfers a second that one account can take part in. */
  hotAccountPerS: 13_000,
  /** `npm run bench:profile`: milliseconds of the statements that only one writer at a time may run, a payment. */
  auditChainMs: 0.13,
  relayMs: 0.03,
  /** `npm run bench` with 2,000 and 10,000 streams: memory of a gateway, and of one stream in it. */
  gatewayMiB: 200,
  streamMiB: 0.03,
}
/** Assumed, not measured. `connections`: without PgBouncer. `consumeMs`: CPU of a gateway per message. */
const bounds = {
  connections: 300,
  redisPerS: 80_000,
  queueMBPerS: 50,
  streams: 20_000,
  walMBPerS: 200,
  consumeMs: 0.01,
}
const poolOf = 10
/** Events per payment that audit and notification consume, and events per message at full load. */
const [eventsEach, eventsPerMessage] = [2, 88]

const text = await readFile(values.report, 'utf8').catch(() =>
  exitWith(`there is no report at ${values.report}: npm run bench writes one`),
)
const report = JSON.parse(text) as Report
const run = report.runs.at(-1) as RunResult
const cost = (name: string) => ((run.cpu[name] ?? 0) / run.payments.acceptedPerS / speed) * 1e3

console.log(`measured: ${report.command}, ${run.payments.acceptedPerS} payments/s on ${report.machine.cpu}`)
console.log(
  'milliseconds of CPU a payment: ' +
    ['postgres', ...serviceNames, 'rabbitmq', 'redis']
      .map((name) => `${name} ${cost(name).toFixed(2)}`)
      .join(', '),
)
for (const rate of rates) printPlan(rate)

function printPlan(rate: number): void {
  const cores = (name: string) => (cost(name) * rate) / 1e3
  const streams = rate * streamsEach
  const least = (name: ServiceName) => (name === 'gateway' ? Math.ceil(streams / bounds.streams) : 0)
  const copies = (name: ServiceName) => Math.max(2, Math.ceil(cores(name) / busy), least(name))
  const gateways = copies('gateway')
  const connections = (serviceNames.reduce((sum, name) => sum + copies(name), 0) - gateways) * poolOf
  const walMB = (rate * measured.walBytes) / 1e6
  const sets = (rate * eventsEach) / eventsPerMessage
  console.log(`\n${rate} payments/s, ${streams} people connected`)
  console.log(`  copies      ${serviceNames.map((name) => `${name} ${copies(name)}`).join(', ')}`)
  console.log(
    `  PostgreSQL  ${(cores('postgres') / busy).toFixed(1)} cores, WAL ${walMB.toFixed(0)} MB/s, ` +
      `${((rate * measured.storedBytes * 86_400) / 1e12).toFixed(2)} TB a day, ${connections} connections`,
  )
  console.log(
    `  RabbitMQ    ${sets.toFixed(0)} messages/s into each of two queues, ${cores('rabbitmq').toFixed(1)} cores`,
  )
  console.log(`  Redis       ${rate} takes/s, ${cores('redis').toFixed(1)} cores`)
  console.log(
    `  memory      gateways ${((gateways * measured.gatewayMiB + streams * measured.streamMiB) / 1024).toFixed(1)} GiB`,
  )
  const shares: [string, number][] = [
    ['one hot payee (every payment to one account)', rate / (measured.hotAccountPerS * speed)],
    ['one chain of the audit', (rate * measured.auditChainMs) / speed / 1e3],
    ["one relay of payment's events", (rate * measured.relayMs) / speed / 1e3],
    ['WAL of one PostgreSQL', walMB / bounds.walMBPerS],
    ['connections without PgBouncer', connections / bounds.connections],
    ['one Redis', rate / bounds.redisPerS],
    ['one quorum queue', (rate * measured.eventBytes) / 1e6 / bounds.queueMBPerS],
    ['a gateway that receives every message', (rate * 2 * bounds.consumeMs) / speed / 1e3],
  ]
  for (const [what, share] of shares.sort((a, b) => b[1] - a[1]))
    console.log(`  ${share > 1 ? 'FULL' : '    '} ${(share * 100).toFixed(0).padStart(6)} %  ${what}`)
}
