// The two tokens of a session: a signed access token, and an opaque refresh token.
import { createHash, randomBytes } from 'node:crypto'
import type { Tokens } from '@bahi/contracts/auth.ts'
import { SignJWT } from 'jose'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { AuthDeps } from '../deps.ts'
import { amrOf } from '../second-factor/factor-state.ts'
import { accessTokenLifeS } from './lifetimes.ts'
import type { OpenSession } from './store.ts'

const audience = 'bahi'

export type RefreshToken = { token: string; hash: Buffer }

/** 256 random bits, so an unkeyed hash is enough to store it by. */
export function newRefreshToken(): RefreshToken {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashOf(token) }
}

/**
 * The token that follows this one, the same each time: a repeated refresh repeats its answer, and no token has to be
 * stored for that. Without our key nobody can tell it from a random one.
 */
export function nextRefreshToken({ seal }: Pick<AuthDeps, 'seal'>, refreshToken: string): RefreshToken {
  const token = seal.fingerprint(refreshToken, 'auth.next-refresh-token').toString('base64url')
  return { token, hash: hashOf(token) }
}

export function hashOf(refreshToken: string): Buffer {
  return createHash('sha256').update(refreshToken).digest()
}

/** The tokens for the person; called after the session and its refresh token are committed. */
export async function tokensOf(deps: AuthDeps, session: OpenSession, refreshToken: string): Promise<Tokens> {
  const { kid, key } = await deps.keys.current()
  const nowMs = deps.clock.now().getTime()
  const issuedAtS = Math.floor(nowMs / 1000)
  const { id: sid, deviceId: did, keyThumbprint: jkt, roles } = session
  const amr = amrOf(deps, session, deps.clock.now())
  const accessToken = await new SignJWT({ sid, did, roles, amr, ...(jkt === null ? {} : { cnf: { jkt } }) })
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt' })
    .setIssuer(deps.config.BAHI_ISSUER)
    .setAudience(audience)
    .setSubject(session.userId)
    .setIssuedAt(issuedAtS)
    .setExpirationTime(issuedAtS + accessTokenLifeS)
    .setJti(uuidv7(nowMs))
    .sign(key)
  return { userId: session.userId, accessToken, refreshToken, expiresInS: accessTokenLifeS }
}
