// Which sessions have ended although their access tokens still look good: heard on the bus, and marked in the cache.
import type { EventData } from '@bahi/contracts/events.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import type { GatewayDeps } from '../deps.ts'

/** As long as an access token can live. */
const rememberMs = 15 * 60_000
const maxRemembered = 100_000
const warnEveryMs = 60_000

export type EndedSessions = {
  has(sessionId: string): boolean
  /** Looks for auth's mark as well. A cache that is down marks nothing. */
  look(sessionId: string): Promise<boolean>
  /** For the one who just ended it through us: nobody waits for the event. */
  end(sessionId: string): void
  /** Takes events of auth; returns the sessions that they end. */
  hear(events: CloudEvent[]): string[]
}

export function createEndedSessions(deps: Pick<GatewayDeps, 'cache' | 'clock' | 'log'>): EndedSessions {
  /** Session → until when it is remembered, oldest first. */
  const ended = new Map<string, number>()
  let warnedMs = -Infinity
  const nowMs = () => deps.clock.now().getTime()

  function remember(sessionId: string): void {
    ended.delete(sessionId)
    ended.set(sessionId, nowMs() + rememberMs)
    for (const [id, untilMs] of ended) {
      if (untilMs > nowMs() && ended.size <= maxRemembered) break
      ended.delete(id)
    }
  }

  return {
    has: (sessionId) => ended.has(sessionId),
    end: remember,
    async look(sessionId) {
      try {
        if ((await deps.cache.get(`session-ended:${sessionId}`)) === undefined) return false
        remember(sessionId)
        return true
      } catch (error) {
        if (nowMs() - warnedMs >= warnEveryMs) {
          warnedMs = nowMs()
          deps.log.warn({ err: error }, 'the cache is down: ended sessions are known from events alone')
        }
        return false
      }
    },
    hear(events) {
      const sessions = events
        .filter((event) => event.type === 'auth.session-ended')
        .map((event) => (event.data as EventData<'auth.session-ended'>).sessionId)
      sessions.forEach(remember)
      return sessions
    },
  }
}
