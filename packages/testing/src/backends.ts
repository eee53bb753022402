// PostgreSQL, Redis and RabbitMQ for a platform on one machine, each in a folder and on a port that stay the same.
import { join } from 'node:path'
import { freePort } from '@bahi/kit/port.ts'
import { startPostgres, type EmbeddedPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import {
  ensureServers,
  startRabbit,
  startRedis,
  type RabbitServer,
  type Server,
  type ServerName,
} from './servers.ts'

/** Starts of the servers: each may be started again after it was killed, on the same data and port. */
export type Backends = {
  postgres(): Promise<EmbeddedPostgres>
  redis(): Promise<Server>
  rabbitmq(): Promise<Server>
}

type OwnBackends = Omit<Backends, 'rabbitmq'> & { rabbitmq(): Promise<RabbitServer> }

type Settings = {
  postgres?: Record<string, string>
  /** Further arguments of its program. */
  redis?: string[]
  /** Where RabbitMQ has its metrics; without, it has none. */
  rabbitMetricsPort?: number
}

export async function backendsIn(folder: string, settings: Settings = {}): Promise<OwnBackends> {
  const [postgresPort, redisPort, rabbitPort] = [await freePort(), await freePort(), await freePort()]
  return {
    postgres: () =>
      startPostgres({
        dataDir: join(folder, 'postgres'),
        port: postgresPort,
        settings: settings.postgres ?? {},
      }),
    async redis() {
      await mustBeInstalled('redis-server')
      return startRedis({ dir: join(folder, 'redis'), port: redisPort, args: settings.redis ?? [] })
    },
    async rabbitmq() {
      await mustBeInstalled('rabbitmq-server')
      const { rabbitMetricsPort: metricsPort } = settings
      return startRabbit({
        ...{ dir: join(folder, 'rabbitmq'), port: rabbitPort },
        ...(metricsPort ? { metricsPort } : {}),
      })
    },
  }
}

async function mustBeInstalled(server: ServerName): Promise<void> {
  const { missing } = await ensureServers([server])
  if (missing.length > 0)
    throw new Error(`${server} is not installed here: install it, or give one by URL (--help)`)
}
