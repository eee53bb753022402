// Starts each service as its own process on PostgreSQL, Redis and RabbitMQ: production's shape on one machine.
import type { ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
import { httpTransport } from '@bahi/kit/transport/http-transport.ts'
import { createTrust } from '@bahi/kit/transport/service-token.ts'
import { serviceCall } from '@bahi/kit/transport/transport.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { tryPort } from '@bahi/kit/port.ts'
import { parseArguments } from '@bahi/platform/arguments.ts'
import {
  preparePlatform,
  stopProcess,
  waitUntilReady,
  type PlatformProcess,
} from '@bahi/platform/distributed.ts'
import { distributedLayouts, isDistributedLayout } from '@bahi/platform/layouts.ts'
import { secretsIn } from '@bahi/platform/secrets.ts'
import { isSeeded, seed } from '@bahi/platform/seed.ts'
import { createShutdown } from '@bahi/platform/shutdown.ts'
import { builtWeb } from '@bahi/platform/web-build.ts'
import { backendsIn, type Backends } from '@bahi/testing/backends.ts'
import { printStartMessage } from './start-message.ts'

const help = `npm run start:distributed [-- options]

Starts the processes of a layout, the gateway in front. What is not given by URL is started here:
PostgreSQL from npm, Redis and RabbitMQ from this machine (installed by apt-get where that is allowed). A process that
dies is started again.

  --database <url>  PostgreSQL 18, as a role that may create roles and schemas   (or DATABASE_ADMIN_URL)
  --redis <url>     Redis                                                     (or REDIS_URL)
  --amqp <url>      RabbitMQ                                                  (or AMQP_URL)
  --port <n>        the gateway's port (default 8080)
  --data <folder>   secrets and what is started here (default .bahi-distributed)
  --layout <name>   compact: processes with the payment path, and one for the rest; or
                    separate: a process for each service (default compact)
  --copies <n>      of each process, but one sandbox and one process for the rest (default 1)
  --log <level>     log level of the services (default warn)
  --no-seed         no demo people
  --help            this text`

const { values } = parseArguments(help, {
  database: { type: 'string' },
  redis: { type: 'string' },
  amqp: { type: 'string' },
  port: { type: 'string', default: '8080' },
  data: { type: 'string', default: '.bahi-distributed' },
  layout: { type: 'string', default: 'compact' },
  copies: { type: 'string', default: '1' },
  log: { type: 'string', default: 'warn' },
  'no-seed': { type: 'boolean' },
})

/** Milliseconds before a process that died is started again, and how long it must run to count as steady. */
const [firstPauseMs, maxPauseMs, steadyMs] = [500, 10_000, 30_000]
/** The status of a process whose settings are wrong: it would end in the same way again. */
const configurationFault = 78

const folder = resolve(values.data)
const began = performance.now()
const ends = createShutdown()

try {
  await start()
} catch (error) {
  console.error(`\nbahi did not start: ${(error as Error).message}`)
  await ends.exit(1)
}

async function start(): Promise<void> {
  const { layout } = values
  if (!/^[1-9]$/.test(values.copies)) throw new Error(`--copies ${values.copies}: 1 to 9`)
  if (!isDistributedLayout(layout)) throw new Error(`--layout ${layout}: ${distributedLayouts.join(' or ')}`)
  await tryPort(Number(values.port)).catch(() => {
    throw new Error(`port ${values.port} cannot be had: choose another one with --port`)
  })
  const secrets = await secretsIn(folder)
  const backends = await backendsIn(folder)
  const adminUrl = values.database ?? process.env['DATABASE_ADMIN_URL'] ?? (await ownPostgres(backends))
  const redisUrl = values.redis ?? process.env['REDIS_URL'] ?? (await ownServer(backends.redis))
  const amqpUrl = values.amqp ?? process.env['AMQP_URL'] ?? (await ownServer(backends.rabbitmq))
  const web = await builtWeb()
  const platform = await preparePlatform({
    layout,
    copies: Number(values.copies),
    secrets,
    adminUrl,
    redisUrl,
    amqpUrl,
    logLevel: values.log,
    gatewayPort: Number(values.port),
    settings: web ? { BAHI_WEB_FOLDER: web } : {},
  })
  for (const one of platform.processes) supervise(one)
  await Promise.all(platform.processes.map(ready))
  const base = platform.gateways[0]!
  const transport = httpTransport(platform.urls)
  ends.onExit(() => transport.close())
  if (!values['no-seed'] && !(await isSeeded(base))) {
    const asSandbox = serviceCall(transport, createTrust(secrets.keys, systemClock), 'sandbox')
    await seed(base, asSandbox, process.env['BAHI_BLOBS'] !== undefined)
  }
  printStartMessage({
    url: base,
    seconds: (performance.now() - began) / 1000,
    folder,
    web: web !== undefined,
    how: `${platform.processes.length} processes, layout ${layout}`,
    database: `${new URL(adminUrl).host}, database ${new URL(adminUrl).pathname.slice(1)}`,
  })
}

async function ownPostgres(backends: Backends): Promise<string> {
  const postgres = await backends.postgres()
  ends.onExit(() => postgres.stop())
  return postgres.adminUrl
}

async function ownServer(start: Backends['redis']): Promise<string> {
  const server = await start()
  ends.onExit(() => server.stop())
  return server.url
}

/** Starts a process again when it dies, after a pause that grows while it goes on dying. */
function supervise(one: PlatformProcess): void {
  let child: ChildProcess
  let pauseMs = firstPauseMs
  const run = () => {
    if (ends.isStopping) return
    const startedMs = performance.now()
    child = one.start()
    child.once('exit', (status, signal) => {
      if (ends.isStopping) return
      const how = `${one.title} ended (${signal ?? `status ${status}`})`
      if (status === configurationFault) {
        console.error(`${how}: its configuration has a fault`)
        return void ends.exit(1)
      }
      if (performance.now() - startedMs > steadyMs) pauseMs = firstPauseMs
      console.error(`${how} and starts again in ${pauseMs / 1000} s`)
      setTimeout(run, pauseMs)
      pauseMs = Math.min(pauseMs * 2, maxPauseMs)
    })
  }
  run()
  ends.onExit(() => stopProcess(child))
}

async function ready({ title, adminUrl }: PlatformProcess): Promise<void> {
  if (await waitUntilReady(adminUrl, 60_000, () => ends.isStopping)) return
  if (!ends.isStopping) throw new Error(`${title} did not become ready within 60 s`)
}
