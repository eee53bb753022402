// Rate limits: token buckets of each person, device and address, in the cache, or in memory while it is unavailable.
import { refresh } from '@bahi/contracts/auth.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import { reportSms } from '@bahi/contracts/sms-reports.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import type { Bucket, Taken } from '@bahi/kit/cache/cache.ts'
import { networkOf } from '@bahi/kit/http/addresses.ts'
import type { FastifyReply } from '@bahi/kit/http/http.ts'
import type { GatewayDeps } from '../deps.ts'
import type { VerifiedToken } from '../tokens/verify-token.ts'

/** After a failure the cache is not used for this long, so that one that hangs does not slow every request. */
const cacheRetryAfterMs = 1_000

type Charge = { key: string; bucket: Bucket }

export type RateLimit = {
  /** For requests without a verified token. */
  address(ip: string, contract: Contract, reply: FastifyReply): Promise<void>
  principal(principal: VerifiedToken['principal'], contract: Contract, reply: FastifyReply): Promise<void>
  /** For what no contract describes, such as files: counted in this process, so that it costs hardly anything. */
  other(ip: string, reply: FastifyReply): Promise<void>
}

type Counted = ReturnType<GatewayDeps['metrics']['counter']>
type Buckets = Record<'person' | 'device' | 'address' | 'signIn' | 'files', Bucket>

/** Those of the app, and those of the console, which are counted apart. */
export function createRateLimits(deps: GatewayDeps): { app: RateLimit; console: RateLimit } {
  const { config } = deps
  const limited = deps.metrics.counter('bahi_gateway_limited_total', 'Requests refused by a rate limit.', [
    'by',
  ])
  const app: Buckets = {
    person: bucketOf(config.BAHI_RATE_PERSON),
    device: bucketOf(config.BAHI_RATE_DEVICE),
    address: bucketOf(config.BAHI_RATE_ADDRESS),
    signIn: bucketOf(config.BAHI_RATE_SIGN_IN),
    files: bucketOf(config.BAHI_RATE_FILES),
  }
  const staff = bucketOf(config.BAHI_RATE_CONSOLE)
  const ofConsole: Buckets = {
    ...{ person: staff, device: staff, address: staff, files: app.files },
    signIn: bucketOf(config.BAHI_RATE_CONSOLE_SIGN_IN),
  }
  return {
    app: createRateLimit(deps, { buckets: app, prefix: 'rate', limited }),
    console: createRateLimit(deps, { buckets: ofConsole, prefix: 'rate-console', limited }),
  }
}

/** All throw `rate-limited`, and set the headers `ratelimit-*`. */
function createRateLimit(
  deps: Pick<GatewayDeps, 'clock' | 'cache'>,
  { buckets, prefix, limited }: { buckets: Buckets; prefix: string; limited: Counted },
): RateLimit {
  const local = memoryCache({ clock: deps.clock })
  const fallback = memoryCache({ clock: deps.clock })
  let failedMs = -Infinity

  async function take({ key, bucket }: Charge, cost: number): Promise<Taken> {
    const nowMs = deps.clock.now().getTime()
    if (nowMs - failedMs < cacheRetryAfterMs) return fallback.take(key, bucket, cost)
    try {
      return await deps.cache.take(key, bucket, cost)
    } catch {
      // The cache itself reports its outage.
      failedMs = nowMs
      return fallback.take(key, bucket, cost)
    }
  }

  async function charge(
    by: string,
    charges: Charge[],
    contract: Contract,
    reply: FastifyReply,
  ): Promise<void> {
    const taken = await Promise.all(
      charges.map(async (one) => ({
        ...one,
        ...(await take(one, Math.min(contract.cost ?? 1, one.bucket.capacity))),
      })),
    )
    settle(by, taken, reply)
  }

  /** Reports on the bucket that limits: the longest wait, else the fewest tokens left. */
  function settle(by: string, taken: (Charge & Taken)[], reply: FastifyReply): void {
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
      const charges = [{ key: `${prefix}:address:${from}`, bucket: buckets.address }]
      if (isSignIn(contract)) {
        charges.push({ key: `${prefix}:sign-in:${contract.url}:${from}`, bucket: buckets.signIn })
      }
      await charge('address', charges, contract, reply)
    },
    async principal(principal, contract, reply) {
      const isClient = principal.type === 'client'
      const userId = principal.userId
      // An app does not use up what its person may ask.
      const personKey = isClient ? `client:${principal.clientId}:${userId}` : `person:${userId}`
      const deviceId = isClient ? principal.clientId : principal.deviceId
      const charges = [
        { key: `${prefix}:${personKey}`, bucket: buckets.person },
        // A device chooses its id itself, so the id counts for its own person only.
        { key: `${prefix}:device:${userId}:${deviceId}`, bucket: buckets.device },
      ]
      await charge('person', charges, contract, reply)
    },
    async other(ip, reply) {
      const one = { key: networkOf(ip), bucket: buckets.files }
      settle('files', [{ ...one, ...(await local.take(one.key, one.bucket)) }], reply)
    },
  }
}

/**
 * Public writes, where an attacker can guess secrets or have messages sent; the sandbox's own routes excepted. Nobody
 * guesses a token, the secret of an app or a carrier's key, and thousands behind one address have to refresh theirs,
 * whoever else is there.
 */
function isSignIn({ access, method, service, url }: Contract): boolean {
  return (
    access === 'public' &&
    method !== 'GET' &&
    service !== 'sandbox' &&
    url !== refresh.url &&
    !url.startsWith('/v1/oauth/') &&
    url !== reportSms.url
  )
}

function bucketOf(text: string): Bucket {
  const [capacity, refillPerS] = text.split(':').map(Number)
  return { capacity: capacity!, refillPerS: refillPerS! }
}
