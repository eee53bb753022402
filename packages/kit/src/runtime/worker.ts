// Work that a service does by itself: a loop with a pace, a wake-up, and a heartbeat that readiness asks for.
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

export type Worker = {
  name: string
  /** One round. True asks for the next round at once: there was more to do; `soon` for one at its pace. */
  run(): Promise<boolean | 'soon' | void>
  /** Milliseconds between rounds. */
  intervalMs: number
  /** At least so long between two rounds, however often it is woken; more comes together meanwhile. Default 0. */
  minIntervalMs?: number
  /** After the last round, when the work ends in good order. */
  onStop?(): Promise<void>
}

export type RunningWorker = {
  name: string
  /** Begins the next round now. */
  wake(): void
  /** Milliseconds since a round last ended well. */
  idleMs(): number
  /** More than this without a good round means that the worker is stuck. */
  stallAfterMs: number
  /** Ends after the present round. */
  stop(): Promise<void>
}

const maxBackoffMs = 10_000

export function startWorker(worker: Worker, clock: Clock, log: Log): RunningWorker {
  const stopping = new AbortController()
  let nap = new AbortController()
  let woken = false
  let lastGoodMs = clock.now().getTime()
  let failures = 0

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = false
      let more: boolean | 'soon' | void = false
      try {
        more = await worker.run()
        lastGoodMs = clock.now().getTime()
        failures = 0
      } catch (error) {
        // A round that fails is tried again with back-off; readiness tells when none succeeds for long.
        failures += 1
        log.error({ err: error, worker: worker.name, failures }, 'a round failed and will be tried again')
      }
      if (failures > 0) {
        // Not even a wake-up shortens it: what fails is not asked in a hurry.
        await clock.sleep(Math.min(worker.intervalMs + 100 * 2 ** failures, maxBackoffMs), stopping.signal)
        continue
      }
      if (more === true) continue
      if (more === 'soon' || woken) {
        if (worker.minIntervalMs) await clock.sleep(worker.minIntervalMs, stopping.signal)
        continue
      }
      nap = new AbortController()
      await clock.sleep(worker.intervalMs, AbortSignal.any([nap.signal, stopping.signal]))
    }
  }
  const ended = loop()
  return {
    name: worker.name,
    stallAfterMs: worker.intervalMs * 3 + 15_000,
    idleMs: () => clock.now().getTime() - lastGoodMs,
    wake() {
      woken = true
      nap.abort()
    },
    async stop() {
      stopping.abort()
      await ended
      await worker.onStop?.()
    },
  }
}
