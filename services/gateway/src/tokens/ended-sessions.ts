// Sessions and grants that have ended while their access tokens are still valid: from events and marks in the cache.
import type { EventData } from '@bahi/contracts/events.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { boundedMap } from '@bahi/kit/cache/bounded-map.ts'
import type { GatewayDeps } from '../deps.ts'

/** The lifetime of an access token. */
const retentionMs = 15 * 60_000
const maxEntries = 100_000

export type EndedSessions = {
  /** Of a session or a grant. */
  has(id: string): boolean
  /** Looks up auth's mark in the cache. While the cache is unavailable the answer is false. */
  check(sessionId: string): Promise<boolean>
  /** For a session that was ended through this gateway: its tokens are refused before the event arrives. */
  add(sessionId: string): void
  /** Consumes events of auth; returns the sessions that they end. */
  consume(events: CloudEvent[]): string[]
}

export function createEndedSessions(deps: Pick<GatewayDeps, 'cache' | 'clock'>): EndedSessions {
  const ended = boundedMap<true>(deps.clock, { maxEntries })

  const add = (sessionId: string) => ended.set(sessionId.toLowerCase(), true, retentionMs)

  return {
    has: (id) => ended.get(id.toLowerCase()) !== undefined,
    add,
    async check(sessionId) {
      try {
        if ((await deps.cache.get(`session-ended:${sessionId}`)) === undefined) return false
        add(sessionId)
        return true
      } catch {
        // The cache itself reports its outage.
        return false
      }
    },
    consume(events) {
      const sessions = events
        .filter((event) => event.type === 'auth.session-ended')
        .map((event) => (event.data as EventData<'auth.session-ended'>).sessionId)
      sessions.forEach(add)
      for (const { type, data } of events) {
        if (type === 'auth.app-disconnected') add((data as EventData<'auth.app-disconnected'>).grantId)
      }
      return sessions
    },
  }
}
