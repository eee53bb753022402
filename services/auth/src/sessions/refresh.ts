// Exchanges a refresh token for new tokens: each works once, and a second use that is no lost answer ends the session.
import type { refresh as contract, Tokens } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { AuthDeps } from '../deps.ts'
import { markEnded, appendEnded } from './end-session.ts'
import { refreshRetryMs } from './lifetimes.ts'
import {
  endSession,
  insertRefreshToken,
  extendSession,
  sessionOfUsedToken,
  sessionToRepeat,
  useRefreshToken,
} from './store.ts'
import { hashOf, nextRefreshToken, tokensOf } from './tokens.ts'

/**
 * Of concurrent uses of one token exactly one succeeds, unless the others are of the same device, which get the same
 * new token: its answer was lost. Any other second use means that the token was stolen, so the session ends, its newest
 * tokens included. Throws `refresh-token-invalid`.
 */
export async function refresh(
  deps: AuthDeps,
  { refreshToken, deviceId }: Input<typeof contract>['body'],
): Promise<Tokens> {
  const hash = hashOf(refreshToken)
  const now = deps.clock.now()
  const next = nextRefreshToken(deps, refreshToken, now)
  const session = await deps.transaction(async (tx) => {
    const sessionId = await useRefreshToken(tx, hash, now)
    if (!sessionId) {
      if (deviceId === undefined) return undefined
      const since = new Date(now.getTime() - refreshRetryMs)
      return sessionToRepeat(tx, { hash, next: next.hash, deviceId, since, now })
    }
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
