// The platform that alerts are proven on: servers that can be held down, customers, and the metrics of backups.
import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { freePort } from '@bahi/kit/port.ts'
import type { EmbeddedPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { becomeCustomer, register, type Customer } from '@bahi/platform/api-client.ts'
import { roleUrl, secretsIn } from '@bahi/platform/secrets.ts'
import { backendsIn } from '@bahi/testing/backends.ts'
import { openCluster, type Cluster } from '../chaos/cluster.ts'
import { quickSettings } from '../chaos/settings.ts'

export type AlertScene = {
  cluster: Cluster
  /** Of the database. */
  dataDir: string
  /** The owner's, one connection for each. */
  sql: Sql
  /** The database's server, for a replica of it. */
  postgres(): EmbeddedPostgres
  amqpUrl: string
  replicaPort: number
  collectorPort: number
  customers: Customer[]
  /** Where `npm run backup` writes its metrics, and where they are read. */
  backups: { url: string; folder: string }
  /** Kills a server, and keeps it down until the function that it returns is called. */
  holdDown(kind: 'postgres' | 'rabbitmq' | 'redis'): () => Promise<void>
  /** What else is to be stopped with it. */
  onStop(stop: () => Promise<unknown>): void
  stop(): Promise<void>
}

const readyTimeoutMs = 300_000
const customerCount = 8

export async function openAlertScene(folder: string): Promise<AlertScene> {
  const secrets = await secretsIn(folder)
  const [replicaPort, collectorPort] = [await freePort(), await freePort()]
  const backends = await backendsIn(folder)
  const stops: (() => Promise<unknown>)[] = []
  const gates = new Map<string, Promise<void>>()
  let server: EmbeddedPostgres | undefined
  let amqpUrl = ''
  const gated =
    <T>(kind: string, start: () => Promise<T>) =>
    async () => {
      await gates.get(kind)
      return start()
    }
  const replicaUrl = `postgres://bahi@127.0.0.1:${replicaPort}/bahi`
  const cluster = await openCluster({
    ...{ folder, layout: 'compact', copies: 1, logLevel: 'warn' },
    settings: { ...quickSettings, BAHI_MAX_CONCURRENT_PAYMENTS: '8' },
    base: {
      BAHI_POOL_SIZE: '6',
      BAHI_BLOBS: `file:${join(folder, 'blobs')}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collectorPort}`,
      OTEL_TRACES_SAMPLER_ARG: '1',
      BAHI_REPLICA_URLS: JSON.stringify(
        Object.fromEntries(
          (['payment', 'audit'] as const).map((name) => [
            name,
            roleUrl(replicaUrl, name, secrets.passwords[name]!),
          ]),
        ),
      ),
    },
    backends: {
      redis: gated('redis', backends.redis),
      postgres: gated('postgres', async () => (server = await backends.postgres())),
      rabbitmq: gated('rabbitmq', async () => {
        const started = await backends.rabbitmq()
        amqpUrl = started.url
        return started
      }),
    },
  })
  await mkdir(join(folder, 'blobs'), { recursive: true })
  await cluster.ready(readyTimeoutMs)
  const customers: Customer[] = []
  for (let nth = 1; nth <= customerCount; nth++) {
    const who = { phone: `+91981000000${nth}`, name: `Person ${nth}`, password: 'toofan-mein-diya-9' }
    const vpa = `person.${nth}@bahi`
    const person = await register(cluster.gateways[0]!, who)
    customers.push(await becomeCustomer(person, { vpa, pin: '4071', balancePaise: 100_000_00 }))
  }
  const sql = connect(cluster.adminUrl, { max: 6, name: 'bahi-drill' })
  const backupFolder = join(folder, 'backup-metrics')
  await mkdir(backupFolder)
  const file = join(backupFolder, 'bahi_backup.prom')
  // As the textfile collector of node_exporter does.
  const exporter = createServer((_request, response) =>
    response.end(existsSync(file) ? readFileSync(file, 'utf8') : ''),
  )
  await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve))
  const { port } = exporter.address() as AddressInfo
  return {
    ...{ cluster, sql, dataDir: join(folder, 'postgres'), amqpUrl, replicaPort, collectorPort, customers },
    postgres: () => server!,
    backups: { url: `http://127.0.0.1:${port}`, folder: backupFolder },
    holdDown(kind) {
      const gate = Promise.withResolvers<void>()
      gates.set(kind, gate.promise)
      const back = cluster.parts.find((part) => part.kind === kind)!.kill()
      return async () => {
        gate.resolve()
        await back
      }
    },
    onStop: (stop) => void stops.push(stop),
    async stop() {
      for (const kind of gates.keys()) gates.set(kind, Promise.resolve())
      await sql.end({ timeout: 1 })
      exporter.close()
      await Promise.allSettled(stops.map((stop) => stop()))
      await cluster.stop()
    },
  }
}
