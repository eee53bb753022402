// Exchanges a refresh token for new tokens: each works once, and a second use that is no lost answer ends the session.
import type { refresh as contract, Tokens } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { AuthDeps } from '../deps.ts'
import { requireDeviceKey } from './device-key.ts'
import { markEnded, appendEnded } from './end-session.ts'
import { refreshRetryMs, sessionExpiry } from './lifetimes.ts'
import {
  endSession,
  insertRefreshToken,
  extendSession,
  sessionOfUsedToken,
  sessionToRepeat,
  useRefreshToken,
} from './store.ts'
import { maskNetwork } from './session-network.ts'
import type { Origin } from '../tries/tries.ts'
import { hashOf, nextRefreshToken, tokensOf } from './tokens.ts'

/**
 * A token is nothing without the key of its device: with another key it is refused, and its session goes on. Of
 * concurrent uses by the device one uses it up, and the others get the same new token: the answer was lost. A later
 * second use means that the key is in other hands too, so the session ends, its newest tokens included. Throws
 * `refresh-token-invalid`, `device-proof-invalid`.
 */
export async function refresh(
  deps: AuthDeps,
  { refreshToken, deviceKey, network }: Input<typeof contract>['body'] & Origin,
): Promise<Tokens> {
  requireDeviceKey(deps, deviceKey)
  const sent = { hash: hashOf(refreshToken), deviceKey: deviceKey ?? null }
  const now = deps.clock.now()
  const next = nextRefreshToken(deps, refreshToken)
  const session = await deps.transaction(async (tx) => {
    const used = await useRefreshToken(tx, sent, now)
    if (!used) {
      if (deviceKey === undefined) return undefined
      const since = new Date(now.getTime() - refreshRetryMs)
      return sessionToRepeat(tx, { hash: sent.hash, next: next.hash, deviceKey, since, now })
    }
    const expiresAt = sessionExpiry(deps, used.createdAt, now)
    const extended = await extendSession(tx, used.id, { now, expiresAt, network: maskNetwork(network) })
    if (extended) await insertRefreshToken(tx, { hash: next.hash, sessionId: used.id, expiresAt })
    return extended
  })
  if (session) return tokensOf(deps, session, next.token)
  await endWhenReused(deps, sent)
  throw new Problem('refresh-token-invalid')
}

async function endWhenReused(deps: AuthDeps, sent: Parameters<typeof sessionOfUsedToken>[1]): Promise<void> {
  const ended = await deps.transaction(async (tx) => {
    const sessionId = await sessionOfUsedToken(tx, sent)
    const row = sessionId ? await endSession(tx, sessionId, deps.clock.now()) : undefined
    if (row) await appendEnded(deps, tx, [row], 'reuse')
    return row ? [row] : []
  })
  await markEnded(deps, ended)
}
