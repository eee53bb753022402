// Exchanges a refresh token for new tokens: each works once, and a second use ends the session.
import type { Tokens } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { AuthDeps } from '../deps.ts'
import { markEnded, appendEnded } from './end-session.ts'
import {
  endSession,
  insertRefreshToken,
  extendSession,
  sessionOfUsedToken,
  useRefreshToken,
} from './store.ts'
import { hashOf, newRefreshToken, tokensOf } from './tokens.ts'

/**
 * Of concurrent uses of one token exactly one succeeds. A second use means that the token was stolen, so the session
 * ends, its newest tokens included. Throws `refresh-token-invalid`.
 */
export async function refresh(deps: AuthDeps, refreshToken: string): Promise<Tokens> {
  const hash = hashOf(refreshToken)
  const now = deps.clock.now()
  const next = newRefreshToken(now)
  const session = await deps.transaction(async (tx) => {
    const sessionId = await useRefreshToken(tx, hash, now)
    if (!sessionId) return undefined
    const extended = await extendSession(tx, sessionId, now, next.expiresAt)
    if (extended) await insertRefreshToken(tx, { hash: next.hash, sessionId, expiresAt: next.expiresAt })
    return extended
  })
  if (session) return tokensOf(deps, session, next.token)
  await endWhenReused(deps, hash)
  throw new Problem('refresh-token-invalid')
}

async function endWhenReused(deps: AuthDeps, hash: Buffer): Promise<void> {
  const ended = await deps.transaction(async (tx) => {
    const sessionId = await sessionOfUsedToken(tx, hash)
    const row = sessionId ? await endSession(tx, sessionId, deps.clock.now()) : undefined
    if (row) await appendEnded(deps, tx, [row], 'reuse')
    return row ? [row] : []
  })
  await markEnded(deps, ended)
}
