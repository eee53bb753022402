// A process holds the secrets of its own services, and of no other.
import { accountOf } from '@bahi/platform/broker-accounts.ts'
import { makeSecrets } from '@bahi/platform/secrets.ts'
import { expect, test } from 'vitest'
import { kubernetesObjects } from './kubernetes-secrets.ts'
import { makeServerSecrets, migrationSecrets, processesOf, secretsOf } from './process-secrets.ts'
import { brokerAccounts, cacheAccounts, sentinelAccounts } from './server-accounts.ts'

const secrets = await makeSecrets()
const servers = makeServerSecrets({ database: 'of-the-owner' })
const addresses = {
  database: (user: string, password: string) => `postgres://${user}:${password}@db/bahi`,
  ownersDatabase: (user: string, password: string) => `postgres://${user}:${password}@db/bahi`,
  broker: (user: string, password: string) => `amqp://${user}:${password}@mq`,
  cache: (user: string, password: string) => `redis://${user}:${password}@redis`,
}

test.each(['compact', 'separate'] as const)(
  'processes of %s share no key and no password of a service',
  (layout) => {
    const all = processesOf(layout).map((process) => {
      const { REDIS_URL, AMQP_URL, BAHI_NETWORK_KEY, ...own } = secretsOf(
        process,
        secrets,
        servers,
        addresses,
      )
      const user = accountOf(process.name)
      expect([REDIS_URL, AMQP_URL]).toEqual([
        `redis://${user}:${servers.cacheAccounts[user]}@redis`,
        `amqp://${user}:${servers.brokerAccounts[user]}@mq`,
      ])
      expect(BAHI_NETWORK_KEY !== undefined).toBe(
        process.services.some((name) => /account|payment/.test(name)),
      )
      return Object.values(own)
    })
    const secret = Object.values(secrets.keys.private).map((key) => key.d!)
    const wanted = [
      ...secret,
      ...Object.values(secrets.passwords).filter((it) => it !== secrets.passwords['gateway']),
    ]
    for (const one of wanted.filter((it) => it !== secrets.passwords['reporting'])) {
      expect(all.filter((values) => values.some((value) => value.includes(one)))).toHaveLength(1)
    }
    expect(JSON.stringify(all)).not.toContain(secrets.passwords['reporting'])
    expect(JSON.stringify(all)).not.toContain('of-the-owner')
  },
)

test('a gateway alone has neither database nor data keys; the owner of the database is the migrations’ alone', () => {
  const [gateway] = processesOf('separate').filter(({ name }) => name === 'gateway')
  expect(Object.keys(secretsOf(gateway!, secrets, servers, addresses)).sort()).toEqual([
    'AMQP_URL',
    'BAHI_SIGNING_KEYS',
    'REDIS_URL',
  ])
  expect(migrationSecrets(secrets, servers, addresses)['DATABASE_ADMIN_URL']).toContain('bahi:of-the-owner@')
})

test('nothing secret is in a ConfigMap, and data servers are reached by TLS', () => {
  const options = { name: 'bahi', namespace: 'pay', clusterDomain: 'cluster.local', tls: true }
  const objects = kubernetesObjects(processesOf('compact'), secrets, servers, options)
  const open = objects.filter(({ kind }) => kind === 'ConfigMap').map(({ data }) => JSON.stringify(data))
  expect(open.filter((text) => /\\"d\\":/.test(text))).toEqual([])
  const path = objects.find(({ metadata }) => metadata.name === 'bahi-payment-path')?.stringData
  expect(path?.['BAHI_DATABASE_URLS']).toContain(
    '@bahi-db-pooler.pay.svc.cluster.local:5432/bahi?sslmode=verify-full',
  )
  expect(path?.['BAHI_REPLICA_URLS']).toContain(
    '@bahi-db-ro.pay.svc.cluster.local:5432/bahi?sslmode=verify-full',
  )
  expect(path?.['AMQP_URL']).toMatch(/^amqps:/)
  expect(path?.['REDIS_URL']).toMatch(/^rediss-sentinel:/)
})

test('each process has an account of its own at RabbitMQ and Redis, and no password is in what they load', () => {
  const processes = [...processesOf('compact'), ...processesOf('separate')]
  const broker = brokerAccounts(processes, servers)
  const { users, permissions } = JSON.parse(broker) as {
    users: { name: string; tags: string }[]
    permissions: { user: string; configure: string }[]
  }
  const cache = cacheAccounts(processes, servers)
  const names = [...new Set(processes.map(({ name }) => accountOf(name)))]
  expect(users.map(({ name }) => name).sort()).toEqual([...names, 'bahi'].sort())
  expect(users.filter(({ tags }) => tags).map(({ name }) => name)).toEqual(['bahi'])
  expect(permissions.filter(({ configure }) => configure === '.*').map(({ user }) => user)).toEqual(['bahi'])
  expect([...cache.matchAll(/^user (\w+) on #[0-9a-f]{64} ~bahi:\*/gm)].map(([, name]) => name)).toEqual(
    names,
  )
  const loaded = broker + cache + sentinelAccounts(servers)
  const passwords = [servers.brokerAccounts, servers.cacheAccounts, servers].flatMap((all) =>
    Object.values(all),
  )
  expect(passwords.filter((it) => typeof it === 'string' && loaded.includes(it))).toEqual([])
})

test('accounts that were made stay when secrets are made again', () => {
  const { brokerAccounts: made, ...others } = servers
  const again = makeServerSecrets({ ...others, brokerAccounts: { bahi_rest: made['bahi_rest']! } })
  expect(again.brokerAccounts['bahi_rest']).toBe(made['bahi_rest'])
  expect(again.brokerAccounts['bahi_user']).not.toBe(made['bahi_user'])
  expect(again.cacheAccounts).toEqual(servers.cacheAccounts)
})
