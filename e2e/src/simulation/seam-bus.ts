// A broker that keeps every message until it is acknowledged, with bad luck: twice, late, out of order, unconfirmed.
import { subscriptions } from '@bahi/contracts/events.ts'
import { unhandledOf, type Bus, type CloudEvent, type Handler } from '@bahi/kit/bus/bus.ts'
import { queueOf } from '@bahi/kit/runtime/runtime.ts'
import type { SimulatedClock } from './clock.ts'
import type { Faults } from './faults.ts'
import { never, type Incarnation } from './incarnation.ts'

type Reader = { handler: Handler; incarnation: Incarnation }
type Queue = { name: string; sources: string[]; messages: string[]; readers: Reader[]; aside: number }
type Listener = { sources: string[]; handler: (events: CloudEvent[]) => void; incarnation: Incarnation }

export type Broker = {
  /** The bus as one incarnation sees it. */
  seenBy(incarnation: Incarnation): Bus
  /** Messages that nobody has acknowledged yet. */
  waiting(): number
  stop(): void
}

const againMs = 300

/** Of one source in order as long as handlers succeed; a batch that failed comes back behind the others. */
export function faultyBroker({ faults, clock }: { faults: Faults; clock: SimulatedClock }): Broker {
  const queues: Queue[] = Object.entries(subscriptions).map(([service, sources]) => {
    return { name: queueOf(service), sources: [...sources], messages: [], readers: [], aside: 0 }
  })
  const listeners = new Set<Listener>()
  const news = new Map<Queue, () => void>()
  let running = true

  function put(queue: Queue, text: string): void {
    queue.messages.push(text)
    news.get(queue)?.()
  }

  function putLater(queue: Queue, text: string, ms: number): void {
    queue.aside += 1
    void clock.sleep(ms).then(() => {
      queue.aside -= 1
      put(queue, text)
    })
  }

  async function deliver(queue: Queue, text: string, { handler, incarnation }: Reader): Promise<void> {
    const where = queue.name
    if (faults.happens('bus: delayed', where))
      await clock.sleep(faults.random(`late ${where}`).between(1, 800))
    const twice = faults.happens('bus: delivered twice', where)
    if (faults.happens('bus: delivered again later', where))
      putLater(queue, text, faults.random(`again ${where}`).between(500, 20_000))
    if (faults.happens('bus: handler cut off', where)) return putLater(queue, text, againMs)
    if (faults.happens('crash: while handling', where)) setImmediate(() => incarnation.die())
    const events = JSON.parse(text) as CloudEvent[]
    const done = Promise.all([handler(events), ...(twice ? [handler(JSON.parse(text) as CloudEvent[])] : [])])
    try {
      const gone = incarnation.ended.then(() => 'gone' as const)
      if ((await Promise.race([done, gone])) === 'gone') return put(queue, text)
    } catch (error) {
      return putLater(queue, JSON.stringify(unhandledOf(error, events).events), againMs)
    }
    if (faults.happens('bus: acknowledgement lost', where)) putLater(queue, text, againMs)
  }

  async function read(queue: Queue): Promise<void> {
    for (let turn = 0; running; turn++) {
      queue.readers = queue.readers.filter(({ incarnation }) => !incarnation.dead)
      const reader = queue.readers[turn % queue.readers.length]
      const text = queue.messages[0]
      if (!reader || text === undefined) {
        await new Promise<void>((resolve) => news.set(queue, resolve))
        continue
      }
      queue.aside += 1
      queue.messages.shift()
      await deliver(queue, text, reader).catch(() => put(queue, text))
      queue.aside -= 1
    }
  }
  for (const queue of queues) void read(queue)

  function take(source: string, events: CloudEvent[]): void {
    const text = JSON.stringify(events)
    for (const queue of queues) if (queue.sources.includes(source)) put(queue, text)
    for (const { sources, handler, incarnation } of listeners)
      if (!incarnation.dead && sources.includes(source)) handler(JSON.parse(text) as CloudEvent[])
  }

  const nothing = () => Promise.resolve()
  return {
    waiting: () => queues.reduce((sum, queue) => sum + queue.messages.length + queue.aside, 0),
    stop() {
      running = false
      for (const wake of news.values()) wake()
    },
    seenBy: (incarnation) => ({
      async publish(source, events) {
        if (faults.happens('crash: before publishing', source)) incarnation.die()
        if (incarnation.dead) return never()
        if (faults.happens('bus: not taken', source)) throw new Error('the broker does not answer')
        take(source, events)
        if (faults.happens('crash: after publishing', source)) incarnation.die()
        if (incarnation.dead) return never()
        if (faults.happens('bus: taken but not confirmed', source)) throw new Error('no confirm came')
      },
      subscribe(name, sources, handler) {
        const queue = queues.find((one) => one.name === name)
        if (!queue) throw new Error(`nobody declared the queue ${name}`)
        queue.sources = [...new Set([...queue.sources, ...sources])]
        const reader = { handler, incarnation }
        queue.readers.push(reader)
        news.get(queue)?.()
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
      replay: () => Promise.resolve(0),
      drop: () => Promise.resolve(false),
      check: nothing,
      close: nothing,
    }),
  }
}
