// Which process of a deployment gets which secrets: those of its own services, and no others.
import { randomBytes } from 'node:crypto'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { accountOf } from '@bahi/platform/broker-accounts.ts'
import { distributedLayouts, layouts, type DistributedLayout } from '@bahi/platform/layouts.ts'
import { envOf, type Secrets } from '@bahi/platform/secrets.ts'

export type DeployedProcess = { name: string; services: ServiceName[] }

/** Where data servers are, for whoever has that user and password. */
export type Addresses = {
  database(user: string, password: string): string
  /** Of its standbys, where there are some. */
  replica?(user: string, password: string): string
  /** Straight, not through a pooler. */
  ownersDatabase(user: string, password: string): string
  broker(user: string, password: string): string
  cache(user: string, password: string): string
}

/** Passwords of the data servers themselves, and the cookie by which nodes of RabbitMQ know each other. */
export type ServerSecrets = {
  /** Of the superuser of PostgreSQL, where it is a server of ours; nobody uses it but a person. */
  superuser: string
  /** Of the database's owner, who is no superuser. */
  database: string
  broker: string
  brokerCookie: string
  cache: string
  grafana: string
  /** Of each process, by the name of its account. */
  brokerAccounts: Record<string, string>
  cacheAccounts: Record<string, string>
}

/** For the processes of both layouts; what is known already stays. */
export function makeServerSecrets(known: Partial<ServerSecrets> = {}): ServerSecrets {
  const random = () => randomBytes(18).toString('base64url')
  const accounts = () =>
    Object.fromEntries(distributedLayouts.flatMap(processesOf).map(({ name }) => [accountOf(name), random()]))
  return {
    ...{ superuser: random(), database: random(), broker: random(), brokerCookie: random() },
    ...{ cache: random(), grafana: random() },
    ...known,
    brokerAccounts: { ...accounts(), ...known.brokerAccounts },
    cacheAccounts: { ...accounts(), ...known.cacheAccounts },
  }
}

/** Values by the names of their settings: each of them is secret. */
type Values = Record<string, string>

/** Settings that `envOf` names and that are public keys. */
const publicKeys = ['BAHI_NETWORK_PEER_KEY', 'BAHI_SANDBOX_MEMBER_KEY']

/** Services that read on a replica. */
const replicaReaders: ServiceName[] = ['payment', 'audit']

/** The processes of a layout where the sandbox, the outside world, is one of its own. */
export function processesOf(layout: DistributedLayout): DeployedProcess[] {
  const groups = layouts[layout].map(({ name, services }) => ({
    name,
    services: (services as readonly ServiceName[]).filter((service) => service !== 'sandbox'),
  }))
  return [...groups.filter(({ services }) => services.length > 0), { name: 'sandbox', services: ['sandbox'] }]
}

export function secretsOf(
  { name: process, services }: DeployedProcess,
  secrets: Secrets,
  servers: ServerSecrets,
  addresses: Addresses,
): Values {
  const account = accountOf(process)
  const ofEach = <T>(valueOf: (name: ServiceName) => T | undefined) =>
    JSON.stringify(Object.fromEntries(services.map((name) => [name, valueOf(name)])))
  const own = services.flatMap((name) => Object.entries(envOf(name, secrets)))
  const stores = services.filter((name) => name !== 'gateway')
  const urls = (of: ServiceName[], at: Addresses['database']) =>
    JSON.stringify(Object.fromEntries(of.map((name) => [name, at(`bahi_${name}`, secrets.passwords[name]!)])))
  const readers = services.filter((name) => replicaReaders.includes(name))
  return {
    ...Object.fromEntries(own.filter(([name]) => !publicKeys.includes(name))),
    BAHI_SIGNING_KEYS: ofEach((name) => secrets.keys.private[name]),
    ...(stores.length > 0
      ? {
          BAHI_DATA_KEYS: ofEach((name) => secrets.dataKeys[name]),
          BAHI_DATABASE_URLS: urls(stores, addresses.database),
        }
      : {}),
    ...(readers.length > 0 && addresses.replica
      ? { BAHI_REPLICA_URLS: urls(readers, addresses.replica) }
      : {}),
    REDIS_URL: addresses.cache(account, servers.cacheAccounts[account]!),
    AMQP_URL: addresses.broker(account, servers.brokerAccounts[account]!),
  }
}

/** What only the migrations know: the database's owner, and the password of each role. */
export function migrationSecrets(secrets: Secrets, servers: ServerSecrets, addresses: Addresses): Values {
  const roles = Object.entries(secrets.passwords).filter(([name]) => name !== 'gateway')
  return {
    DATABASE_ADMIN_URL: addresses.ownersDatabase('bahi', servers.database),
    ...Object.fromEntries(roles.map(([name, password]) => [`BAHI_${name.toUpperCase()}_PASSWORD`, password])),
  }
}

/** What everybody may know: the services' public keys and the network's. */
export function publicSettings(secrets: Secrets): Values {
  return {
    BAHI_SERVICE_KEYS: JSON.stringify(secrets.keys.public),
    BAHI_NETWORK_PEER_KEY: secrets.env.BAHI_NETWORK_PEER_KEY,
  }
}

/** What the sandbox is told beside that. */
export function sandboxSettings(secrets: Secrets): Values {
  return { BAHI_SANDBOX_MEMBER_KEY: secrets.env.BAHI_SANDBOX_MEMBER_KEY }
}
