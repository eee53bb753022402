// Starts each service as its own process on PostgreSQL, Redis and RabbitMQ: production's shape on one machine.
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { migrate } from '@bahi/kit/sql/migrate.ts'
import { freePort, tryPort } from '@bahi/kit/port.ts'
import { startPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { createTrust } from '@bahi/kit/transport/service-token.ts'
import { httpTransport } from '@bahi/kit/transport/http-transport.ts'
import { serviceCall } from '@bahi/kit/transport/transport.ts'
import {
  addresses,
  stopProcess,
  environmentOf,
  startProcess,
  waitUntilReady,
} from '@bahi/platform/distributed.ts'
import { reportingOf, secretsIn } from '@bahi/platform/secrets.ts'
import { createShutdown } from '@bahi/platform/shutdown.ts'
import { isSeeded, seed } from '@bahi/platform/seed.ts'
import { ensureServers, startRabbit, startRedis } from '@bahi/testing/servers.ts'
import { schemasOf, services } from '@bahi/platform/services.ts'
import { builtWeb } from '@bahi/platform/web-build.ts'
import { printStartMessage } from './start-message.ts'

const help = `npm run start:distributed [-- options]

Starts each service as its own process, the gateway in front. What is not given by URL is started here:
PostgreSQL from npm, Redis and RabbitMQ from this machine (installed by apt-get where that is allowed).

  --database <url>  PostgreSQL, as a role that may create roles and schemas   (or DATABASE_ADMIN_URL)
  --redis <url>     Redis                                                     (or REDIS_URL)
  --amqp <url>      RabbitMQ                                                  (or AMQP_URL)
  --port <n>        the gateway's port (default 8080)
  --data <folder>   secrets and what is started here (default .bahi-distributed)
  --copies <n>      so many processes of each service, but one sandbox (default 1)
  --log <level>     log level of the services (default warn)
  --no-seed         no demo people
  --help            this text`

const { values } = parseArgs({
  options: {
    database: { type: 'string' },
    redis: { type: 'string' },
    amqp: { type: 'string' },
    port: { type: 'string', default: '8080' },
    data: { type: 'string', default: '.bahi-distributed' },
    copies: { type: 'string', default: '1' },
    log: { type: 'string', default: 'warn' },
    'no-seed': { type: 'boolean' },
    help: { type: 'boolean' },
  },
})
if (values.help) {
  console.log(help)
  process.exit(0)
}

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
  if (!/^[1-9]$/.test(values.copies)) throw new Error(`--copies ${values.copies}: 1 to 9`)
  await tryPort(Number(values.port)).catch(() => {
    throw new Error(`port ${values.port} cannot be had: choose another one with --port`)
  })
  const secrets = await secretsIn(folder)
  const adminUrl = values.database ?? process.env['DATABASE_ADMIN_URL'] ?? (await ownPostgres())
  const redisUrl = values.redis ?? process.env['REDIS_URL'] ?? (await ownRedis())
  const amqpUrl = values.amqp ?? process.env['AMQP_URL'] ?? (await ownRabbit())
  await migrate(
    adminUrl,
    schemasOf((service) => secrets.passwords[service]!),
    reportingOf(secrets),
  )

  const copies = Number(values.copies)
  const urls = await addresses((name) => (name === 'sandbox' ? 1 : copies), Number(values.port))
  const smtpPort = await freePort()
  const web = await builtWeb()
  const settings: Record<string, string> = web ? { BAHI_WEB_FOLDER: web } : {}
  const around = { secrets, adminUrl, redisUrl, amqpUrl, urls, smtpPort, logLevel: values.log, settings }
  for (const { name } of services) {
    for (const nth of urls[name].keys()) startOne(name, environmentOf(name, nth, around))
  }
  await Promise.all(Object.entries(urls).flatMap(([name, all]) => all.map((url) => ready(name, url))))
  const base = urls.gateway[0]!
  const transport = httpTransport(urls)
  ends.onExit(() => transport.close())
  if (!values['no-seed'] && !(await isSeeded(base))) {
    await seed(base, serviceCall(transport, createTrust(secrets.keys, systemClock), 'sandbox'))
  }
  printStartMessage({
    url: base,
    seconds: (performance.now() - began) / 1000,
    folder,
    web: web !== undefined,
    how: `${Object.values(urls).flat().length} processes`,
    database: `${new URL(adminUrl).host}, database ${new URL(adminUrl).pathname.slice(1)}`,
  })
}

async function ownPostgres(): Promise<string> {
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres') })
  ends.onExit(() => postgres.stop())
  return postgres.adminUrl
}

async function ownRedis(): Promise<string> {
  await found('redis-server')
  const redis = await startRedis({ dir: join(folder, 'redis') })
  ends.onExit(() => redis.stop())
  return redis.url
}

async function ownRabbit(): Promise<string> {
  await found('rabbitmq-server')
  const rabbit = await startRabbit({ dir: join(folder, 'rabbitmq') })
  ends.onExit(() => rabbit.stop())
  return rabbit.url
}

async function found(server: 'redis-server' | 'rabbitmq-server'): Promise<void> {
  const { missing } = await ensureServers([server])
  if (missing.length > 0)
    throw new Error(`${server} is not installed here: install it, or give one by URL (--help)`)
}

function startOne(service: ServiceName, env: Record<string, string>): void {
  const child = startProcess(service, env)
  child.once('exit', (status) => {
    if (ends.isStopping) return
    console.error(`${service} ended with status ${status}`)
    void ends.exit(1)
  })
  ends.onExit(() => stopProcess(child))
}

async function ready(service: string, url: string): Promise<void> {
  if (await waitUntilReady(url, 60_000, () => ends.isStopping)) return
  if (!ends.isStopping) throw new Error(`${service} did not become ready within 60 s`)
}
