// Proves who asks: verifies access tokens, and remembers those it has verified until they expire.
import { createHash } from 'node:crypto'
import { Problem } from '@bahi/contracts/problem.ts'
import { personHeader, type Person } from '@bahi/kit/http/http.ts'
import { errors, jwtVerify, type JWTPayload } from 'jose'
import type { EndedSessions } from './ended-sessions.ts'
import type { GatewayDeps } from '../deps.ts'
import type { SigningKeys } from './signing-keys.ts'

const maxTokenLength = 4_096
const maxRemembered = 50_000
const clockToleranceS = 5
/** How long a session's end can stay unnoticed when its event was lost on the way here. */
const lookAgainMs = 30_000

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const roles: readonly string[] = ['person', 'operator', 'auditor'] satisfies Person['role'][]

export type Verified = {
  person: Person
  /** The person as services read it. */
  header: string
  /** When the token expires. */
  untilMs: number
}

export type VerifyToken = (token: string, atFirstSight: () => Promise<void>) => Promise<Verified>

/**
 * Throws `unauthenticated`, or `unavailable` when no key could be fetched yet. `atFirstSight` runs, and may refuse,
 * before any costly work on a token that isn't known here.
 */
export function createVerifyToken(
  deps: Pick<GatewayDeps, 'clock' | 'config'>,
  keys: SigningKeys,
  ended: EndedSessions,
): VerifyToken {
  /** By digest, so that no token lies in memory longer than its request; least recently seen first. */
  const known = new Map<string, Verified & { lookedMs: number }>()

  async function open(token: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(
      token,
      async ({ kid }) => {
        const key = kid === undefined ? undefined : await keys.find(kid)
        if (!key) throw refused('its key is not known')
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

  async function verifyNew(token: string): Promise<Verified> {
    try {
      const payload = await open(token)
      const person = personOf(payload)
      if (!person) throw refused('its claims are not complete')
      return {
        person,
        header: personHeader(person),
        untilMs: (payload.exp! + clockToleranceS) * 1000,
      }
    } catch (error) {
      if (error instanceof Problem) throw error
      if (error instanceof errors.JWTExpired) throw refused('it has expired')
      if (error instanceof errors.JOSEError || error instanceof TypeError) throw refused()
      throw error
    }
  }

  return async (token, atFirstSight) => {
    if (token.length > maxTokenLength) throw refused()
    const digest = createHash('sha256').update(token).digest('base64')
    const nowMs = deps.clock.now().getTime()
    let found = known.get(digest)
    if (!found || found.untilMs <= nowMs) {
      known.delete(digest)
      await atFirstSight()
      found = { ...(await verifyNew(token)), lookedMs: -Infinity }
    }
    const { sessionId } = found.person
    if (nowMs - found.lookedMs >= lookAgainMs) {
      found.lookedMs = nowMs
      await ended.look(sessionId)
    }
    known.delete(digest)
    if (ended.has(sessionId)) throw refused('its session has ended')
    known.set(digest, found)
    if (known.size > maxRemembered) known.delete(known.keys().next().value!)
    return found
  }
}

function refused(why?: string): Problem {
  return new Problem('unauthenticated', why && `the access token cannot be used: ${why}`)
}

function personOf(payload: JWTPayload): Person | undefined {
  const { sub, sid, did, role } = payload
  if (typeof sub !== 'string' || !uuid.test(sub)) return undefined
  if (typeof sid !== 'string' || !uuid.test(sid)) return undefined
  if (typeof did !== 'string' || did.length < 1 || did.length > 64) return undefined
  if (typeof role !== 'string' || !roles.includes(role)) return undefined
  return { userId: sub, sessionId: sid, deviceId: did, role: role as Person['role'] }
}
