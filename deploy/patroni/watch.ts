// Watches the leader of a Patroni cluster from one place of several. When most of them find it silent, and it does not
// renew its lock either, its lock is ended, so that a standby leads before the lock's time is over.
import type { Entry, Etcd } from './etcd.ts'

export type WatchOptions = {
  etcd: Etcd
  /** Of Patroni: its keys are below `<namespace>/<scope>/`. */
  scope: string
  namespace: string
  /** Where this watch is, and all places that have one. */
  zone: string
  zones: readonly string[]
  /** How long the leader must be silent. */
  silentS: number
  /** Whether a node answers now, in any way. */
  answersRest(apiUrl: string): Promise<boolean>
  answersSql(connUrl: string): Promise<boolean>
  nowMs?: () => number
}

export type Found =
  /** Why nothing is to be done. */
  | { state: 'idle'; why: string }
  | { state: 'answers'; leader: string }
  | { state: 'silent'; leader: string; silentS: number; why: string }
  /** Its lock has been ended, by this watch. */
  | { state: 'ended'; leader: string; silentS: number; by: string[] }

export type Watch = { look(): Promise<Found> }

type Member = { api_url?: string; conn_url?: string; state?: string }
type Config = {
  synchronous_mode?: unknown
  synchronous_mode_strict?: unknown
  pause?: unknown
  loop_wait?: unknown
}
type Sync = { leader?: string | null; sync_standby?: string | null }

/** Patroni's own default. */
const patroniLoopWaitS = 10
/** A vote ends when its watch has not said the same for so long: those that count are of the same moment. */
const voteTtlS = 3
/** One takeover at most in so long, whoever leads. */
export const pauseS = 60

export function createWatch(options: WatchOptions): Watch {
  const { etcd, scope, namespace, zone, zones, silentS, nowMs = () => performance.now() } = options
  const ofPatroni = `${namespace}/${scope}/`
  const own = `${namespace}-leader-watch/${scope}/`
  const majority = Math.floor(zones.length / 2) + 1
  /** Since when it has not answered: no answer between. Of this session of this leader only. */
  let silent: { of: string; sinceMs: number } | undefined

  async function answers({ api_url: api, conn_url: conn }: Member): Promise<boolean> {
    const each = [api && options.answersRest(api), conn && options.answersSql(conn)]
    return (await Promise.all(each)).some((one) => one === true)
  }

  /** How its lock lives on; undefined when it was not renewed for longer than Patroni leaves it. */
  async function renewal({ lease }: Entry, config: Partial<Config>): Promise<string | undefined> {
    const agoS = await etcd.renewedAgoS(lease)
    if (agoS === undefined) return 'its lock has ended'
    // It reaches etcd: then Patroni decides. It renews once in each of its rounds; etcd counts whole seconds.
    const loopWaitS = Number(config.loop_wait ?? patroniLoopWaitS)
    // Not the other way round: what is no number ends no lock.
    return agoS > Math.max(silentS, loopWaitS + 1) ? undefined : 'it renews its lock'
  }

  /** Why no standby could lead with all that was committed; undefined when one can. */
  async function obstacle(
    keys: Map<string, Entry>,
    leader: string,
    config: Partial<Config>,
  ): Promise<string | undefined> {
    if (config.pause) return 'Patroni is paused'
    // Otherwise what it acknowledges after it thaws, and before it notices, would be lost.
    if (!config.synchronous_mode || config.synchronous_mode_strict !== true)
      return 'the cluster is not strictly synchronous'
    const sync = parsed<Sync>(keys.get('sync'))
    if (sync.leader !== leader) return 'the leader has not named its standbys yet'
    for (const name of (sync.sync_standby ?? '').split(',').filter((one) => one !== '' && one !== leader)) {
      const standby = parsed<Member>(keys.get(`members/${name}`))
      if (['running', 'streaming'].includes(standby.state ?? '') && standby.api_url)
        if (await options.answersRest(standby.api_url)) return undefined
    }
    return 'no synchronous standby answers'
  }

  return {
    async look() {
      const keys = await etcd.read(ofPatroni)
      const lock = keys.get('leader')
      if (!lock || lock.lease === '0') {
        silent = undefined
        return { state: 'idle', why: 'nobody leads' }
      }
      const leader = lock.value
      const member = parsed<Member>(keys.get(`members/${leader}`))
      if (!member.api_url || !member.conn_url) {
        silent = undefined
        return { state: 'idle', why: `the addresses of ${leader} are not known` }
      }
      const began = nowMs()
      if (await answers(member)) {
        silent = undefined
        return { state: 'answers', leader }
      }
      const session = `${leader} ${lock.lease}`
      if (silent?.of !== session) silent = { of: session, sinceMs: began }
      const forS = (nowMs() - silent.sinceMs) / 1_000
      const still = (why: string): Found => ({ state: 'silent', leader, silentS: forS, why })
      if (forS < silentS) return still('not for long enough')
      const config = parsed<Config>(keys.get('config'))
      const why = (await renewal(lock, config)) ?? (await obstacle(keys, leader, config))
      return why === undefined ? voteAndCount(lock, session, config, still) : still(why)
    },
  }

  async function voteAndCount(
    lock: Entry,
    session: string,
    config: Partial<Config>,
    still: (why: string) => Found,
  ): Promise<Found> {
    await etcd.put(`${own}votes/${zone}`, session, voteTtlS)
    const ours = await etcd.read(own)
    if (ours.has('takeover')) return still('there was a takeover in the last minute')
    const votes = zones.flatMap((name) => {
      const vote = ours.get(`votes/${name}`)
      return vote?.value === session ? [{ name, vote }] : []
    })
    const by = votes.map(({ name }) => name)
    if (votes.length < majority) return still(`${by.length} of ${zones.length} find it silent`)
    // Again: to ask the standbys and to vote took time.
    const renewed = await renewal(lock, config)
    if (renewed !== undefined) return still(renewed)
    const isFirst = await etcd.putIf(
      [
        { key: `${ofPatroni}leader`, is: lock },
        { key: `${own}takeover`, exists: false },
        ...votes.map(({ name, vote }) => ({ key: `${own}votes/${name}`, is: vote })),
      ],
      `${own}takeover`,
      JSON.stringify({ of: lock.value, by }),
      pauseS,
    )
    if (!isFirst) return still('another watch was first, or something has changed')
    // Its session, and no other's: who leads meanwhile has another lease.
    await etcd.revoke(lock.lease)
    const { sinceMs } = silent!
    silent = undefined
    return { state: 'ended', leader: lock.value, silentS: (nowMs() - sinceMs) / 1_000, by }
  }
}

/** Patroni's keys are JSON; nothing for one that is absent or something else. */
function parsed<T extends object>(entry: Entry | undefined): Partial<T> {
  try {
    const value: unknown = JSON.parse(entry?.value ?? '')
    return typeof value === 'object' && value !== null ? (value as Partial<T>) : {}
  } catch {
    return {}
  }
}
