// A broker that keeps messages until acknowledged, and injects faults: duplicates, delays, disorder, lost confirms.
import { subscriptions } from '@bahi/contracts/events.ts'
import { unhandledOf, type Bus, type CloudEvent, type Handler } from '@bahi/kit/bus/bus.ts'
import { queueOf } from '@bahi/kit/events/consume.ts'
import type { SimulatedClock } from './clock.ts'
import type { Faults } from './faults.ts'
import { never, type Incarnation } from './incarnation.ts'

type Reader = { handler: Handler; incarnation: Incarnation }
type Queue = { name: string; sources: string[]; messages: string[]; readers: Reader[]; delayed: number }
type Listener = { sources: string[]; handler: (events: CloudEvent[]) => void; incarnation: Incarnation }

export type Broker = {
  /** The bus of one incarnation. */
  of(incarnation: Incarnation): Bus
  /** Messages not acknowledged yet. */
  waiting(): number
  stop(): void
}

const redeliveryMs = 300

/** In order per source as long as handlers succeed; a failed batch is redelivered behind the others. */
export function faultyBroker({ faults, clock }: { faults: Faults; clock: SimulatedClock }): Broker {
  const queues: Queue[] = Object.entries(subscriptions).map(([service, sources]) => {
    return { name: queueOf(service), sources: [...sources], messages: [], readers: [], delayed: 0 }
  })
  const listeners = new Set<Listener>()
  const wakeUps = new Map<Queue, () => void>()
  let running = true

  function put(queue: Queue, text: string): void {
    queue.messages.push(text)
    wakeUps.get(queue)?.()
  }

  function putLater(queue: Queue, text: string, ms: number): void {
    queue.delayed += 1
    void clock.sleep(ms).then(() => {
      queue.delayed -= 1
      put(queue, text)
    })
  }

  async function deliver(queue: Queue, text: string, { handler, incarnation }: Reader): Promise<void> {
    const where = queue.name
    if (faults.happens('bus: delayed', where))
      await clock.sleep(faults.random(`late ${where}`).between(1, 800))
    const twice = faults.happens('bus: delivered twice', where)
    if (faults.happens('bus: redelivered later', where))
      putLater(queue, text, faults.random(`redelivery ${where}`).between(500, 20_000))
    if (faults.happens('bus: handler interrupted', where)) return putLater(queue, text, redeliveryMs)
    if (faults.happens('crash: while handling', where)) setImmediate(() => incarnation.die())
    const events = JSON.parse(text) as CloudEvent[]
    const done = Promise.all([handler(events), ...(twice ? [handler(JSON.parse(text) as CloudEvent[])] : [])])
    try {
      const gone = incarnation.ended.then(() => 'gone' as const)
      if ((await Promise.race([done, gone])) === 'gone') return put(queue, text)
    } catch (error) {
      return putLater(queue, JSON.stringify(unhandledOf(error, events).events), redeliveryMs)
    }
    if (faults.happens('bus: acknowledgement lost', where)) putLater(queue, text, redeliveryMs)
  }

  async function read(queue: Queue): Promise<void> {
    for (let turn = 0; running; turn++) {
      queue.readers = queue.readers.filter(({ incarnation }) => !incarnation.dead)
      const reader = queue.readers[turn % queue.readers.length]
      const text = queue.messages[0]
      if (!reader || text === undefined) {
        await new Promise<void>((resolve) => wakeUps.set(queue, resolve))
        continue
      }
      queue.delayed += 1
      queue.messages.shift()
      await deliver(queue, text, reader).catch(() => put(queue, text))
      queue.delayed -= 1
    }
  }
  for (const queue of queues) void read(queue)

  function accept(source: string, events: CloudEvent[]): void {
    const text = JSON.stringify(events)
    for (const queue of queues) if (queue.sources.includes(source)) put(queue, text)
    for (const { sources, handler, incarnation } of listeners)
      if (!incarnation.dead && sources.includes(source)) handler(JSON.parse(text) as CloudEvent[])
  }

  const nothing = () => Promise.resolve()
  return {
    waiting: () => queues.reduce((sum, queue) => sum + queue.messages.length + queue.delayed, 0),
    stop() {
      running = false
      for (const wake of wakeUps.values()) wake()
    },
    of: (incarnation) => ({
      async publish(source, events) {
        if (faults.happens('crash: before publishing', source)) incarnation.die()
        if (incarnation.dead) return never()
        if (faults.happens('bus: publish fails', source)) throw new Error('the broker does not respond')
        accept(source, events)
        if (faults.happens('crash: after publishing', source)) incarnation.die()
        if (incarnation.dead) return never()
        if (faults.happens('bus: publish not confirmed', source))
          throw new Error('no publisher confirm arrived')
      },
      subscribe(name, sources, handler) {
        const queue = queues.find((one) => one.name === name)
        if (!queue) throw new Error(`the queue ${name} is not declared`)
        queue.sources = [...new Set([...queue.sources, ...sources])]
        const reader = { handler, incarnation }
        queue.readers.push(reader)
        wakeUps.get(queue)?.()
        return Promise.resolve({
          close: () => Promise.resolve(void (queue.readers = queue.readers.filter((one) => one !== reader))),
        })
      },
      listen(sources, handler) {
        const listener = { sources, handler, incarnation }
        listeners.add(listener)
        return Promise.resolve({ close: () => Promise.resolve(void listeners.delete(listener)) })
      },
      deadLetters: () => Promise.resolve([]),
      deadLetter: () => Promise.resolve(undefined),
      countDeadLetters: () => Promise.resolve(0),
      countWaiting: () => Promise.resolve(0),
      replay: () => Promise.resolve(0),
      drop: () => Promise.resolve(false),
      rewriteDeadLetters: () => Promise.resolve(0),
      check: nothing,
      close: nothing,
    }),
  }
}
