// Starts each service as its own process on PostgreSQL, Redis and RabbitMQ: production's shape on one machine.
import { spawn, type ChildProcess } from 'node:child_process'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { migrate } from '@bahi/kit/migrate.ts'
import { freePort, tryPort } from '@bahi/kit/port.ts'
import { startPostgres } from '@bahi/kit/postgres-embedded.ts'
import { createTrust } from '@bahi/kit/service-token.ts'
import { allNames } from '@bahi/kit/start.ts'
import { httpCarry, serviceCall } from '@bahi/kit/transport.ts'
import { sandboxRates } from './embedded.ts'
import { roleUrl, secretsIn, type Secrets } from './secrets.ts'
import { orderlyEnd } from './orderly-end.ts'
import { isSeeded, seed } from './seed.ts'
import { ensureServers, startRabbit, startRedis } from '@bahi/kit/servers.ts'
import { schemasOf, services } from './services.ts'
import { welcome } from './welcome.ts'

const help = `npm run start:distributed [-- options]

Starts each service as its own process, the gateway in front. What is not given by URL is started here:
PostgreSQL from npm, Redis and RabbitMQ from this machine (installed by apt-get where that is allowed).

  --database <url>  PostgreSQL, as a role that may create roles and schemas   (or DATABASE_ADMIN_URL)
  --redis <url>     Redis                                                     (or REDIS_URL)
  --amqp <url>      RabbitMQ                                                  (or AMQP_URL)
  --port <n>        the gateway's port (default 8080)
  --data <folder>   secrets and what is started here (default .bahi-distributed)
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
const ends = orderlyEnd()

try {
  await start()
} catch (error) {
  console.error(`\nbahi did not start: ${(error as Error).message}`)
  await ends.end(1)
}

async function start(): Promise<void> {
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
  )

  const ports = new Map<ServiceName, number>()
  for (const name of allNames) ports.set(name, name === 'gateway' ? Number(values.port) : await freePort())
  const urls = Object.fromEntries([...ports].map(([name, port]) => [name, `http://127.0.0.1:${port}`]))
  const shared = await sharedSettings(secrets, { redisUrl, amqpUrl, urls })
  for (const service of services) {
    await startOne(service.name, {
      ...shared,
      ...settingsOf(service.name, secrets, shared),
      BAHI_PORT: String(ports.get(service.name)),
      ...(service.migrations
        ? { DATABASE_URL: roleUrl(adminUrl, service.name, secrets.passwords[service.name]!) }
        : {}),
    })
  }
  await Promise.all([...ports].map(([name, port]) => untilReady(name, port)))
  const base = urls['gateway']!
  const carry = httpCarry(urls)
  ends.add(() => carry.close())
  if (!values['no-seed'] && !(await isSeeded(base))) {
    await seed(base, serviceCall(carry, createTrust(secrets.keys, systemClock), 'sandbox'))
  }
  welcome({
    url: base,
    seconds: (performance.now() - began) / 1000,
    folder,
    how: `${services.length} processes`,
    database: `${new URL(adminUrl).host}, database ${new URL(adminUrl).pathname.slice(1)}`,
  })
}

async function ownPostgres(): Promise<string> {
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres') })
  ends.add(() => postgres.stop())
  return postgres.adminUrl
}

async function ownRedis(): Promise<string> {
  await found('redis-server')
  const redis = await startRedis({ dir: join(folder, 'redis') })
  ends.add(() => redis.stop())
  return redis.url
}

async function ownRabbit(): Promise<string> {
  await found('rabbitmq-server')
  const rabbit = await startRabbit({ dir: join(folder, 'rabbitmq') })
  ends.add(() => rabbit.stop())
  return rabbit.url
}

async function found(server: 'redis-server' | 'rabbitmq-server'): Promise<void> {
  const { missing } = await ensureServers([server])
  if (missing.length > 0)
    throw new Error(`${server} is not installed here: install it, or give one by URL (--help)`)
}

async function sharedSettings(
  secrets: Secrets,
  { redisUrl, amqpUrl, urls }: { redisUrl: string; amqpUrl: string; urls: Record<string, string> },
) {
  const smtpPort = await freePort()
  return {
    BAHI_MODE: 'sandbox',
    BAHI_LOG_LEVEL: values.log,
    BAHI_HOST: '127.0.0.1',
    BAHI_DATA_KEY: secrets.dataKey,
    BAHI_SERVICE_KEYS: JSON.stringify(secrets.keys.public),
    BAHI_SERVICE_URLS: JSON.stringify(urls),
    REDIS_URL: redisUrl,
    AMQP_URL: amqpUrl,
    smtpPort: String(smtpPort),
  }
}

/** Each service gets its own key and just the settings that it knows: an unknown one would stop it. */
function settingsOf(
  service: ServiceName,
  secrets: Secrets,
  shared: { smtpPort: string },
): Record<string, string> {
  return {
    BAHI_SERVICE_KEY: JSON.stringify(secrets.keys.private[service]),
    ...(service === 'account' ? secrets.env : {}),
    ...(service === 'gateway' ? sandboxRates : {}),
    ...(service === 'sandbox' ? { BAHI_SANDBOX_SMTP_PORT: shared.smtpPort } : {}),
    ...(service === 'notification' ? { BAHI_SMTP_URL: `smtp://127.0.0.1:${shared.smtpPort}` } : {}),
  }
}

async function startOne(service: ServiceName, env: Record<string, string>): Promise<void> {
  const main = join(
    import.meta.dirname,
    '..',
    service === 'sandbox' ? service : join('services', service),
    'src/main.ts',
  )
  const child = spawn(process.execPath, [main], {
    // In a group of its own: Ctrl-C reaches it through us, in order.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env, smtpPort: undefined },
  })
  child.once('exit', (status) => {
    if (ends.ending) return
    console.error(`${service} ended with status ${status}`)
    void ends.end(1)
  })
  ends.add(() => endChild(child))
  await delay(0)
}

async function untilReady(service: ServiceName, port: number): Promise<void> {
  for (const until = Date.now() + 60_000; Date.now() < until; await delay(100)) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    if (answer?.ok || ends.ending) return
  }
  throw new Error(`${service} did not become ready within 60 s`)
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await ended
  clearTimeout(timer)
}
