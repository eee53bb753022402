// The bus inside one process: publish resolves when every subscriber has handled the batch, so nothing can be lost.
import { randomUUID } from 'node:crypto'
import { defaultRetry, type Bus, type CloudEvent, type DeadLetter, type Handler, type Retry } from './bus.ts'
import { systemClock, type Clock } from './clock.ts'
import type { Log } from './log.ts'

export type MemoryBusOptions = { retry?: Retry; clock?: Clock; log?: Pick<Log, 'error'> }

export function memoryBus({ retry = defaultRetry, clock = systemClock, log }: MemoryBusOptions = {}): Bus {
  type Queue = { name: string; sources: string[]; handlers: Handler[]; tail: Promise<void>; next: number }
  const queues = new Map<string, Queue>()
  const listeners = new Set<{ sources: string[]; handler: (events: CloudEvent[]) => void }>()
  const dead: DeadLetter[] = []
  const closing = new AbortController()

  async function deliver(queue: Queue, events: CloudEvent[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      const handler = queue.handlers[queue.next++ % queue.handlers.length]
      if (!handler || closing.signal.aborted) throw new Error(`${queue.name}: the bus is closing`)
      try {
        await handler(events)
        return
      } catch (error) {
        if (tries >= retry.tries) {
          const letter = {
            id: randomUUID(),
            queue: queue.name,
            events,
            error: String(error),
            at: clock.now().toISOString(),
          }
          dead.push(letter)
          log?.error({ err: error, queue: queue.name, deadLetter: letter.id }, 'a batch became a dead letter')
          return
        }
        const pauseMs = retry.backoffMs[Math.min(tries, retry.backoffMs.length) - 1] ?? 100
        await clock.sleep(pauseMs, closing.signal)
      }
    }
  }

  return {
    async publish(source, events) {
      if (closing.signal.aborted) throw new Error('the bus is closed')
      const copy = () => structuredClone(events)
      await Promise.all(
        [...queues.values()]
          .filter((queue) => queue.sources.includes(source) && queue.handlers.length > 0)
          .map((queue) => {
            // One after the other within a queue, whoever publishes.
            const done = queue.tail.then(() => deliver(queue, copy()))
            queue.tail = done.catch(() => undefined)
            return done
          }),
      )
      for (const listener of listeners) if (listener.sources.includes(source)) listener.handler(copy())
    },
    subscribe(name, sources, handler) {
      const queue = queues.get(name) ?? { name, sources, handlers: [], tail: Promise.resolve(), next: 0 }
      queue.sources = sources
      queue.handlers.push(handler)
      queues.set(name, queue)
      return Promise.resolve({
        close: async () => {
          queue.handlers = queue.handlers.filter((h) => h !== handler)
          await queue.tail
        },
      })
    },
    listen(sources, handler) {
      const listener = { sources, handler }
      listeners.add(listener)
      return Promise.resolve({ close: () => Promise.resolve(void listeners.delete(listener)) })
    },
    deadLetters: (queue) => Promise.resolve(dead.filter((letter) => letter.queue === queue)),
    check: () =>
      closing.signal.aborted ? Promise.reject(new Error('the bus is closed')) : Promise.resolve(),
    async close() {
      closing.abort()
      await Promise.all([...queues.values()].map((queue) => queue.tail))
    },
  }
}
