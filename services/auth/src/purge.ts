// Deletes what has no use any more: old codes, forgotten tries, sessions and tokens past their time.
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import type { AuthDeps } from './deps.ts'
import { otpLifeMs, sendsWindowMs } from './codes/otp.ts'
import { purgeOtps } from './codes/store.ts'
import { purgeRefreshTokens, purgeSessions } from './sessions/store.ts'
import { forgetTriesMs } from './sign-in/login.ts'
import { purgeLoginTries } from './sign-in/store.ts'

/** Rows that one statement deletes at most. */
const limit = 500
const purgeEveryMs = 60_000
/** An ended session stays this long for support to find. */
export const keepEndedMs = 24 * 60 * 60_000
const keepOtpMs = sendsWindowMs + otpLifeMs

export function purgeWorker(deps: AuthDeps): Worker {
  return {
    name: 'purge',
    intervalMs: purgeEveryMs,
    async run() {
      const now = deps.clock.now()
      const ago = (ms: number) => new Date(now.getTime() - ms)
      const gone = [
        await purgeOtps(deps.sql, ago(keepOtpMs), limit),
        await purgeLoginTries(deps.sql, ago(forgetTriesMs), limit),
        await purgeSessions(deps.sql, now, ago(keepEndedMs), limit),
        await purgeRefreshTokens(deps.sql, now, limit),
      ]
      return gone.some((count) => count === limit)
    },
  }
}
