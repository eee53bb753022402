// What makes the accounts of the data servers: files that RabbitMQ and Redis load. Passwords in them are hashed.
import { createHash } from 'node:crypto'
import { accountOf, brokerDefinitions } from '@bahi/platform/broker-accounts.ts'
import type { DeployedProcess, ServerSecrets } from './process-secrets.ts'

/** Exchange, queues, the account of each process, and `bahi`, which administers. */
export function brokerAccounts(processes: DeployedProcess[], servers: ServerSecrets): string {
  const users = [...new Map(processes.map((one) => [one.name, one])).values()].map(({ name, services }) => ({
    user: accountOf(name),
    services,
  }))
  const administrator = { user: 'bahi', password: servers.broker }
  return `${JSON.stringify(brokerDefinitions(users, (user) => servers.brokerAccounts[user], '/', administrator))}\n`
}

/** What the cache does, on keys of bahi: neither listing nor flushing, no administration. */
const ofProcess =
  '~bahi:* resetchannels -@all +get +set +del +eval +evalsha +hmget +hset +pexpire +time +ping +client +hello ' +
  '+select +info +role +cluster +asking'

/** Redis's users: each process, and `default`, with which servers and sentinels follow each other. */
export function cacheAccounts(processes: DeployedProcess[], servers: ServerSecrets): string {
  const names = [...new Set(processes.map(({ name }) => accountOf(name)))]
  return [
    `user default on ${hashed(servers.cache)} ~* &* +@all`,
    ...names.map((name) => `user ${name} on ${hashed(servers.cacheAccounts[name]!)} ${ofProcess}`),
    '',
  ].join('\n')
}

/** Who asks a sentinel for the master needs no password, and may ask nothing else. */
export function sentinelAccounts(servers: ServerSecrets): string {
  const asks = ['get-master-addr-by-name', 'master', 'replicas', 'slaves', 'sentinels']
  return [
    `user default on nopass resetchannels &* -@all +hello +ping +client +info +subscribe +psubscribe +unsubscribe ` +
      `+punsubscribe ${asks.map((name) => `+sentinel|${name}`).join(' ')}`,
    `user sentinel on ${hashed(servers.cache)} &* +@all`,
    '',
  ].join('\n')
}

const hashed = (password: string) => `#${createHash('sha256').update(password).digest('hex')}`
