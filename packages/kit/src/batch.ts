// Natural batching: while one batch is in flight the next one gathers, or for as long as its pace says.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Clock } from './clock.ts'

/**
 * At least `ms` between the beginnings of two runs: what costs the same for any number of items is then paid for more
 * of them. After a pause the first item goes at once.
 */
export type BatchInterval = { ms: number; clock: Clock }

export type BatchOptions = {
  /** Items in one run at most. */
  maxItems: number
  /** Runs in flight at once; 1 keeps the order of arrival. */
  maxInFlight: number
  /** Items waiting at most; beyond it `overloaded`. */
  maxWaiting?: number
  interval?: BatchInterval | undefined
}

export type Batch<I, O> = {
  (item: I): Promise<O>
  /** Resolves when nothing waits and nothing is in flight. */
  idle(): Promise<void>
  /** Items waiting now. */
  waiting(): number
}

/**
 * Gathers single calls into runs. `run` answers one result an item, in order; an `Error` among them fails that item
 * alone. When `run` itself throws, all items of that run fail with it.
 */
export function batch<I, O>(run: (items: I[]) => Promise<(O | Error)[]>, options: BatchOptions): Batch<I, O> {
  type Waiting = { item: I; resolve: (value: O) => void; reject: (error: unknown) => void }
  const queue: Waiting[] = []
  const idlers: (() => void)[] = []
  const { maxWaiting = 10_000, interval: pace } = options
  let inFlight = 0
  let scheduled = false
  let begunMs = -Infinity

  function schedule(): void {
    if (scheduled || inFlight >= options.maxInFlight || queue.length === 0) return
    scheduled = true
    const restMs = pace ? begunMs + pace.ms - pace.clock.now().getTime() : 0
    if (pace && restMs > 0) void pace.clock.sleep(Math.min(restMs, pace.ms)).then(begin)
    // After the present turn of the event loop, so that requests read together travel together.
    else setImmediate(begin)
  }

  function begin(): void {
    scheduled = false
    begunMs = pace?.clock.now().getTime() ?? 0
    while (inFlight < options.maxInFlight && queue.length > 0) void flush(queue.splice(0, options.maxItems))
  }

  async function flush(taken: Waiting[]): Promise<void> {
    inFlight += 1
    try {
      const results = await run(taken.map((w) => w.item))
      if (results.length !== taken.length) throw new Error('a batch must answer each of its items')
      taken.forEach((w, i) => {
        const result = results[i] as O | Error
        if (result instanceof Error) w.reject(result)
        else w.resolve(result)
      })
    } catch (error) {
      for (const w of taken) w.reject(error)
    } finally {
      inFlight -= 1
      schedule()
      if (inFlight === 0 && queue.length === 0) for (const idler of idlers.splice(0)) idler()
    }
  }

  const add = (item: I) =>
    new Promise<O>((resolve, reject) => {
      if (queue.length >= maxWaiting) {
        reject(new Problem('overloaded', undefined, { retryAfterS: 1 }))
        return
      }
      queue.push({ item, resolve, reject })
      schedule()
    })
  return Object.assign(add, {
    idle: () =>
      new Promise<void>((resolve) => {
        if (inFlight === 0 && queue.length === 0) resolve()
        else idlers.push(resolve)
      }),
    waiting: () => queue.length,
  })
}
