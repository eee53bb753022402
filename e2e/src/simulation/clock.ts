// A simulated clock: it stands still while work is in flight, and otherwise runs as fast as the machine can.
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@bahi/kit/clock.ts'

export type SimulatedClock = Clock & {
  /** Advances at once; each sleeper that became due meanwhile wakes once. */
  jump(ms: number): void
  /** `busy` and `done` enclose work that takes real time: the clock waits for it. */
  busy(): void
  done(): void
  /** No sleeper wakes until `resume`; resolves when nothing is in flight. */
  pause(): Promise<void>
  resume(): void
  stop(): void
}

type Sleeper = { atMs: number; wake: () => void }

/**
 * Real milliseconds without any progress of the work in flight after which time advances all the same: the work may
 * itself wait for the clock. Doubled with each step in a row that brought no progress, up to `longestWaitMs`, so that a
 * machine that is only slow does not let calls time out.
 */
export const maxWaitMs = 80
const longestWaitMs = 1_000
const turnsOfQuiet = 4

/** Cryptography runs in threads of its own: each clock waits for it too. */
const watchers = new Set<{ busy(): void; done(): void }>()
type Work = (...input: unknown[]) => Promise<unknown>
const subtle = SubtleCrypto.prototype as unknown as Record<string, Work>
for (const name of ['sign', 'verify', 'encrypt', 'decrypt', 'deriveBits', 'importKey', 'digest']) {
  const work = subtle[name]!
  subtle[name] = function (this: unknown, ...input) {
    const waiting = [...watchers]
    for (const watcher of waiting) watcher.busy()
    return work.apply(this, input).finally(() => {
      for (const watcher of waiting) watcher.done()
    })
  }
}

/** @param stepMs resolution: everything that is due within a step wakes together */
export function simulatedClock(start: Date, stepMs = 100): SimulatedClock {
  let nowMs = start.getTime()
  let inFlight = 0
  let running = true
  let paused = false
  let atProgress: () => void = () => undefined
  const sleepers = new Set<Sleeper>()

  function busy(): void {
    inFlight += 1
    atProgress()
  }
  function done(): void {
    inFlight -= 1
    atProgress()
  }

  function wakeDue(): void {
    const due = [...sleepers].filter((one) => one.atMs <= nowMs).sort((one, other) => one.atMs - other.atMs)
    for (const one of due) one.wake()
  }

  /** Resolves when work starts or ends, at the latest after so many real milliseconds; true if something did. */
  function progress(waitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), waitMs)
      atProgress = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
  }

  let waitMs = maxWaitMs
  /** Resolves when nothing is in flight, or when what is in flight makes no progress. */
  async function untilQuiet(): Promise<void> {
    for (let quiet = 0; running && quiet < turnsOfQuiet;) {
      await new Promise((resolve) => setImmediate(resolve))
      quiet += 1
      if (inFlight === 0) continue
      quiet = 0
      if (!(await progress(waitMs))) {
        waitMs = Math.min(2 * waitMs, longestWaitMs)
        return
      }
      waitMs = maxWaitMs
    }
    waitMs = maxWaitMs
  }

  async function run(): Promise<void> {
    while (running) {
      await untilQuiet()
      if (paused || sleepers.size === 0) await delay(1)
      if (paused) continue
      nowMs += stepMs
      wakeDue()
    }
  }
  void run()
  const atCryptography = { busy, done }
  watchers.add(atCryptography)

  return {
    now: () => new Date(nowMs),
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          sleepers.delete(sleeper)
          // A signal with a listener is kept for good, and with it all that its service had.
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const sleeper: Sleeper = { atMs: nowMs + Math.max(0, ms), wake }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', wake, { once: true })
      })
    },
    jump(ms) {
      nowMs += ms
      wakeDue()
    },
    busy,
    done,
    async pause() {
      paused = true
      // One check is not enough: work that has just ended may start more.
      for (let quiet = 0; quiet < 3; quiet += 1) {
        await delay(2)
        if (inFlight > 0) quiet = 0
      }
    },
    resume: () => void (paused = false),
    stop() {
      running = false
      watchers.delete(atCryptography)
    },
  }
}
