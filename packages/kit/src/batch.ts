// Natural batching: items that arrive while a batch is in flight, or within the batch interval, form the next batch.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Clock } from './clock.ts'
import { currentTrace, type Trace } from './trace.ts'
import { inSpanOfBatch } from './tracing/spans.ts'

/**
 * At least `ms` between the starts of two runs, so that a cost per run is shared by more items. After a longer pause
 * the first item runs at once.
 */
export type BatchInterval = { ms: number; clock: Clock }

export type BatchOptions = {
  /** What it does, as its spans are named; default `batch`. */
  name?: string
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
 * Collects single calls into runs. `run` returns one result per item, in order; an `Error` among them fails that item
 * alone. When `run` itself throws, all items of that run fail with it.
 */
export function batch<I, O>(run: (items: I[]) => Promise<(O | Error)[]>, options: BatchOptions): Batch<I, O> {
  type Waiting = {
    item: I
    trace: Trace | undefined
    resolve: (value: O) => void
    reject: (error: unknown) => void
  }
  const queue: Waiting[] = []
  const idlers: (() => void)[] = []
  const { maxWaiting = 10_000, interval } = options
  let inFlight = 0
  let scheduled = false
  let startedMs = -Infinity

  function schedule(): void {
    if (scheduled || inFlight >= options.maxInFlight || queue.length === 0) return
    scheduled = true
    const waitMs = interval ? startedMs + interval.ms - interval.clock.now().getTime() : 0
    if (interval && waitMs > 0) void interval.clock.sleep(Math.min(waitMs, interval.ms)).then(begin)
    // After the current turn of the event loop, so that requests read together form one batch.
    else setImmediate(begin)
  }

  function begin(): void {
    scheduled = false
    startedMs = interval?.clock.now().getTime() ?? 0
    while (inFlight < options.maxInFlight && queue.length > 0) void flush(queue.splice(0, options.maxItems))
  }

  async function flush(taken: Waiting[]): Promise<void> {
    inFlight += 1
    try {
      const results = await inSpanOfBatch(
        taken.map((w) => w.trace),
        { kind: 'internal', name: options.name ?? 'batch' },
        () => run(taken.map((w) => w.item)),
      )
      if (results.length !== taken.length)
        throw new Error('a batch must return one result for each of its items')
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
      queue.push({ item, trace: currentTrace(), resolve, reject })
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
