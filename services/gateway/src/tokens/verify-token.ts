// Verifies access tokens, and caches the result until they expire.
import { createHash } from 'node:crypto'
import { Problem } from '@bahi/contracts/problem.ts'
import { isUuid } from '@bahi/contracts/id.ts'
import { isClientScope, isRole } from '@bahi/contracts/permissions.ts'
import { principalOf, type Principal } from '@bahi/contracts/principal.ts'
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
  principal: Exclude<Principal, { type: 'service' }>
  /** What ends the token before it expires: its session, or the person's consent to an app. */
  endedBy: string
  /** Thumbprint of the key that the token is bound to (`cnf.jkt`); undefined for a client of a sandbox without one. */
  deviceKey: string | undefined
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
      const found = 'client_id' in payload ? clientIn(payload) : personIn(payload)
      if (!found) throw invalidToken('its claims are incomplete')
      const { principal, endedBy } = found
      return {
        principal,
        endedBy,
        deviceKey: (payload['cnf'] as { jkt?: string } | undefined)?.jkt,
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
    const { endedBy } = entry
    if (nowMs - entry.checkedMs >= recheckAfterMs) {
      entry.checkedMs = nowMs
      await ended.check(endedBy)
    }
    cache.delete(digest)
    if (ended.has(endedBy)) throw invalidToken('its session has ended')
    cache.set(digest, entry, entry.untilMs - nowMs)
    return entry
  }
}

function invalidToken(why?: string): Problem {
  return new Problem('unauthenticated', why && `the access token cannot be used: ${why}`)
}

type Found = Pick<VerifiedToken, 'principal' | 'endedBy'>

function personIn(payload: JWTPayload): Found | undefined {
  const { sub, sid, did, roles } = payload
  if (typeof sub !== 'string' || !isUuid(sub)) return undefined
  if (typeof sid !== 'string' || !isUuid(sid)) return undefined
  if (typeof did !== 'string' || did.length < 1 || did.length > 64) return undefined
  if (!Array.isArray(roles) || !roles.every(isRole)) return undefined
  return { principal: principalOf({ userId: sub, sessionId: sid, deviceId: did, roles }), endedBy: sid }
}

/**
 * An app of somebody else: for a person who agreed to it, with its own credentials for the one who owns it too.
 * A scope counts only where it is a permission that people can give away.
 */
function clientIn(payload: JWTPayload): Found | undefined {
  const { sub, client_id: clientId, gid, owner, scope } = payload
  if (typeof clientId !== 'string' || typeof gid !== 'string' || typeof sub !== 'string') return undefined
  const userId = sub === clientId ? owner : sub
  if (typeof userId !== 'string' || !isUuid(userId)) return undefined
  const scopes = typeof scope === 'string' ? scope.split(' ').filter(isClientScope) : []
  return { principal: { type: 'client', clientId, scopes, userId }, endedBy: gid }
}
