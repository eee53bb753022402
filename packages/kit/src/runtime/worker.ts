// Work that a service does by itself: a loop with an interval, a wake-up, and a heartbeat for readiness.
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

export type Worker = {
  name: string
  /** One round. True: there is more to do, run the next round at once. `soon`: run it after `minIntervalMs`. */
  run(): Promise<boolean | 'soon' | void>
  /** Milliseconds between rounds. */
  intervalMs: number
  /** The least time between two rounds, however often it is woken, so that a round handles more. Default 0. */
  minIntervalMs?: number
  /** Runs after the last round, when the worker is stopped. */
  onStop?(): Promise<void>
}

export type RunningWorker = {
  name: string
  /** Starts the next round now. */
  wake(): void
  /** Milliseconds since the last successful round. */
  idleMs(): number
  /** Without a successful round for longer than this, the worker is stuck. */
  stallAfterMs: number
  /** Stops after the current round. */
  stop(): Promise<void>
}

const maxBackoffMs = 10_000
/** How often a worker that goes on failing is logged. */
const logEveryMs = 60_000

/** @param report takes note of an error that is the outage of a server, and returns false for any other */
export function startWorker(
  worker: Worker,
  clock: Clock,
  log: Log,
  report: (error: unknown) => boolean = () => false,
): RunningWorker {
  const stopping = new AbortController()
  let pause = new AbortController()
  let woken = false
  let lastSuccessMs = clock.now().getTime()
  let failures = 0
  let loggedMs = -Infinity

  /** A failed round is tried again with backoff; readiness reports a worker that fails for long. */
  function failed(error: unknown): void {
    failures += 1
    const nowMs = clock.now().getTime()
    const fields = { err: error, worker: worker.name, failures }
    const isKnown = report(error) || nowMs - loggedMs < logEveryMs
    log[isKnown ? 'debug' : 'error'](fields, 'worker round failed, will be tried again')
    if (!isKnown) loggedMs = nowMs
  }

  function succeeded(): void {
    lastSuccessMs = clock.now().getTime()
    if (failures > 0 && loggedMs > -Infinity)
      log.warn({ worker: worker.name, failures }, 'worker works again')
    failures = 0
    loggedMs = -Infinity
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = false
      let more: boolean | 'soon' | void = false
      try {
        more = await worker.run()
        succeeded()
      } catch (error) {
        failed(error)
      }
      if (failures > 0) {
        // A wake-up does not shorten the backoff.
        await clock.sleep(Math.min(worker.intervalMs + 100 * 2 ** failures, maxBackoffMs), stopping.signal)
        continue
      }
      if (more === true) continue
      if (more === 'soon' || woken) {
        if (worker.minIntervalMs) await clock.sleep(worker.minIntervalMs, stopping.signal)
        continue
      }
      pause = new AbortController()
      await clock.sleep(worker.intervalMs, AbortSignal.any([pause.signal, stopping.signal]))
    }
  }
  const ended = loop()
  return {
    name: worker.name,
    stallAfterMs: worker.intervalMs * 3 + 15_000,
    idleMs: () => clock.now().getTime() - lastSuccessMs,
    wake() {
      woken = true
      pause.abort()
    },
    async stop() {
      stopping.abort()
      await ended
      await worker.onStop?.()
    },
  }
}
