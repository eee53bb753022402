// Fair shares: token buckets of each person, device and address, kept in the cache, or here while it is down.
import { isIPv4, isIPv6 } from 'node:net'
import type { Contract } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import type { Bucket, Taken } from '@bahi/kit/cache/cache.ts'
import type { FastifyReply, Person } from '@bahi/kit/http/http.ts'
import type { GatewayDeps } from '../deps.ts'

const warnEveryMs = 60_000
/** After a failure the cache is left alone this long, so that a silent one slows nobody down. */
const leaveAloneMs = 1_000

type Share = { key: string; bucket: Bucket }

export type LimitRate = {
  /** For everybody who has not proved anything yet. */
  address(ip: string, contract: Contract, reply: FastifyReply): Promise<void>
  person(person: Person, contract: Contract, reply: FastifyReply): Promise<void>
}

/** Both throw `rate-limited` and say on the answer how much is left. */
export function createLimitRate(deps: GatewayDeps): LimitRate {
  const { config } = deps
  const buckets = {
    person: bucketOf(config.BAHI_RATE_PERSON),
    device: bucketOf(config.BAHI_RATE_DEVICE),
    address: bucketOf(config.BAHI_RATE_ADDRESS),
    signIn: bucketOf(config.BAHI_RATE_SIGN_IN),
  }
  const fallback = memoryCache({ clock: deps.clock })
  const limited = deps.metrics.counter('bahi_gateway_limited_total', 'Requests refused by a rate limit.', [
    'by',
  ])
  let warnedMs = -Infinity
  let failedMs = -Infinity

  async function take({ key, bucket }: Share, cost: number): Promise<Taken> {
    const nowMs = deps.clock.now().getTime()
    if (nowMs - failedMs < leaveAloneMs) return fallback.take(key, bucket, cost)
    try {
      return await deps.cache.take(key, bucket, cost)
    } catch (error) {
      failedMs = nowMs
      if (nowMs - warnedMs >= warnEveryMs) {
        warnedMs = nowMs
        deps.log.warn({ err: error }, 'the cache is down: each gateway limits rates by itself')
      }
      return fallback.take(key, bucket, cost)
    }
  }

  async function spend(by: string, shares: Share[], contract: Contract, reply: FastifyReply): Promise<void> {
    const taken = await Promise.all(
      shares.map(async (share) => ({
        ...share,
        ...(await take(share, Math.min(contract.cost ?? 1, share.bucket.capacity))),
      })),
    )
    // The one that binds: the longest wait, else the least that is left.
    const tightest = taken.reduce((a, b) =>
      b.retryAfterMs > a.retryAfterMs || (b.retryAfterMs === a.retryAfterMs && b.remaining < a.remaining)
        ? b
        : a,
    )
    const { bucket, remaining, retryAfterMs, ok } = tightest
    void reply.headers({
      'ratelimit-limit': bucket.capacity,
      'ratelimit-remaining': remaining,
      'ratelimit-reset': Math.ceil((bucket.capacity - remaining) / bucket.refillPerS),
    })
    if (ok) return
    limited.inc({ by })
    throw new Problem('rate-limited', undefined, { retryAfterS: Math.max(1, Math.ceil(retryAfterMs / 1000)) })
  }

  return {
    async address(ip, contract, reply) {
      const from = networkOf(ip)
      const shares = [{ key: `rate:address:${from}`, bucket: buckets.address }]
      if (isSignIn(contract)) {
        shares.push({ key: `rate:sign-in:${contract.url}:${from}`, bucket: buckets.signIn })
      }
      await spend('address', shares, contract, reply)
    },
    async person({ userId, deviceId }, contract, reply) {
      const shares = [
        { key: `rate:person:${userId}`, bucket: buckets.person },
        // Devices name themselves: one person's name for a device says nothing about another's.
        { key: `rate:device:${userId}:${deviceId}`, bucket: buckets.device },
      ]
      await spend('person', shares, contract, reply)
    },
  }
}

/** Where strangers can guess, or make us send: what is public, changes something, and is no toy of the sandbox. */
function isSignIn(contract: Contract): boolean {
  return contract.access === 'public' && contract.method !== 'GET' && contract.service !== 'sandbox'
}

function bucketOf(text: string): Bucket {
  const [capacity, refillPerS] = text.split(':').map(Number)
  return { capacity: capacity!, refillPerS: refillPerS! }
}

/** An IPv4 address, or the /64 of an IPv6 address: the smallest part that one subscriber has. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1]
  if (mapped && isIPv4(mapped)) return mapped
  if (!isIPv6(ip)) return ip
  const [head = '', tail] = ip.split('%')[0]!.toLowerCase().split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  const groups = [...left, ...zeros, ...right].slice(0, 4)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
