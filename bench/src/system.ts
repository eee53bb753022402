// The distributed system under measurement: PostgreSQL with fsync, Redis, RabbitMQ, and a process per service.
import { closeSync, openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { migrate } from '@bahi/kit/sql/migrate.ts'
import { freePort } from '@bahi/kit/port.ts'
import { startPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { ensureServers, startRabbit, startRedis } from '@bahi/testing/servers.ts'
import {
  addresses,
  stopProcess,
  environmentOf,
  startProcess,
  waitUntilReady,
} from '@bahi/platform/distributed.ts'
import { secretsIn, type Secrets } from '@bahi/platform/secrets.ts'
import { schemasOf, services } from '@bahi/platform/services.ts'

export type System = {
  folder: string
  adminUrl: string
  /** Of the gateway's first copy. */
  url: string
  secrets: Secrets
  /** Process ids by the name of what runs there; a server's children are not among them. */
  pids: Record<string, number>
  /** True for what is ours, and not a server that we stand on. */
  isOurs(name: string): boolean
  stop(): Promise<void>
}

export type SystemOptions = {
  folder: string
  /** Processes of services that are not one. */
  copies?: Partial<Record<ServiceName, number>>
  postgres?: Record<string, string>
  settings?: Record<string, string>
  /** Node's own options for a process, such as `--cpu-prof`. */
  nodeOptionsOf?(title: string): string[]
  /** What is to be done on the database before any service runs. */
  before?(adminUrl: string, secrets: Secrets): Promise<void>
  log?(what: string): void
}

/** All load comes from one address; the fair shares of persons and devices stay as they are in production. */
const oneAddress = {
  BAHI_RATE_ADDRESS: '1000000:1000000',
  BAHI_RATE_PERSON: '60:20',
  BAHI_RATE_DEVICE: '40:15',
}

/** Names of the third-party servers. */
const servers = ['postgres', 'redis', 'rabbitmq']

export async function startSystem(options: SystemOptions): Promise<System> {
  const { folder, log = () => undefined } = options
  const { missing } = await ensureServers(['redis-server', 'rabbitmq-server'])
  if (missing.length > 0) throw new Error(`${missing.join(' and ')} must be installed`)
  await mkdir(join(folder, 'logs'), { recursive: true })
  const ends: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    log('starting PostgreSQL, Redis and RabbitMQ')
    const secrets = await secretsIn(folder)
    const postgres = await startPostgres({
      dataDir: join(folder, 'postgres'),
      ...(options.postgres ? { settings: options.postgres } : {}),
    })
    ends.push(() => postgres.stop())
    const redis = await startRedis({ dir: join(folder, 'redis') })
    ends.push(() => redis.stop())
    const rabbit = await startRabbit({ dir: join(folder, 'rabbitmq') })
    ends.push(() => rabbit.stop())
    await migrate(
      postgres.adminUrl,
      schemasOf((service) => secrets.passwords[service]!),
    )
    await options.before?.(postgres.adminUrl, secrets)

    log('starting the services')
    const urls = await addresses((name) => options.copies?.[name] ?? 1)
    const around = {
      secrets,
      adminUrl: postgres.adminUrl,
      redisUrl: redis.url,
      amqpUrl: rabbit.url,
      urls,
      smtpPort: await freePort(),
      logLevel: 'warn',
      settings: { ...oneAddress, ...options.settings },
    }
    const pids: Record<string, number> = { postgres: postgres.pid, redis: redis.pid, rabbitmq: rabbit.pid }
    for (const { name } of services) {
      for (const nth of urls[name].keys()) {
        const title = urls[name].length > 1 ? `${name}.${nth + 1}` : name
        const log = openSync(join(folder, 'logs', `${title}.log`), 'a')
        const env = environmentOf(name, nth, around)
        const child = startProcess(name, env, log, options.nodeOptionsOf?.(title))
        closeSync(log)
        pids[title] = child.pid!
        ends.push(() => stopProcess(child))
      }
    }
    const ready = await Promise.all(
      Object.values(urls)
        .flat()
        .map((url) => waitUntilReady(url, 90_000, () => false)),
    )
    if (ready.includes(false)) throw new Error(`not all services became ready; see ${folder}/logs`)
    return {
      folder,
      adminUrl: postgres.adminUrl,
      url: urls.gateway[0]!,
      secrets,
      pids,
      isOurs: (name) => !servers.includes(name),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
