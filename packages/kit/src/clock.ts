// Time as a seam: services read this clock, so that tests and simulations can control it.
import { setTimeout as delay } from 'node:timers/promises'

export type Clock = {
  now(): Date
  /** Resolves early, without an error, when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => new Date(),
  async sleep(ms, signal) {
    await delay(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      if (!signal?.aborted) throw error
    })
  },
}
