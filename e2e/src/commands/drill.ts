// `npm run drill`: payments run while a server is lost or processes are replaced; fails unless the figures are within
// their targets and the books are whole.
import { mkdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { ensureServers } from '@bahi/testing/servers.ts'
import { runAlertDrill, toText as alertsToText } from '../drills/alerts.ts'
import { runDrill, toText } from '../drills/drill.ts'
import { drills } from '../drills/drills.ts'

const help = `npm run drill -- <drill> [options]

Starts the distributed system with servers of its own on this machine, and clients that pay all the time and retry with
the same id, as the app does. Then, while payments run:

  restore   PostgreSQL is lost with its disk: restored from its backup and the archived log; RPO ≤ 5 s, RTO ≤ 15 min
  rolling   two copies of everything, each replaced by a new process; ≤ 5 s, and no error seen by a client

  On three zones: three nodes of PostgreSQL under Patroni with three of etcd, three of RabbitMQ, a primary and a replica
  of Redis with three Sentinels, two copies of the platform:

  broker    a node of RabbitMQ is killed and started again; ≤ 5 s without an acknowledged payment
  cache     the primary of Redis is killed, and comes back as a replica; ≤ 5 s
  failover  the PostgreSQL of the leader is killed; ≤ 5 s
  frozen    every process of the leader's node stops for a while, and goes on when another node leads; ≤ 15 s with
            Patroni 3.0.3 or newer, which a leader watch is for, else ≤ 30 s
  thawed    the same, but it goes on as soon as another node has its lock, before that one leads
  zone      the leader's node is lost with its members of etcd and RabbitMQ, a Redis and its copies of the platform;
            as long as frozen
  mixed     for --minutes, and evenly over them: a node of RabbitMQ and the primary of Redis are killed, a copy of each
            service is replaced, the PostgreSQL of the leader is killed; 99.9 % of requests answered, ≤ 5 s

  alerts    no payments all the time: each alert is made to fire by a fault of its kind, and to end with it, on a real
            Prometheus with the rules that are shipped and shorter windows

Afterwards the checker runs with every answer that clients got. Ends with 0 when it finds no fault, no acknowledged
payment is lost, and the figures are within their targets; with 1 when not, and keeps data and logs; with 2 when it
cannot run.

  --rate <n>       payments per second (default 8)
  --minutes <n>    of mixed (default 60)
  --only <words>   of alerts: faults whose name has these words; may be repeated
  --report <file>  report as JSON, and as text beside it (default drill.json in the data folder)
  --data <folder>  an empty folder for data and logs (default: temporary; removed when the drill passes)
  --help           this text`

const { values, positionals } = parseArguments(
  help,
  {
    rate: { type: 'string', default: '8' },
    minutes: { type: 'string' },
    report: { type: 'string' },
    only: { type: 'string', multiple: true },
    data: { type: 'string' },
  },
  { allowPositionals: true },
)
const [name = ''] = positionals
const isOfAlerts = name === 'alerts'
const makeDrill = Object.hasOwn(drills, name) ? drills[name] : undefined
const rate = Number(values.rate)
const minutes = Number(values.minutes ?? 60)
if ((!makeDrill && !isOfAlerts) || positionals.length !== 1)
  exitWith(`which drill? ${Object.keys(drills).join(', ')}, alerts\n\n${help}`)
if (values.only && !isOfAlerts) exitWith(`--only chooses faults of alerts: ${name} has none`)
if (values.minutes !== undefined && name !== 'mixed') exitWith(`--minutes is of mixed: ${name} has none`)
if (!(minutes >= 1)) exitWith(`--minutes ${values.minutes}: a number from 1`)
if (!(rate >= 0.1)) exitWith(`--rate ${values.rate}: a number from 0.1`)
const ofPatroni = ['patroni', 'etcd', 'haproxy', 'pg_isready'] as const
const { missing } = await ensureServers([
  ...(['redis-server', 'rabbitmq-server'] as const),
  ...(['restore', 'rolling'].includes(name) ? [] : ofPatroni),
  ...(isOfAlerts ? (['prometheus', 'prometheus-node-exporter'] as const) : []),
])
if (missing.length > 0) exitWith(`not installed here: ${missing.join(', ')}`)

const folder = values.data ? resolve(values.data) : await mkdtemp(join(tmpdir(), 'bahi-drill-'))
const began = performance.now()
const log = (line: string) =>
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`)

try {
  const report = makeDrill
    ? await runDrill(name, makeDrill(minutes), { folder, rate, log })
    : await runAlertDrill(folder, log, values.only)
  const text = 'figures' in report ? toText(report) : alertsToText(report)
  const file = resolve(values.report ?? join(folder, 'drill.json'))
  mkdirSync(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`)
  await writeFile(`${file.replace(/\.json$/, '')}.txt`, `${text}\n`)
  console.log(`\n${text}`)
  if (report.passed && !values.data) await rm(folder, { recursive: true, force: true })
  else console.log(`\ndata and logs: ${folder}`)
  process.exit(report.passed ? 0 : 1)
} catch (error) {
  console.error(error)
  exitWith(`the drill could not run; data and logs: ${folder}`)
}
