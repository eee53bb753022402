// Exchanges a refresh token for new tokens: each works once, and a second use ends the session.
import type { Tokens } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { AuthDeps } from '../deps.ts'
import { markEnded, tellEnded } from './end-session.ts'
import {
  endSession,
  insertRefreshToken,
  prolongSession,
  sessionOfUsedToken,
  useRefreshToken,
} from './store.ts'
import { hashOf, newRefreshToken, tokensOf } from './tokens.ts'

/**
 * Of those who use one token at the same time exactly one gets new ones. Any further use means that the
 * token is in two hands, so the whole session ends, the newest tokens with it. Throws
 * `refresh-token-invalid`.
 */
export async function refresh(deps: AuthDeps, refreshToken: string): Promise<Tokens> {
  const hash = hashOf(refreshToken)
  const now = deps.clock.now()
  const next = newRefreshToken(now)
  const session = await deps.transaction(async (tx) => {
    const sessionId = await useRefreshToken(tx, hash, now)
    if (!sessionId) return undefined
    const prolonged = await prolongSession(tx, sessionId, now, next.expiresAt)
    if (prolonged) await insertRefreshToken(tx, { hash: next.hash, sessionId, expiresAt: next.expiresAt })
    return prolonged
  })
  if (session) return tokensOf(deps, session, next.token)
  await endWhenReused(deps, hash)
  throw new Problem('refresh-token-invalid')
}

async function endWhenReused(deps: AuthDeps, hash: Buffer): Promise<void> {
  const ended = await deps.transaction(async (tx) => {
    const sessionId = await sessionOfUsedToken(tx, hash)
    const gone = sessionId ? await endSession(tx, sessionId, deps.clock.now()) : undefined
    if (gone) await tellEnded(deps, tx, [gone], 'reuse')
    return gone ? [gone] : []
  })
  await markEnded(deps, ended)
}
