// The Secrets and ConfigMaps that the chart expects, as objects of Kubernetes.
import type { Secrets } from '@bahi/platform/secrets.ts'
import {
  migrationSecrets,
  publicSettings,
  sandboxSettings,
  secretsOf,
  type Addresses,
  type DeployedProcess,
  type ServerSecrets,
} from './process-secrets.ts'
import { brokerAccounts, cacheAccounts, sentinelAccounts } from './server-accounts.ts'

export type KubernetesOptions = {
  /** `name` of the chart's values: what every name begins with. */
  name: string
  namespace: string
  clusterDomain: string
  /** Data servers with TLS; without: the values of a trial. */
  tls: boolean
}

export type KubernetesObject = {
  apiVersion: 'v1'
  kind: 'Secret' | 'ConfigMap'
  metadata: { name: string; namespace: string; labels: Record<string, string> }
  stringData?: Record<string, string>
  data?: Record<string, string>
}

/** Where the chart puts the data servers. */
function chartAddresses({ name, namespace, clusterDomain, tls }: KubernetesOptions): Addresses {
  const host = (service: string) => `${service}.${namespace}.svc.${clusterDomain}`
  const database = (service: string) => (user: string, password: string) =>
    `postgres://${user}:${password}@${host(service)}:5432/bahi${tls ? '?sslmode=verify-full' : ''}`
  const sentinels = [0, 1, 2].map((nth) => `${host(`${name}-redis-${nth}.${name}-redis-nodes`)}:26379`)
  return {
    database: database(tls ? `${name}-db-pooler` : `${name}-db`),
    ...(tls ? { replica: database(`${name}-db-ro`) } : {}),
    ownersDatabase: database(tls ? `${name}-db-rw` : `${name}-db`),
    broker: (user, password) =>
      tls
        ? `amqps://${user}:${password}@${host(`${name}-mq`)}:5671`
        : `amqp://${user}:${password}@${host(`${name}-mq`)}:5672`,
    cache: (user, password) =>
      tls
        ? `rediss-sentinel://${user}:${password}@${sentinels.join(',')}/bahi`
        : `redis://${user}:${password}@${host(`${name}-redis-0.${name}-redis-nodes`)}:6379`,
  }
}

/** For the processes of one layout; those of the sandbox too when there is none of production. */
export function kubernetesObjects(
  processes: DeployedProcess[],
  secrets: Secrets,
  servers: ServerSecrets,
  options: KubernetesOptions,
  addresses: Addresses = chartAddresses(options),
): KubernetesObject[] {
  const { name, namespace } = options
  const metadata = (part: string) => ({
    name: `${name}-${part}`,
    namespace,
    labels: { 'app.kubernetes.io/part-of': 'bahi', 'app.kubernetes.io/name': name },
  })
  const secret = (part: string, stringData: Record<string, string>): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata(part),
    stringData,
  })
  const settings = (part: string, data: Record<string, string>): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(part),
    data,
  })
  return [
    settings('public', publicSettings(secrets)),
    settings('public-sandbox', sandboxSettings(secrets)),
    secret('migrate', migrationSecrets(secrets, servers, addresses)),
    ...processes.map((process) => secret(process.name, secretsOf(process, secrets, servers, addresses))),
    secret('db-owner', { username: 'bahi', password: servers.database }),
    secret('db-superuser', { username: 'postgres', password: servers.superuser }),
    secret('mq-user', {
      // The operator mounts it; the definitions make the same user.
      'default_user.conf': `default_user = bahi\ndefault_pass = ${servers.broker}\n`,
      'definitions.json': brokerAccounts(processes, servers),
      username: 'bahi',
      password: servers.broker,
      cookie: servers.brokerCookie,
      host: `${name}-mq.${namespace}.svc`,
      port: options.tls ? '5671' : '5672',
      provider: 'rabbitmq',
      type: 'rabbitmq',
    }),
    secret('redis', {
      password: servers.cache,
      'users.acl': cacheAccounts(processes, servers),
      'sentinels.acl': sentinelAccounts(servers),
    }),
  ]
}
