// The platform that alerts are proven on: servers that can be held down, customers, and the metrics of backups.
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { grantRole } from '@bahi/contracts/roles.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { createLog } from '@bahi/kit/log.ts'
import { freePort } from '@bahi/kit/port.ts'
import { giveToServer, type EmbeddedPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { httpTransport } from '@bahi/kit/transport/http-transport.ts'
import { createTrust } from '@bahi/kit/transport/service-token.ts'
import { serviceTls, type TlsFiles } from '@bahi/kit/transport/service-tls.ts'
import { serviceCall } from '@bahi/kit/transport/transport.ts'
import {
  becomeCustomer,
  login,
  register,
  type Customer,
  type SignedInPerson,
} from '@bahi/platform/api-client.ts'
import { roleUrl, secretsIn } from '@bahi/platform/secrets.ts'
import { demoTotpSecret } from '@bahi/platform/totp.ts'
import { backendsIn } from '@bahi/testing/backends.ts'
import { testAuthority } from '@bahi/testing/certificates.ts'
import type { PatroniCluster } from '@bahi/testing/patroni.ts'
import type { RabbitServer, Server } from '@bahi/testing/servers.ts'
import { startSmallDisk, type SmallDisk } from '@bahi/testing/small-disk.ts'
import { openCluster, type Cluster } from '../chaos/cluster.ts'
import { quickSettings } from '../chaos/settings.ts'
import { startMeasuredPatroni } from './measured-patroni.ts'

export type AlertScene = {
  cluster: Cluster
  /** Of the database. */
  dataDir: string
  /** The owner's, one connection for each. */
  sql: Sql
  /** The database's server, for a replica of it. */
  postgres(): EmbeddedPostgres
  rabbit(): RabbitServer
  /** Where RabbitMQ has its metrics. */
  rabbitMetricsPort: number
  redisUrl: string
  replicaPort: number
  /** A cluster of Patroni beside the platform, and where its leader watches have their metrics once it is started. */
  patroni(): Promise<PatroniCluster>
  watchPorts: number[]
  /** Where what account says of that cluster is read, as of its own database, once it is started. */
  standbyPort: number
  /** A disk that may be filled, and where how full it is can be read once it is there. */
  disk(): Promise<SmallDisk>
  diskPort: number
  /** Where the log of the database is archived. */
  logArchive: string
  collectorPort: number
  customers: Customer[]
  /** Customers sign in again before their tokens end. */
  staySignedIn(): Promise<void>
  /** Signs in a member of staff who looks things up. */
  staff(): Promise<SignedInPerson>
  /** Replaces the certificate for calls between services by one that is good for so many days. */
  renewCertificate(days: number): Promise<void>
  /** Where `npm run backup` and `npm run archive` write metrics, as rules of the chart do too; where they are read. */
  backups: { url: string; folder: string }
  /** Kills a server, and keeps it down until the function that it returns is called. */
  holdDown(kind: 'postgres' | 'rabbitmq' | 'redis'): () => Promise<void>
  /** What else is to be stopped with it. */
  onStop(stop: () => Promise<unknown>): void
  stop(): Promise<void>
}

/** Of the feed of disconnected numbers. */
export const feedKey = 'the-key-of-the-feed-of-this-drill'

const readyTimeoutMs = 300_000
const customerCount = 8
/** Sooner than access tokens end. */
const signInEveryMs = 5 * 60_000
const password = 'toofan-mein-diya-9'

export async function openAlertScene(folder: string): Promise<AlertScene> {
  const secrets = await secretsIn(folder)
  const [replicaPort, collectorPort] = [await freePort(), await freePort()]
  const watchPorts = [await freePort(), await freePort(), await freePort()]
  const [standbyPort, diskPort] = [await freePort(), await freePort()]
  let patroni: Promise<PatroniCluster> | undefined
  let disk: Promise<SmallDisk> | undefined
  const logArchive = join(folder, 'log-archive')
  await mkdir(logArchive)
  await giveToServer(logArchive, join(folder, 'postgres'))
  const rabbitMetricsPort = await freePort()
  const backends = await backendsIn(folder, {
    postgres: {
      archive_mode: 'on',
      // Each over the one before: it is never restored.
      archive_command: `cp "%p" "${logArchive}/segment"`,
      max_connections: '120',
    },
    redis: ['--maxmemory', '64mb', '--maxmemory-policy', 'noeviction'],
    rabbitMetricsPort,
  })
  const stops: (() => Promise<unknown>)[] = []
  const gates = new Map<string, Promise<void>>()
  let server: EmbeddedPostgres | undefined
  let rabbit: RabbitServer | undefined
  let redis: Server | undefined
  const gated =
    <T>(kind: string, start: () => Promise<T>) =>
    async () => {
      await gates.get(kind)
      return start()
    }
  const replicaUrl = `postgres://bahi@127.0.0.1:${replicaPort}/bahi`
  const { tls, renewCertificate } = await certificatesIn(join(folder, 'tls'))
  const cluster = await openCluster({
    tls,
    ...{ folder, layout: 'compact', copies: 1, logLevel: 'warn' },
    settings: { ...quickSettings, BAHI_MAX_CONCURRENT_PAYMENTS: '8', BAHI_REVOKED_NUMBERS_KEY: feedKey },
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
      redis: gated('redis', async () => (redis = await backends.redis())),
      postgres: gated('postgres', async () => (server = await backends.postgres())),
      rabbitmq: gated('rabbitmq', async () => (rabbit = await backends.rabbitmq())),
    },
  })
  await mkdir(join(folder, 'blobs'), { recursive: true })
  await cluster.ready(readyTimeoutMs)
  const customers: Customer[] = []
  for (let nth = 1; nth <= customerCount; nth++) {
    const who = { phone: `+91981000000${nth}`, name: `Person ${nth}`, password }
    const vpa = `person.${nth}@bahi`
    const person = await register(cluster.gateways[0]!, who)
    customers.push(await becomeCustomer(person, { vpa, pin: '4071', balancePaise: 100_000_00 }))
  }
  let signedInAt = Date.now()
  const sql = connect(cluster.adminUrl, { max: 6, name: 'bahi-drill' })
  const backupFolder = join(folder, 'backup-metrics')
  await mkdir(backupFolder)
  // As the textfile collector of node_exporter does.
  const exporter = createServer((_request, response) => {
    const files = readdirSync(backupFolder).filter((name) => name.endsWith('.prom'))
    response.end(files.map((name) => readFileSync(join(backupFolder, name), 'utf8')).join(''))
  })
  await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve))
  const { port } = exporter.address() as AddressInfo
  return {
    ...{ cluster, sql, dataDir: join(folder, 'postgres'), customers, renewCertificate },
    ...{ replicaPort, collectorPort, watchPorts, standbyPort, diskPort, rabbitMetricsPort, logArchive },
    redisUrl: redis!.url,
    patroni() {
      if (!patroni) stops.push(async () => (await patroni)?.stop())
      return (patroni ??= startMeasuredPatroni(join(folder, 'patroni'), { watchPorts, standbyPort }))
    },
    disk() {
      if (!disk) stops.push(async () => (await disk)?.stop())
      return (disk ??= startSmallDisk({ dir: join(folder, 'disk'), port: diskPort }))
    },
    postgres: () => server!,
    rabbit: () => rabbit!,
    staff: () => staffOf(cluster, tls),
    async staySignedIn() {
      if (Date.now() - signedInAt < signInEveryMs) return
      for (const [nth, customer] of customers.entries())
        customers[nth] = { ...customer, ...(await login(cluster.gateways[0]!, customer)) }
      signedInAt = Date.now()
    },
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

/** One pair of files for all processes; it is good for 90 days at first. */
async function certificatesIn(
  folder: string,
): Promise<{ tls: TlsFiles } & Pick<AlertScene, 'renewCertificate'>> {
  await mkdir(folder, { recursive: true })
  const authority = await testAuthority()
  const file = (name: string) => join(folder, name)
  const tls = { certFile: file('tls.crt'), keyFile: file('tls.key'), caFile: file('ca.crt') }
  await writeFile(tls.caFile, authority.ca)
  const renewCertificate = async (days: number) => {
    const { cert, key } = await authority.issue('localhost', days)
    await writeFile(tls.keyFile, key)
    await writeFile(tls.certFile, cert)
  }
  await renewCertificate(90)
  return { tls, renewCertificate }
}

async function staffOf({ gateways, urls, secrets }: Cluster, tls: TlsFiles): Promise<SignedInPerson> {
  const who = { phone: '+919810000100', name: 'Operator', password }
  const { userId } = await register(gateways[0]!, who)
  const ofSandbox = serviceTls(tls, createLog('drill', 'silent'))
  const transport = httpTransport(urls, { tls: ofSandbox })
  try {
    const asSandbox = serviceCall(transport, createTrust(secrets.keys, systemClock), 'sandbox')
    const body = { role: 'support', totpSecret: demoTotpSecret } as const
    await asSandbox(grantRole, { params: { userId }, body })
  } finally {
    await transport.close()
    ofSandbox.close()
  }
  return login(gateways[0]!, { ...who, totpSecret: demoTotpSecret })
}
