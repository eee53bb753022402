// Faults of what the data servers have too little of: connections and transaction ids, memory, disk.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { connect } from '@bahi/kit/sql/sql.ts'
import { need } from '@bahi/testing/servers.ts'
import type { AlertScene } from './alert-scene.ts'
import { holdLock, keepDoing, type AlertFault } from './fault-parts.ts'

const run = promisify(execFile)

const addKey = "redis.call('set', 'of-drill:' .. redis.call('incr', 'of-drill'), string.rep('x', 60000))"
const addKeys = `for nth = 1, 40 do ${addKey} end`
const addKeysUpTo = `
  repeat
    ${addKey}
    local info = redis.call('info', 'memory')
    local used, max = info:match('used_memory:(%d+)'), info:match('maxmemory:(%d+)')
  until tonumber(used) > tonumber(ARGV[1]) * tonumber(max)`
const deleteKeys = `for _, key in ipairs(redis.call('keys', 'of-drill*')) do redis.call('del', key) end`

const redis = ({ redisUrl }: AlertScene, ...command: string[]) =>
  run(need('redis-cli'), ['-e', '-u', redisUrl, ...command])

/** Connections until so much of what the server takes is used. */
async function fillConnections({ cluster, sql }: AlertScene, share: number): Promise<() => Promise<void>> {
  const [{ connections, max }] = await sql<[{ connections: number; max: number }]>`
    select connections, connections_max as max from account.database_load()`
  const count = Math.ceil(share * max) - connections
  const own = connect(cluster.adminUrl, { max: count, name: 'bahi-drill-full' })
  const releases = await Promise.all(Array.from({ length: count }, () => holdLock(own, (tx) => tx`select 1`)))
  return async () => {
    await Promise.all(releases.map((release) => release()))
    await own.end({ timeout: 1 })
  }
}

export const faultsOfLimits: AlertFault[] = [
  {
    name: 'clients have nearly all connections of PostgreSQL',
    alerts: ['BahiConnectionsFill', 'BahiConnectionsFull'],
    begin: (scene) => fillConnections(scene, 0.97),
  },
  {
    name: 'a database was not frozen for 1.5 billion transactions',
    alerts: ['BahiTransactionIdsOld', 'BahiTransactionIdsRunOut'],
    begin({ cluster, sql }) {
      // Autovacuum repairs it.
      const older = () => sql`
        update pg_database
        set datfrozenxid = mod(pg_current_xact_id()::text::numeric - 1500000000 + 4294967296, 4294967296)::text::xid
        where datname = 'template1'`
      const stop = keepDoing(1, 1_000, older)
      return Promise.resolve(async () => {
        await stop()
        const url = Object.assign(new URL(cluster.adminUrl), { pathname: '/template1' })
        const there = connect(url.href, { max: 1, name: 'bahi-drill' })
        await there`vacuum pg_am`
        await there.end({ timeout: 1 })
      })
    },
  },
  {
    name: 'a replication slot was left behind',
    alerts: ['BahiSlotUnused'],
    async begin({ sql }) {
      await sql`select pg_create_physical_replication_slot('of_drill', true)`
      return () => sql`select pg_drop_replication_slot('of_drill')`
    },
  },
  {
    name: 'RabbitMQ has no plugin for Prometheus',
    alerts: ['BahiBrokerUnmeasured'],
    async begin(scene) {
      await scene.rabbit().command('rabbitmq-plugins', 'disable', 'rabbitmq_prometheus')
      return () => scene.rabbit().command('rabbitmq-plugins', 'enable', 'rabbitmq_prometheus')
    },
  },
  {
    name: 'RabbitMQ needs more memory than it may have',
    alerts: ['BahiBrokerMemoryFills', 'BahiBrokerMemoryAlarm'],
    async begin(scene) {
      await scene.rabbit().command('rabbitmqctl', 'set_vm_memory_high_watermark', 'absolute', '20MB')
      return () => scene.rabbit().command('rabbitmqctl', 'set_vm_memory_high_watermark', '0.4')
    },
  },
  {
    name: 'RabbitMQ has less disk than it must have',
    alerts: ['BahiBrokerDiskAlarm'],
    async begin(scene) {
      await scene.rabbit().command('rabbitmqctl', 'set_disk_free_limit', '100000GB')
      return () => scene.rabbit().command('rabbitmqctl', 'set_disk_free_limit', '50MB')
    },
  },
  {
    name: 'Redis is filled',
    alerts: ['BahiCacheFills', 'BahiCacheFull'],
    async begin(scene) {
      await redis(scene, 'eval', addKeysUpTo, '0', '0.97')
      return () => redis(scene, 'eval', deleteKeys, '0')
    },
  },
  {
    name: 'Redis is full and drops keys',
    alerts: ['BahiCacheEvicts'],
    async begin(scene) {
      await redis(scene, 'config', 'set', 'maxmemory-policy', 'allkeys-lru')
      await redis(scene, 'eval', addKeysUpTo, '0', '0.97')
      const stop = keepDoing(1, 500, () => redis(scene, 'eval', addKeys, '0'))
      return async () => {
        await stop()
        await redis(scene, 'eval', deleteKeys, '0')
        await redis(scene, 'config', 'set', 'maxmemory-policy', 'noeviction')
      }
    },
  },
  {
    name: 'Redis has as many clients as it takes',
    alerts: ['BahiCacheRefusesConnections'],
    begin(scene) {
      // Its own connection stays; those of others that are refused are no error here.
      const inside = spawn(need('redis-cli'), ['-u', scene.redisUrl], { stdio: ['pipe', 'ignore', 'ignore'] })
      inside.stdin.write('config set maxclients 1\n')
      const stop = keepDoing(1, 500, () => redis(scene, 'ping'))
      return Promise.resolve(async () => {
        await stop()
        inside.stdin.end('config set maxclients 10000\n')
        await once(inside, 'exit')
      })
    },
  },
]
