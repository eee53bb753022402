// Time that stands still while something is on its way, and otherwise runs as fast as the machine can.
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@bahi/kit/clock.ts'

export type SimulatedClock = Clock & {
  /** Forward at once; whoever should have woken meanwhile wakes once. */
  jump(ms: number): void
  /** Called around whatever takes real time: then the clock waits for it. */
  busy(): void
  done(): void
  /** Nothing wakes any more, until it goes on; resolves when nothing is on its way. */
  pause(): Promise<void>
  goOn(): void
  stop(): void
}

type Sleeper = { atMs: number; wake: () => void }

/** Real milliseconds after which time goes on although something is on its way: it may wait for time itself. */
const patienceMs = 80
const turnsOfQuiet = 4

/** Cryptography happens in threads of its own: each clock waits for it too. */
const watchers = new Set<{ busy(): void; done(): void }>()
type Work = (...input: unknown[]) => Promise<unknown>
const subtle = SubtleCrypto.prototype as unknown as Record<string, Work>
for (const name of ['sign', 'verify', 'encrypt', 'decrypt', 'deriveBits', 'importKey', 'digest']) {
  const work = subtle[name]!
  subtle[name] = function (this: unknown, ...input) {
    const waiting = [...watchers]
    for (const one of waiting) one.busy()
    return work.apply(this, input).finally(() => {
      for (const one of waiting) one.done()
    })
  }
}

/** @param stepMs how coarse time is: everything that is due within a step wakes together */
export function simulatedClock(start: Date, stepMs = 100): SimulatedClock {
  let nowMs = start.getTime()
  let onTheWay = 0
  let running = true
  let paused = false
  let atQuiet: () => void = () => undefined
  const sleepers = new Set<Sleeper>()

  function busy(): void {
    onTheWay += 1
  }
  function done(): void {
    onTheWay -= 1
    if (onTheWay === 0) atQuiet()
  }

  function wakeDue(): void {
    const due = [...sleepers].filter((one) => one.atMs <= nowMs).sort((one, other) => one.atMs - other.atMs)
    for (const one of due) {
      sleepers.delete(one)
      one.wake()
    }
  }

  /** Resolves when nothing is on its way, or patience is over. */
  async function untilQuiet(): Promise<void> {
    for (let quiet = 0; running && quiet < turnsOfQuiet;) {
      await new Promise((resolve) => setImmediate(resolve))
      quiet += 1
      if (onTheWay === 0) continue
      quiet = 0
      const over = new AbortController()
      const timer = setTimeout(() => over.abort(), patienceMs)
      await new Promise<void>((resolve) => {
        atQuiet = resolve
        over.signal.addEventListener('abort', () => resolve(), { once: true })
      })
      clearTimeout(timer)
      if (over.signal.aborted) return
    }
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
        const sleeper = { atMs: nowMs + Math.max(0, ms), wake: resolve }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => sleepers.delete(sleeper) && resolve(), { once: true })
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
      // Once is not enough: what has just ended may lead to more.
      for (let quiet = 0; quiet < 3; quiet += 1) {
        await delay(2)
        if (onTheWay > 0) quiet = 0
      }
    },
    goOn: () => void (paused = false),
    stop() {
      running = false
      watchers.delete(atCryptography)
    },
  }
}
