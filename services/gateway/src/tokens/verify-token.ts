// Verifies access tokens, and caches the result until they expire.
import { createHash } from 'node:crypto'
import { Problem } from '@bahi/contracts/problem.ts'
import { isUuid } from '@bahi/contracts/id.ts'
import { isRole } from '@bahi/contracts/permissions.ts'
import { principalOf, type PersonPrincipal } from '@bahi/contracts/principal.ts'
import { principalHeader } from '@bahi/kit/http/principal.ts'
import { boundedMap } from '@bahi/kit/cache/bounded-map.ts'
import { errors, jwtVerify, type JWTPayload } from 'jose'
import type { EndedSessions } from './ended-sessions.ts'
import type { GatewayDeps } from '../deps.ts'
import type { SigningKeys } from './signing-keys.ts'

const maxTokenLength = 4_096
const maxCached = 50_000
const clockToleranceS = 5
/** A cached token's session is checked this often, in case the event of its end was lost. */
const recheckAfterMs = 30_000

export type VerifiedToken = {
  principal: PersonPrincipal
  /** The principal as the internal header names it. */
  header: string
  /** When the token expires, clock tolerance included. */
  untilMs: number
}

export type VerifyToken = (token: string, beforeVerification: () => Promise<void>) => Promise<VerifiedToken>

/**
 * Throws `unauthenticated`, or `unavailable` when no key could be fetched yet. `beforeVerification` runs, and may
 * refuse, before the signature of a token that is not in the cache is verified.
 */
export function createVerifyToken(
  deps: Pick<GatewayDeps, 'clock' | 'config'>,
  keys: SigningKeys,
  ended: EndedSessions,
): VerifyToken {
  /** By digest, so that no token stays in memory longer than its request; least recently used first. */
  const cache = boundedMap<VerifiedToken & { checkedMs: number }>(deps.clock, { maxEntries: maxCached })

  async function verifySignature(token: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(
      token,
      async ({ kid }) => {
        const key = kid === undefined ? undefined : await keys.find(kid)
        if (!key) throw invalidToken('its key is unknown')
        return key
      },
      {
        algorithms: ['EdDSA'],
        typ: 'at+jwt',
        issuer: deps.config.BAHI_ISSUER,
        audience: 'bahi',
        requiredClaims: ['exp', 'sub'],
        currentDate: deps.clock.now(),
        clockTolerance: clockToleranceS,
      },
    )
    return payload
  }

  async function verifyNew(token: string): Promise<VerifiedToken> {
    try {
      const payload = await verifySignature(token)
      const principal = principalIn(payload)
      if (!principal) throw invalidToken('its claims are incomplete')
      return {
        principal,
        header: principalHeader(principal),
        untilMs: (payload.exp! + clockToleranceS) * 1000,
      }
    } catch (error) {
      if (error instanceof Problem) throw error
      if (error instanceof errors.JWTExpired) throw invalidToken('it has expired')
      if (error instanceof errors.JOSEError || error instanceof TypeError) throw invalidToken()
      throw error
    }
  }

  return async (token, beforeVerification) => {
    if (token.length > maxTokenLength) throw invalidToken()
    const digest = createHash('sha256').update(token).digest('base64')
    const nowMs = deps.clock.now().getTime()
    let entry = cache.get(digest)
    if (!entry) {
      await beforeVerification()
      entry = { ...(await verifyNew(token)), checkedMs: -Infinity }
    }
    const { sessionId } = entry.principal
    if (nowMs - entry.checkedMs >= recheckAfterMs) {
      entry.checkedMs = nowMs
      await ended.check(sessionId)
    }
    cache.delete(digest)
    if (ended.has(sessionId)) throw invalidToken('its session has ended')
    cache.set(digest, entry, entry.untilMs - nowMs)
    return entry
  }
}

function invalidToken(why?: string): Problem {
  return new Problem('unauthenticated', why && `the access token cannot be used: ${why}`)
}

function principalIn(payload: JWTPayload): PersonPrincipal | undefined {
  const { sub, sid, did, roles } = payload
  if (typeof sub !== 'string' || !isUuid(sub)) return undefined
  if (typeof sid !== 'string' || !isUuid(sid)) return undefined
  if (typeof did !== 'string' || did.length < 1 || did.length > 64) return undefined
  if (!Array.isArray(roles) || !roles.every(isRole)) return undefined
  return principalOf({ userId: sub, sessionId: sid, deviceId: did, roles })
}
