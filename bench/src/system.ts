// The distributed system under measurement: PostgreSQL with fsync, Redis, RabbitMQ, and a process per service.
import { closeSync, openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { preparePlatform, stopProcess, waitUntilReady } from '@bahi/platform/distributed.ts'
import type { DistributedLayout } from '@bahi/platform/layouts.ts'
import { secretsIn, type Secrets } from '@bahi/platform/secrets.ts'
import { backendsIn } from '@bahi/testing/backends.ts'

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
  /** Default: each service alone. */
  layout?: DistributedLayout
  /** Of each process that scales; default 1. */
  copies?: number
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
  await mkdir(join(folder, 'logs'), { recursive: true })
  const ends: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    log('starting PostgreSQL, Redis and RabbitMQ')
    const secrets = await secretsIn(folder)
    const backends = await backendsIn(folder, { postgres: options.postgres ?? {} })
    const postgres = await backends.postgres()
    ends.push(() => postgres.stop())
    const redis = await backends.redis()
    ends.push(() => redis.stop())
    const rabbit = await backends.rabbitmq()
    ends.push(() => rabbit.stop())
    const platform = await preparePlatform({
      layout: options.layout ?? 'compact',
      copies: options.copies ?? 1,
      secrets,
      adminUrl: postgres.adminUrl,
      redisUrl: redis.url,
      amqpUrl: rabbit.url,
      logLevel: 'warn',
      settings: { ...oneAddress, ...options.settings },
    })
    await options.before?.(postgres.adminUrl, secrets)

    log('starting the services')
    const pids: Record<string, number> = { postgres: postgres.pid, redis: redis.pid, rabbitmq: rabbit.pid }
    for (const { title, start } of platform.processes) {
      const logFile = openSync(join(folder, 'logs', `${title}.log`), 'a')
      const child = start(logFile, options.nodeOptionsOf?.(title))
      closeSync(logFile)
      pids[title] = child.pid!
      ends.push(() => stopProcess(child))
    }
    const ready = await Promise.all(
      platform.processes.map(({ adminUrl }) => waitUntilReady(adminUrl, 90_000, () => false)),
    )
    if (ready.includes(false)) throw new Error(`not all services became ready; see ${folder}/logs`)
    return {
      folder,
      adminUrl: postgres.adminUrl,
      url: platform.gateways[0]!,
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
