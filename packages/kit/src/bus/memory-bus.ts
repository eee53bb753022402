// The bus inside one process: publish resolves when every queue has handled the batch, so nothing gets lost.
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
   * Where dead letters, and what waits for another try, outlive the process; then publish waits for one try only.
   * Left out, it waits for all of them.
   */
  file?: string
}

type Queue = { name: string; sources: string[]; readers: Handler[]; turn: number; tail: Promise<unknown> }

/** Waits by the clock alone: whoever owns the clock owns the order of everything. */
export function memoryBus({
  retry = defaultRetry,
  clock = systemClock,
  log,
  file,
}: MemoryBusOptions = {}): Bus {
  const queues = new Map<string, Queue>()
  const listeners = new Set<{ sources: string[]; handler: (events: CloudEvent[]) => void }>()
  const letters = openDeadLetters(file)
  const underWay = new Set<Promise<void>>()
  const closing = new AbortController()

  function mustBeOpen(): void {
    if (closing.signal.aborted) throw new Error('the bus is closed')
  }

  /** One batch after the other within a queue; its replicas take turns. Answers what failed. */
  function tryOnce(queue: Queue, batch: string): Promise<{ error: unknown } | undefined> {
    const tried = queue.tail.then(async () => {
      mustBeOpen()
      const reader = queue.readers[queue.turn++ % queue.readers.length]
      if (!reader) throw new Error(`nobody reads the queue ${queue.name} now`)
      return reader(eventsOf(batch)).then(
        () => undefined,
        (error: unknown) => ({ error }),
      )
    })
    queue.tail = tried.catch(() => undefined)
    return tried
  }

  /** Between two tries the queue goes on with what came later. */
  async function deliver(queue: Queue, whole: string, id: string, kept?: () => void): Promise<void> {
    let batch = whole
    for (let tries = 1; ; tries++) {
      const failed = await tryOnce(queue, batch)
      if (!failed) return letters.remove(id)
      const { events, cause } = unhandledOf(failed.error, eventsOf(batch))
      batch = JSON.stringify(events)
      const letter = { id, queue: queue.name, events, error: String(cause), at: clock.now().toISOString() }
      if (tries >= retry.tries) {
        letters.put(letter, 'dead')
        log?.error({ err: cause, queue: queue.name, deadLetter: id }, 'a batch became a dead letter')
        return
      }
      letters.put(letter, 'waiting')
      if (file) kept?.()
      await clock.sleep(retry.backoffMs[Math.min(tries, retry.backoffMs.length) - 1] ?? 0, closing.signal)
    }
  }

  /** Resolves when the batch can no longer be lost. */
  function place(queue: Queue, batch: string): Promise<void> {
    const kept = Promise.withResolvers<void>()
    return Promise.race([kept.promise, goOn(deliver(queue, batch, randomUUID(), kept.resolve))])
  }

  /** The end waits for it. */
  function goOn(delivery: Promise<void>): Promise<void> {
    const settled = delivery.catch(() => undefined).then(() => void underWay.delete(settled))
    underWay.add(settled)
    return delivery
  }

  /** In the background. What nobody reads any more is a dead letter as before; at the end it goes on waiting. */
  function again(queue: Queue, letter: DeadLetter): void {
    letters.put(letter, 'waiting')
    goOn(deliver(queue, JSON.stringify(letter.events), letter.id)).catch((error: unknown) => {
      if (closing.signal.aborted) return
      letters.put(letter, 'dead')
      log?.error({ err: error, queue: queue.name, deadLetter: letter.id }, 'a dead letter was not delivered')
    })
  }

  const dead = (queue: string) => letters.all('dead').filter((one) => one.queue === queue)

  return {
    async publish(source, events) {
      mustBeOpen()
      // As text, so that each reader has its own copy and nothing passes that would not pass a wire.
      const batch = JSON.stringify(events)
      const hearing = [...queues.values()].filter((queue) => queue.sources.includes(source))
      const delivered = await Promise.allSettled(hearing.map((queue) => place(queue, batch)))
      for (const listener of [...listeners]) {
        if (!listener.sources.includes(source)) continue
        try {
          listener.handler(eventsOf(batch))
        } catch (error) {
          log?.error({ err: error, source }, 'a listener failed')
        }
      }
      for (const one of delivered) if (one.status === 'rejected') throw one.reason
    },

    async subscribe(name, sources, handler) {
      mustBeOpen()
      const queue = queues.get(name) ?? { name, sources, readers: [], turn: 0, tail: Promise.resolve() }
      queue.sources = [...new Set([...queue.sources, ...sources])]
      // A function of its own, so that the same handler may read twice.
      const reader: Handler = async (events) => handler(events)
      queue.readers.push(reader)
      if (!queues.has(name)) {
        // Left over from the process before.
        for (const one of letters.all('waiting')) if (one.queue === name) again(queue, one)
      }
      queues.set(name, queue)
      return {
        async close() {
          queue.readers = queue.readers.filter((one) => one !== reader)
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
      const asked = queue === undefined ? [...byQueue.keys()] : [queue]
      return asked.flatMap((name) => byQueue.get(name)?.slice(0, maxListed) ?? [])
    },
    deadLetter: (queue, id) => Promise.resolve(dead(queue).find((one) => one.id === id)),
    countDeadLetters: (queue) => Promise.resolve(dead(queue).length),

    async replay(name, id) {
      mustBeOpen()
      const chosen = dead(name).filter((one) => id === undefined || one.id === id)
      const queue = queues.get(name)
      if (chosen.length > 0 && !queue?.readers.length) throw new Error(`nobody reads the queue ${name} now`)
      for (const letter of chosen) again(queue!, letter)
      return chosen.length
    },

    async drop(queue, id) {
      mustBeOpen()
      const found = dead(queue).some((one) => one.id === id)
      if (found) letters.remove(id)
      return found
    },

    async check() {
      mustBeOpen()
    },

    async close() {
      closing.abort()
      listeners.clear()
      await Promise.all([...queues.values()].map((queue) => queue.tail))
      await Promise.all(underWay)
      letters.close()
    },
  }
}

function eventsOf(batch: string): CloudEvent[] {
  return JSON.parse(batch) as CloudEvent[]
}
