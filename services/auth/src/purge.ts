// Deletes expired codes, login attempts, sessions and refresh tokens.
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import type { AuthDeps } from './deps.ts'
import { otpLifeMs, sendWindowMs } from './codes/otp.ts'
import { purgeOtps } from './codes/store.ts'
import { purgeRefreshTokens, purgeSessions } from './sessions/store.ts'
import { attemptsResetMs } from './sign-in/login.ts'
import { purgeLoginAttempts } from './sign-in/store.ts'

/** The most rows that one statement deletes. */
const limit = 500
const purgeEveryMs = 60_000
/** An ended session is kept this long, for support. */
export const keepEndedMs = 24 * 60 * 60_000
const keepOtpMs = sendWindowMs + otpLifeMs

export function purgeWorker(deps: AuthDeps): Worker {
  return {
    name: 'purge',
    intervalMs: purgeEveryMs,
    async run() {
      const now = deps.clock.now()
      const ago = (ms: number) => new Date(now.getTime() - ms)
      const deleted = [
        await purgeOtps(deps.sql, ago(keepOtpMs), limit),
        await purgeLoginAttempts(deps.sql, ago(attemptsResetMs), limit),
        await purgeSessions(deps.sql, now, ago(keepEndedMs), limit),
        await purgeRefreshTokens(deps.sql, now, limit),
      ]
      return deleted.some((count) => count === limit)
    },
  }
}
