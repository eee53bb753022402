// The public keys that access tokens are verified with: auth's JWKS, kept while auth is away.
import { jwks } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { importJWK, type CryptoKey, type JWK } from 'jose'
import type { GatewayDeps } from '../deps.ts'

/** Auth publishes a key an hour before it signs: a copy this young always has it. */
const renewAfterMs = 5 * 60_000
/** However many tokens name unknown keys, auth is asked this often at most. */
const coolDownMs = 5_000
const maxKeys = 20

export type SigningKeys = {
  /** Undefined when auth knows no such key. Throws `unavailable` when auth could never be asked. */
  find(kid: string): Promise<CryptoKey | undefined>
}

export function createSigningKeys(deps: Pick<GatewayDeps, 'call' | 'clock' | 'log'>): SigningKeys {
  let keys = new Map<string, CryptoKey>()
  let renewedMs = -Infinity
  let askedMs = -Infinity
  let renewing: Promise<void> | undefined
  const nowMs = () => deps.clock.now().getTime()

  async function renew(): Promise<void> {
    askedMs = nowMs()
    try {
      const answer = await deps.call(jwks, {})
      const fresh = new Map<string, CryptoKey>()
      for (const key of (answer.keys as JWK[]).slice(0, maxKeys)) {
        if (key.kty !== 'OKP' || key.crv !== 'Ed25519' || typeof key.kid !== 'string') continue
        fresh.set(key.kid, (await importJWK(key, 'EdDSA')) as CryptoKey)
      }
      keys = fresh
      renewedMs = nowMs()
    } catch (error) {
      deps.log.warn(
        { err: error, known: keys.size },
        'the keys of auth could not be fetched: those known stay',
      )
    }
  }

  function renewOnce(): Promise<void> {
    renewing ??= renew().finally(() => (renewing = undefined))
    return renewing
  }

  return {
    async find(kid) {
      const key = keys.get(kid)
      const mayAsk = nowMs() - askedMs >= coolDownMs
      if (key) {
        if (mayAsk && nowMs() - renewedMs >= renewAfterMs) void renewOnce()
        return key
      }
      if (renewing || mayAsk) await renewOnce()
      if (renewedMs === -Infinity) {
        throw new Problem('unavailable', 'tokens cannot be verified now', { retryAfterS: 2 })
      }
      return keys.get(kid)
    },
  }
}
