// The bus inside one process: publish resolves when every queue has handled the batch, so nothing gets lost.
import { defaultRetry, type Bus, type CloudEvent, type DeadLetter, type Handler, type Retry } from './bus.ts'
import { systemClock, type Clock } from './clock.ts'
import type { Log } from './log.ts'

export type MemoryBusOptions = { retry?: Retry; clock?: Clock; log?: Pick<Log, 'error'> }

type Queue = { name: string; sources: string[]; readers: Handler[]; turn: number; tail: Promise<unknown> }

/** Waits by the clock alone: whoever owns the clock owns the order of everything. */
export function memoryBus({ retry = defaultRetry, clock = systemClock, log }: MemoryBusOptions = {}): Bus {
  const queues = new Map<string, Queue>()
  const listeners = new Set<{ sources: string[]; handler: (events: CloudEvent[]) => void }>()
  const letters: DeadLetter[] = []
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
  async function deliver(queue: Queue, batch: string): Promise<void> {
    for (let tries = 1; ; tries++) {
      const failed = await tryOnce(queue, batch)
      if (!failed) return
      const { error } = failed
      if (tries >= retry.tries) {
        const id = `${queue.name}-${letters.length + 1}`
        const at = clock.now().toISOString()
        letters.push({ id, queue: queue.name, events: eventsOf(batch), error: String(error), at })
        log?.error({ err: error, queue: queue.name, deadLetter: id }, 'a batch became a dead letter')
        return
      }
      await clock.sleep(retry.backoffMs[Math.min(tries, retry.backoffMs.length) - 1] ?? 0, closing.signal)
    }
  }

  return {
    async publish(source, events) {
      mustBeOpen()
      // As text, so that each reader has its own copy and nothing passes that would not pass a wire.
      const batch = JSON.stringify(events)
      const hearing = [...queues.values()].filter((queue) => queue.sources.includes(source))
      const delivered = await Promise.allSettled(hearing.map((queue) => deliver(queue, batch)))
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

    deadLetters: (queue) => Promise.resolve(letters.filter((letter) => letter.queue === queue)),

    async check() {
      mustBeOpen()
    },

    async close() {
      closing.abort()
      listeners.clear()
      await Promise.all([...queues.values()].map((queue) => queue.tail))
    },
  }
}

function eventsOf(batch: string): CloudEvent[] {
  return JSON.parse(batch) as CloudEvent[]
}
