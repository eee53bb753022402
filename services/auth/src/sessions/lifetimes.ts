// How long sessions and their tokens live, and how long a lost answer is repeated.

export const accessTokenLifeS = 15 * 60
/** Of an app that a person connected. */
export const refreshTokenLifeMs = 30 * 24 * 60 * 60_000
const dayMs = 24 * 60 * 60_000

type Limits = { config: { BAHI_SESSION_IDLE_DAYS: number; BAHI_SESSION_MAX_DAYS: number } }

/** When a session that is used now ends: after its idle time, or its whole life if that is over before. */
export function sessionExpiry({ config }: Limits, createdAt: Date, now: Date): Date {
  const idleMs = now.getTime() + config.BAHI_SESSION_IDLE_DAYS * dayMs
  return new Date(Math.min(idleMs, createdAt.getTime() + config.BAHI_SESSION_MAX_DAYS * dayMs))
}
/** For so long the device that used a refresh token may send it again: its answer may have been lost. */
export const refreshRetryMs = 60_000
