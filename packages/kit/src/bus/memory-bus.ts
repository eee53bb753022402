// The in-process bus: publish resolves when every queue has handled the batch, so nothing is lost.
import { randomUUID } from 'node:crypto'
import {
  defaultRetry,
  unhandledOf,
  maxListed,
  type Bus,
  type CloudEvent,
  type DeadLetter,
  type Handler,
  type Retry,
} from './bus.ts'
import { systemClock, type Clock } from '../clock.ts'
import { openDeadLetters } from './memory-dead-letters.ts'
import type { Log } from '../log.ts'

export type MemoryBusOptions = {
  retry?: Retry
  clock?: Clock
  log?: Pick<Log, 'error'>
  /**
   * Where dead letters, and batches that wait for another try, survive a restart; publish then waits for the first try
   * only. Without it, publish waits for all tries.
   */
  file?: string
}

type Queue = {
  name: string
  sources: string[]
  consumers: Handler[]
  turn: number
  tail: Promise<unknown>
  waiting: number
}

/** Waits by the given clock alone, so that a simulated clock decides the order of everything. */
export function memoryBus({
  retry = defaultRetry,
  clock = systemClock,
  log,
  file,
}: MemoryBusOptions = {}): Bus {
  const queues = new Map<string, Queue>()
  const listeners = new Set<{ sources: string[]; handler: (events: CloudEvent[]) => void }>()
  const letters = openDeadLetters(file)
  const inFlight = new Set<Promise<void>>()
  const closing = new AbortController()

  function mustBeOpen(): void {
    if (closing.signal.aborted) throw new Error('the bus is closed')
  }

  /** Handles one batch after the other within a queue; its consumers take turns. Resolves to the error, if any. */
  function tryOnce(queue: Queue, batch: string): Promise<{ error: unknown } | undefined> {
    queue.waiting += 1
    const tried = queue.tail.then(async () => {
      queue.waiting -= 1
      mustBeOpen()
      const consumer = queue.consumers[queue.turn++ % queue.consumers.length]
      if (!consumer) throw new Error(`the queue ${queue.name} has no consumer`)
      return consumer(eventsOf(batch)).then(
        () => undefined,
        (error: unknown) => ({ error }),
      )
    })
    queue.tail = tried.catch(() => undefined)
    return tried
  }

  /** Between two tries the queue continues with later batches. */
  async function deliver(queue: Queue, original: string, id: string, stored?: () => void): Promise<void> {
    let batch = original
    for (let tries = 1; ; tries++) {
      const failed = await tryOnce(queue, batch)
      if (!failed) return letters.remove(id)
      const { events, cause } = unhandledOf(failed.error, eventsOf(batch))
      batch = JSON.stringify(events)
      const letter = { id, queue: queue.name, events, error: String(cause), at: clock.now().toISOString() }
      if (tries >= retry.tries) {
        letters.put(letter, 'dead')
        log?.error(
          { err: cause, queue: queue.name, deadLetter: id },
          'batch failed too often and became a dead letter: see npm run dlq',
        )
        return
      }
      letters.put(letter, 'waiting')
      if (file) stored?.()
      await clock.sleep(retry.backoffMs[Math.min(tries, retry.backoffMs.length) - 1] ?? 0, closing.signal)
    }
  }

  /** Resolves when the batch can no longer be lost. */
  function enqueue(queue: Queue, batch: string): Promise<void> {
    const stored = Promise.withResolvers<void>()
    return Promise.race([stored.promise, track(deliver(queue, batch, randomUUID(), stored.resolve))])
  }

  /** Makes `close` wait for a delivery. */
  function track(delivery: Promise<void>): Promise<void> {
    const settled = delivery.catch(() => undefined).then(() => void inFlight.delete(settled))
    inFlight.add(settled)
    return delivery
  }

  /** In the background. Without a consumer the letter is dead as before; when the bus closes it stays `waiting`. */
  function redeliver(queue: Queue, letter: DeadLetter): void {
    letters.put(letter, 'waiting')
    track(deliver(queue, JSON.stringify(letter.events), letter.id)).catch((error: unknown) => {
      if (closing.signal.aborted) return
      letters.put(letter, 'dead')
      log?.error(
        { err: error, queue: queue.name, deadLetter: letter.id },
        'replayed batch could not be delivered and is a dead letter again',
      )
    })
  }

  const dead = (queue: string) => letters.all('dead').filter((one) => one.queue === queue)

  return {
    async publish(source, events) {
      mustBeOpen()
      // As JSON, so that each consumer has its own copy and nothing passes that a network would not pass.
      const batch = JSON.stringify(events)
      const subscribed = [...queues.values()].filter((queue) => queue.sources.includes(source))
      const delivered = await Promise.allSettled(subscribed.map((queue) => enqueue(queue, batch)))
      for (const listener of [...listeners]) {
        if (!listener.sources.includes(source)) continue
        try {
          listener.handler(eventsOf(batch))
        } catch (error) {
          log?.error({ err: error, source }, 'live listener failed on an event')
        }
      }
      for (const one of delivered) if (one.status === 'rejected') throw one.reason
    },

    async subscribe(name, sources, handler) {
      mustBeOpen()
      const queue = queues.get(name) ?? {
        ...{ name, sources, consumers: [], turn: 0, waiting: 0 },
        tail: Promise.resolve(),
      }
      queue.sources = [...new Set([...queue.sources, ...sources])]
      // A function of its own, so that the same handler can subscribe twice.
      const consumer: Handler = async (events) => handler(events)
      queue.consumers.push(consumer)
      if (!queues.has(name)) {
        // Left over from the previous process.
        for (const one of letters.all('waiting')) if (one.queue === name) redeliver(queue, one)
      }
      queues.set(name, queue)
      return {
        async close() {
          queue.consumers = queue.consumers.filter((one) => one !== consumer)
          await queue.tail
        },
      }
    },

    async listen(sources, handler) {
      mustBeOpen()
      const listener = { sources, handler }
      listeners.add(listener)
      return { close: () => Promise.resolve(void listeners.delete(listener)) }
    },

    async deadLetters(queue) {
      const byQueue = Map.groupBy(letters.all('dead'), (one) => one.queue)
      const wanted = queue === undefined ? [...byQueue.keys()] : [queue]
      return wanted.flatMap((name) => byQueue.get(name)?.slice(0, maxListed) ?? [])
    },
    deadLetter: (queue, id) => Promise.resolve(dead(queue).find((one) => one.id === id)),
    countDeadLetters: (queue) => Promise.resolve(dead(queue).length),
    countWaiting: (queue) => Promise.resolve(queues.get(queue)?.waiting ?? 0),

    async replay(name, id) {
      mustBeOpen()
      const chosen = dead(name).filter((one) => id === undefined || one.id === id)
      const queue = queues.get(name)
      if (chosen.length > 0 && !queue?.consumers.length) throw new Error(`the queue ${name} has no consumer`)
      for (const letter of chosen) redeliver(queue!, letter)
      return chosen.length
    },

    async drop(queue, id) {
      mustBeOpen()
      const found = dead(queue).some((one) => one.id === id)
      if (found) letters.remove(id)
      return found
    },

    async rewriteDeadLetters(queue, change) {
      mustBeOpen()
      let rewritten = 0
      for (const letter of dead(queue)) {
        const events = await change(letter)
        // It may have been replayed or dropped meanwhile.
        if (!events || !dead(queue).includes(letter)) continue
        letters.put({ ...letter, events }, 'dead')
        rewritten += 1
      }
      letters.compact()
      return rewritten
    },

    async check() {
      mustBeOpen()
    },

    async close() {
      closing.abort()
      listeners.clear()
      await Promise.all([...queues.values()].map((queue) => queue.tail))
      await Promise.all(inFlight)
      letters.close()
    },
  }
}

function eventsOf(batch: string): CloudEvent[] {
  return JSON.parse(batch) as CloudEvent[]
}
