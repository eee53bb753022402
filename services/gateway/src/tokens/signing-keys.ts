// The public keys that access tokens are verified with: a cached copy of auth's JWKS.
import { jwks } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { importJWK, type CryptoKey, type JWK } from 'jose'
import type { GatewayDeps } from '../deps.ts'

/** Auth publishes a key an hour before it signs, so a copy of this age has every signing key. */
const refetchAfterMs = 5 * 60_000
/** Limits the requests to auth, however many tokens name unknown keys. */
const minFetchIntervalMs = 5_000
const maxKeys = 20

export type SigningKeys = {
  /** Undefined for a key that auth does not publish. Throws `unavailable` while no keys were ever fetched. */
  find(kid: string): Promise<CryptoKey | undefined>
}

export function createSigningKeys(deps: Pick<GatewayDeps, 'call' | 'clock' | 'log'>): SigningKeys {
  let keys = new Map<string, CryptoKey>()
  let fetchedMs = -Infinity
  let attemptedMs = -Infinity
  let fetching: Promise<void> | undefined
  const nowMs = () => deps.clock.now().getTime()

  async function fetchKeys(): Promise<void> {
    attemptedMs = nowMs()
    try {
      const response = await deps.call(jwks, {})
      const fetched = new Map<string, CryptoKey>()
      for (const key of (response.keys as JWK[]).slice(0, maxKeys)) {
        if (key.kty !== 'OKP' || key.crv !== 'Ed25519' || typeof key.kid !== 'string') continue
        fetched.set(key.kid, (await importJWK(key, 'EdDSA')) as CryptoKey)
      }
      keys = fetched
      fetchedMs = nowMs()
    } catch (error) {
      deps.log.warn(
        { err: error, cachedKeys: keys.size },
        'signing keys could not be fetched from auth: cached keys stay in use',
      )
    }
  }

  function fetchOnce(): Promise<void> {
    fetching ??= fetchKeys().finally(() => (fetching = undefined))
    return fetching
  }

  return {
    async find(kid) {
      const key = keys.get(kid)
      const mayFetch = nowMs() - attemptedMs >= minFetchIntervalMs
      if (key) {
        if (mayFetch && nowMs() - fetchedMs >= refetchAfterMs) void fetchOnce()
        return key
      }
      if (fetching || mayFetch) await fetchOnce()
      if (fetchedMs === -Infinity) {
        throw new Problem('unavailable', 'tokens cannot be verified now', { retryAfterS: 2 })
      }
      return keys.get(kid)
    },
  }
}
