// The drills there are.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { backupKeyIn } from '@bahi/platform/backup/backup-key.ts'
import { archivingTo } from '@bahi/platform/backup/archiving.ts'
import { platformQueues } from '@bahi/kit/events/consume.ts'
import { prepareRestored } from '@bahi/platform/backup/prepare-restored.ts'
import { restoreBackup } from '@bahi/platform/backup/restore-backup.ts'
import { takeBackup } from '@bahi/platform/backup/take-backup.ts'
import { emptyBroker } from '@bahi/kit/bus/rabbit-empty.ts'
import { startPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { backendsIn } from '@bahi/testing/backends.ts'
import { hasLeaderWatch, startPatroni, type PatroniCluster } from '@bahi/testing/patroni.ts'
import { startRabbitCluster, type RabbitCluster } from '@bahi/testing/rabbit-cluster.ts'
import { startRedisWithSentinels, type RedisWithSentinels } from '@bahi/testing/redis-sentinels.ts'
import type { Lost } from '@bahi/testing/servers.ts'
import type { Drill, Scene } from './drill.ts'

/** Longer than any failover takes: what it took is in the figures. */
const failoverMs = 35_000
/** How long a lost server stays away at least, where it comes back. */
const awayMs = 10_000

const rolling: Drill = {
  says: 'every process is replaced by a new one, one after the other',
  ...{ layout: 'separate', copies: 2, seconds: 240, targets: { gapS: 5, lost: 0, errors: 0 } },
  async run(scene) {
    await replace(scene, () => true)
    return {}
  },
}

/** One after the other. The sandbox is the outside world: nobody rolls it. */
async function replace({ cluster, log }: Scene, isChosen: (name: string) => boolean): Promise<void> {
  for (const part of cluster.services.filter(({ name, kind }) => kind !== 'sandbox' && isChosen(name))) {
    log(`replacing ${part.name}`)
    await part.pause()
    await part.resume()
  }
}

/** What the second start of PostgreSQL finds: the first one and all its files are lost. */
function restoreDrill(): Drill {
  let lost: { at: number; stopped: Promise<unknown>; asOf?: Date } | undefined
  const back = Promise.withResolvers<void>()
  let amqpUrl = ''
  let runs = 0
  const repositoryIn = (folder: string) => join(folder, 'backups')
  const keyIn = (folder: string) => backupKeyIn(join(folder, 'backup-key.json'))
  return {
    says: 'PostgreSQL is lost with its disk, and restored from backup and archived log',
    ...{ layout: 'compact', copies: 1, seconds: 120, targets: { lost: 0, rpoS: 5, rtoS: 900 } },
    async backends({ folder, log }) {
      const key = await keyIn(folder)
      const dataDir = join(folder, 'postgres')
      const postgres = await archivingTo(repositoryIn(folder), key.x, dataDir)
      const backends = await backendsIn(folder, { postgres })
      let port: number | undefined
      return {
        ...backends,
        async rabbitmq() {
          const server = await backends.rabbitmq()
          amqpUrl = server.url
          return server
        },
        async postgres() {
          if (!lost) {
            const first = await backends.postgres()
            port = first.port
            return first
          }
          await lost.stopped
          const into = join(folder, `restored-${++runs}`)
          const passwordFile = `${dataDir}.password`
          const restored = await restoreBackup({ repository: repositoryIn(folder), key, into, passwordFile })
          lost.asOf = restored.asOf
          log(`restored in ${(restored.ms / 1_000).toFixed(1)} s, as of ${restored.asOf.toISOString()}`)
          await emptyBroker(
            amqpUrl,
            platformQueues.map(({ queue }) => queue),
          )
          log(`published again: ${JSON.stringify(await prepareRestored(restored.server.adminUrl))}`)
          await restored.server.stop()
          const second = await startPostgres({
            ...{ dataDir: join(into, 'postgres'), settings: postgres },
            ...(port === undefined ? {} : { port }),
          })
          back.resolve()
          return second
        },
      }
    },
    async run({ cluster, load, folder, log }) {
      const { x: recipient } = await keyIn(folder)
      const taken = await takeBackup({
        ...{ adminUrl: cluster.adminUrl, repository: repositoryIn(folder), recipient },
      })
      log(`${taken.label}: ${taken.bytes} bytes in ${taken.ms} ms, under load`)
      await delay(10_000)
      const [at, ackBefore] = [Date.now(), load.lastAckAt()]
      const postgres = cluster.parts.find((part) => part.kind === 'postgres')!
      const stopped = Promise.all(cluster.services.map((part) => part.pause()))
      lost = { at, stopped }
      const killed = postgres.kill()
      await Promise.race([back.promise, killed])
      await Promise.all(cluster.services.map((part) => part.resume()))
      await load.nextAck()
      const rtoS = (Date.now() - at) / 1_000
      await killed
      const asOf = lost.asOf!.getTime()
      return { givenUpAfter: new Date(asOf), rpoS: Math.max(0, ackBefore - asOf) / 1_000, rtoS }
    },
  }
}

/** What three zones have: three nodes of PostgreSQL, etcd, RabbitMQ and Sentinel, and two of Redis. */
type Servers = { patroni: PatroniCluster; rabbitmq: RabbitCluster; redis: RedisWithSentinels }

type OnZones<Result> = (servers: Servers, scene: Scene) => Promise<Result>

function onThreeZones(about: Pick<Drill, 'says' | 'targets' | 'seconds'>, run: OnZones<void>): Drill {
  const servers: Partial<Servers> = {}
  return {
    ...about,
    ...{ layout: 'compact', copies: 2 },
    backends: ({ folder, log }) =>
      Promise.resolve({
        async postgres() {
          servers.patroni = await startPatroni(join(folder, 'patroni'))
          log('three nodes of PostgreSQL stream')
          return servers.patroni
        },
        redis: async () => (servers.redis = await startRedisWithSentinels(join(folder, 'redis'))),
        async rabbitmq() {
          servers.rabbitmq = await startRabbitCluster(join(folder, 'rabbitmq'))
          log('three nodes of RabbitMQ are one cluster')
          return servers.rabbitmq
        },
      }),
    async run(scene) {
      await run(servers as Servers, scene)
      return {}
    },
  }
}

/** Loses a part of what stands in three zones, and brings it back where it does not stay away. */
const losing =
  (lose: OnZones<Lost>, forMs = awayMs): OnZones<void> =>
  async (servers, scene) => {
    const { name, back } = await lose(servers, scene)
    scene.log(`${name} is lost`)
    if (!back) return
    await delay(forMs)
    await back()
    scene.log(`${name} is back`)
  }

/** One loss, and as long as any failover takes. */
const oneLoss = (says: string, gapS: number, lose: OnZones<Lost>, forMs?: number): Drill =>
  onThreeZones({ says, seconds: 90, targets: { gapS, lost: 0 } }, async (servers, scene) => {
    await losing(lose, forMs)(servers, scene)
    await delay(failoverMs)
  })

const killBroker: OnZones<Lost> = ({ rabbitmq }) => rabbitmq.killNode()
const killCache: OnZones<Lost> = ({ redis }) => redis.killPrimary()
/** Seconds until another node leads in the place of a silent one: Patroni's `ttl` is 20 at least. */
const silentGapS = () => (hasLeaderWatch() ? 15 : 30)
const killLeader: OnZones<Lost> = ({ patroni }) => patroni.killLeader()

/** One copy of each, as a release begins: the other copies answer meanwhile. */
const replaceCopies: OnZones<void> = (_servers, scene) => replace(scene, (name) => name.endsWith('.1'))

/** What goes wrong in a bad hour, each once and evenly over the time. */
function mixedDrill(minutes: number): Drill {
  const events = [losing(killBroker), losing(killCache), replaceCopies, losing(killLeader)]
  const about = {
    says: `in ${minutes} minutes: a broker, the primary cache and the leader's PostgreSQL are killed, a copy replaced`,
    seconds: minutes * 60 + 30,
    // 99.9 % of requests are answered.
    targets: { gapS: 5, lost: 0, failedPercent: 0.1 },
  }
  return onThreeZones(about, async (servers, scene) => {
    const eachMs = (minutes * 60_000) / events.length
    for (const event of events) {
      const ended = Date.now() + eachMs
      await delay(eachMs / 2)
      await event(servers, scene)
      await delay(Math.max(0, ended - Date.now()))
    }
  })
}

/** @param minutes of the drill that takes as long as one wants */
export const drills: Record<string, (minutes: number) => Drill> = {
  restore: restoreDrill,
  rolling: () => rolling,
  broker: () => oneLoss('one of three nodes of RabbitMQ is killed, and started again', 5, killBroker),
  cache: () => oneLoss("Redis's primary is killed, and comes back as a replica", 5, killCache),
  failover: () => oneLoss("the leader's PostgreSQL is killed: a standby takes over", 5, killLeader),
  frozen: () =>
    oneLoss("the leader's node freezes, and thaws when another one leads", silentGapS(), ({ patroni }) =>
      patroni.freezeLeaderNode('another leads'),
    ),
  thawed: () =>
    oneLoss(
      "the leader's node freezes, and thaws when another one has its lock, before that one leads",
      silentGapS(),
      ({ patroni }) => patroni.freezeLeaderNode('another has its lock'),
      0,
    ),
  zone: () =>
    oneLoss(
      'a zone is lost: the leader of PostgreSQL, members of etcd and RabbitMQ, a Redis, and copies of the platform',
      silentGapS(),
      async ({ patroni, rabbitmq, redis }, { cluster }) => {
        for (const part of cluster.services.filter(({ name }) => name.endsWith('.1'))) void part.kill()
        const lost = await Promise.all([patroni.killLeaderNode(), rabbitmq.killNode(), redis.killPrimary()])
        return { name: lost.map(({ name }) => name).join(', ') }
      },
    ),
  mixed: mixedDrill,
}
