// For tests: a clock that they can move forward.
import { systemClock, type Clock } from '@bahi/kit/clock.ts'

/** Runs with the system clock, plus what it was advanced by. Sleeps are cut short, so that workers notice a jump. */
export function adjustableClock(): Clock & { advance(ms: number): void } {
  const longestSleepMs = 20
  let aheadMs = 0
  return {
    now: () => new Date(Date.now() + aheadMs),
    sleep: (ms, signal) => systemClock.sleep(Math.min(ms, longestSleepMs), signal),
    advance: (ms) => void (aheadMs += ms),
  }
}
