// Sessions of the console: begun there, with a staff role, and ended by idleness. No other session is taken there.
import { login } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { AccessDeps } from '../access/authorise-request.ts'
import type { GatewayDeps } from '../deps.ts'
import type { AcceptTokens } from '../forwarding/forward.ts'
import { setCookie } from '../tokens/cookie-session.ts'
import type { VerifiedToken, VerifyToken } from '../tokens/verify-token.ts'

export type ConsoleSessions = {
  /** As for any edge, and only for sessions of the console that are not idle. Throws `unavailable` without a cache. */
  verify: VerifyToken
  acceptTokens: AcceptTokens
}

/**
 * In the cache, which all gateways share: a session whose mark is gone has ended. While the cache is away nobody uses
 * the console, rather than anybody with any session.
 */
export function createConsoleSessions(
  deps: Pick<GatewayDeps, 'cache' | 'config'>,
  { verify, staff }: Pick<AccessDeps, 'verify' | 'staff'>,
): ConsoleSessions {
  const idleMs = deps.config.BAHI_CONSOLE_IDLE_S * 1_000
  const keyOf = (verified: VerifiedToken) => `console-session:${verified.endedBy}`

  async function cached<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch {
      throw new Problem('unavailable', 'sessions of the console cannot be looked up', { retryAfterS: 2 })
    }
  }
  const mark = (verified: VerifiedToken) => cached(() => deps.cache.set(keyOf(verified), '1', idleMs))
  const isOpen = async (verified: VerifiedToken) =>
    (await cached(() => deps.cache.get(keyOf(verified)))) !== undefined

  /** With the roles of now. Throws `not-allowed` for who has no staff role any more. */
  async function asStaff(verified: VerifiedToken): Promise<VerifiedToken> {
    const now = await staff(verified)
    if (now.principal.type === 'operator') return now
    throw new Problem('not-allowed', 'the console is for staff')
  }

  return {
    async verify(token, beforeVerification) {
      const verified = await verify(token, beforeVerification)
      if (!(await isOpen(verified)))
        throw new Problem(
          'unauthenticated',
          'this session was not begun in the console, or was idle too long',
        )
      const now = await asStaff(verified)
      await mark(verified)
      return now
    },
    async acceptTokens(contract, { accessToken }, request, reply) {
      const verified = await verify(accessToken, () => Promise.resolve())
      try {
        await asStaff(verified)
        if (contract !== login && !(await isOpen(verified)))
          throw new Problem('refresh-token-invalid', 'this session was idle too long')
        await mark(verified)
      } catch (error) {
        setCookie(request, reply, 'console', '', 0)
        throw error
      }
    },
  }
}
