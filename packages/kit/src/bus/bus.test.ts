// What every bus guarantees, in the process and on a real RabbitMQ; then what only a broker can show.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { memoryBus } from './memory-bus.ts'
import { rabbitBus, type RabbitBusOptions } from './rabbit-bus.ts'
import { partialFailure, type Bus, type CloudEvent, type Retry } from './bus.ts'
import { freePort } from '../port.ts'
import { ensureServers, startRabbit, type Server } from '@bahi/testing/servers.ts'
import { batchOf as batch } from '@bahi/testing/events.ts'

const retry: Retry = { tries: 3, backoffMs: [20, 40] }
const { missing } = await ensureServers(['rabbitmq-server'])
const noBroker = missing.length > 0 && process.env['CI'] !== 'true'
if (noBroker) console.warn('RabbitMQ is not installed: its tests are skipped')

let broker: Server
const open = new Set<Bus>()
let names = 0

beforeAll(async () => {
  if (!noBroker) broker = await startRabbit()
}, 90_000)
afterEach(async () => {
  await Promise.all([...open].map((bus) => bus.close()))
  open.clear()
})
afterAll(() => broker?.stop())

function opened(bus: Bus): Bus {
  open.add(bus)
  return bus
}
const rabbit = (options: RabbitBusOptions = {}, url = broker.url) =>
  opened(rabbitBus(url, { retry, ...options }))
/** Queues and sources of one test alone: the broker outlives it. */
const name = (what: string) => `${what}-${++names}`

const versions = (events: CloudEvent[]) => events.map((event) => event.bahiversion)
const until = (check: () => unknown) => vi.waitFor(check, { interval: 5 })

const adapters = [
  { adapter: 'the in-process bus', skip: false, make: () => opened(memoryBus({ retry })) },
  { adapter: 'the bus on RabbitMQ', skip: noBroker, make: () => rabbit() },
]

describe.each(adapters)('$adapter', ({ skip, make }) => {
  describe.skipIf(skip)('guarantees', () => {
    it('delivers a batch unchanged and in one piece to each queue subscribed to its source', async () => {
      const bus = make()
      const [source, other] = [name('source'), name('source')]
      const received: Record<string, CloudEvent[][]> = { a: [], b: [], c: [] }
      await bus.subscribe(name('a'), [source, other], async (events) => void received['a']!.push(events))
      await bus.subscribe(name('b'), [source], async (events) => void received['b']!.push(events))
      await bus.subscribe(name('c'), [other], async (events) => void received['c']!.push(events))
      await bus.publish(source, batch(source, 1, 2, 3))
      await bus.publish(other, batch(other, 1))
      await until(() => {
        expect(received['a']).toHaveLength(2)
        expect(received['b']).toEqual([batch(source, 1, 2, 3)])
        expect(received['c']).toEqual([batch(other, 1)])
      })
    })

    it('gives each consumer a copy of its own', async () => {
      const bus = make()
      const source = name('source')
      const received: CloudEvent[] = []
      for (const queue of [name('a'), name('b')])
        await bus.subscribe(queue, [source], async ([event]) => {
          received.push(structuredClone(event!))
          event!.data['text'] = 'changed'
        })
      const sent = batch(source, 1)
      await bus.publish(source, sent)
      await until(() => expect(received).toEqual([...sent, ...sent]))
      expect(sent).toEqual(batch(source, 1))
    })

    it('keeps the order of a source and handles one batch at a time in a queue', async () => {
      const bus = make()
      const source = name('source')
      const seen: number[] = []
      let running = 0
      await bus.subscribe(name('queue'), [source], async (events) => {
        expect(++running).toBe(1)
        await delay(1)
        seen.push(...versions(events))
        running--
      })
      const all = Array.from({ length: 60 }, (_, i) => i + 1)
      await Promise.all(all.map((version) => bus.publish(source, batch(source, version))))
      await until(() => expect(seen).toEqual(all))
    })

    it('gives each batch to one of the replicas that read a queue', async () => {
      const [bus, source, queue] = [make(), name('source'), name('queue')]
      const seen: number[] = []
      for (let replica = 0; replica < 2; replica++)
        await bus.subscribe(queue, [source], async (events) => void seen.push(...versions(events)))
      for (let version = 1; version <= 10; version++) await bus.publish(source, batch(source, version))
      await until(() => expect(seen.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]))
      await delay(50)
      expect(seen).toHaveLength(10)
    })

    it('continues with another replica when one leaves', async () => {
      const [bus, source, queue] = [make(), name('source'), name('queue')]
      const seen: number[] = []
      const first = await bus.subscribe(
        queue,
        [source],
        async (events) => void seen.push(...versions(events)),
      )
      await bus.subscribe(queue, [source], async (events) => void seen.push(...versions(events)))
      await bus.publish(source, batch(source, 1))
      await until(() => expect(seen).toEqual([1]))
      await first.close()
      await bus.publish(source, batch(source, 2))
      await until(() => expect(seen).toEqual([1, 2]))
    })

    it('tries a failed batch again after the backoff, unchanged', async () => {
      const [bus, source] = [make(), name('source')]
      const tries: { at: number; events: CloudEvent[] }[] = []
      await bus.subscribe(name('queue'), [source], async (events) => {
        tries.push({ at: performance.now(), events: structuredClone(events) })
        events.length = 0
        if (tries.length < 3) throw new Error('not yet')
      })
      await bus.publish(source, batch(source, 1, 2))
      await until(() => expect(tries).toHaveLength(3))
      for (const { events } of tries) expect(events).toEqual(batch(source, 1, 2))
      expect(tries[1]!.at - tries[0]!.at).toBeGreaterThanOrEqual(18)
      expect(tries[2]!.at - tries[1]!.at).toBeGreaterThanOrEqual(38)
    })

    it('makes a dead letter of a batch that failed too often, and only of that', async () => {
      const [bus, source, queue] = [make(), name('source'), name('queue')]
      let tries = 0
      const seen: number[] = []
      await bus.subscribe(queue, [source], async (events) => {
        if (events[0]!.bahiversion === 1 && ++tries) throw new Error('never')
        seen.push(...versions(events))
      })
      await Promise.all([bus.publish(source, batch(source, 1)), bus.publish(source, batch(source, 2))])
      await until(async () => expect(await bus.deadLetters(queue)).toHaveLength(1))
      const [letter] = await bus.deadLetters(queue)
      expect(letter).toMatchObject({ queue, events: batch(source, 1), error: 'Error: never' })
      expect(letter!.id).not.toBe('')
      expect(Math.abs(Date.parse(letter!.at) - Date.now())).toBeLessThan(60_000)
      expect([tries, seen]).toEqual([3, [2]])
      expect(await bus.deadLetters(name('other'))).toEqual([])
    })

    it('lets good batches pass a failing one, and delivers that one once the consumer is fixed', async () => {
      const [bus, source, queue] = [make(), name('source'), name('queue')]
      let fixed = false
      const seen: number[] = []
      await bus.subscribe(queue, [source], async (events) => {
        if (events[0]!.bahiversion === 3 && !fixed) throw new Error('cannot read this')
        seen.push(...versions(events))
      })
      await Promise.all([1, 2, 3, 4, 5].map((version) => bus.publish(source, batch(source, version))))
      await until(() => expect(seen).toEqual([1, 2, 4, 5]))
      await until(async () => expect(await bus.countDeadLetters(queue)).toBe(1))
      const [letter] = await bus.deadLetters(queue)
      expect(letter).toMatchObject({ error: 'Error: cannot read this', events: batch(source, 3) })
      expect(await bus.deadLetter(queue, letter!.id)).toEqual(letter)
      // Not fixed yet: it is tried as often as a new one, and becomes the same dead letter again.
      expect(await bus.replay(queue, letter!.id)).toBe(1)
      await until(async () =>
        expect((await bus.deadLetters(queue)).map(({ id }) => id)).toEqual([letter!.id]),
      )
      fixed = true
      expect(await bus.replay(queue, letter!.id)).toBe(1)
      await until(() => expect(seen).toEqual([1, 2, 4, 5, 3]))
      await until(async () => expect(await bus.deadLetters(queue)).toEqual([]))
      expect(await bus.replay(queue, letter!.id)).toBe(0)
    })

    it('makes a dead letter of only the events that the handler failed on', async () => {
      const [bus, source, queue] = [make(), name('source'), name('queue')]
      const tries: number[][] = []
      await bus.subscribe(queue, [source], (events) => {
        tries.push(versions(events))
        const left = events.filter((event) => event.bahiversion % 2 === 0)
        return Promise.reject(partialFailure(left, new Error('even')))
      })
      await bus.publish(source, batch(source, 1, 2, 3, 4))
      await until(async () => expect(await bus.countDeadLetters(queue)).toBe(1))
      expect(tries).toEqual([[1, 2, 3, 4], [2, 4], [2, 4]]) // prettier-ignore
      expect(await bus.deadLetters(queue)).toMatchObject([
        { events: batch(source, 2, 4), error: 'Error: even' },
      ])
    })

    it('shows, replays and drops dead letters of all its queues', async () => {
      const [bus, source, one, two] = [make(), name('source'), name('one'), name('two')]
      let fixed = false
      const seen: string[] = []
      for (const queue of [one, two]) {
        await bus.subscribe(queue, [source], async (events) => {
          if (!fixed) throw new Error('not yet')
          seen.push(...events.map((event) => `${queue} ${event.bahiversion}`))
        })
      }
      await Promise.all([1, 2, 3].map((version) => bus.publish(source, batch(source, version))))
      await until(async () => expect(await bus.deadLetters()).toHaveLength(6))
      expect([await bus.countDeadLetters(one), await bus.countDeadLetters(name('none'))]).toEqual([3, 0])
      const ofTwo = await bus.deadLetters(two)
      expect(new Set(ofTwo.map(({ id }) => id)).size).toBe(3)
      const second = ofTwo.find(({ events }) => events[0]!.bahiversion === 2)!
      expect(await bus.drop(one, 'unknown')).toBe(false)
      expect(await bus.drop(two, second.id)).toBe(true)
      expect(await bus.drop(two, second.id)).toBe(false)
      expect(await bus.deadLetter(two, second.id)).toBeUndefined()
      fixed = true
      expect([await bus.replay(one), await bus.replay(two), await bus.replay(name('none'))]).toEqual([
        3, 2, 0,
      ])
      const expected = [`${one} 1`, `${one} 2`, `${one} 3`, `${two} 1`, `${two} 3`]
      await until(() => expect(seen.toSorted()).toEqual(expected))
      expect(await bus.deadLetters()).toEqual([])
    })

    it('rewrites dead letters in their queue, which are replayed as they are then', async () => {
      const [bus, source, queue] = [make(), name('source'), name('queue')]
      let fixed = false
      const seen: CloudEvent[] = []
      await bus.subscribe(queue, [source], async (events) => {
        if (!fixed) throw new Error('not yet')
        seen.push(...events)
      })
      await Promise.all([1, 2].map((version) => bus.publish(source, batch(source, version))))
      await until(async () => expect(await bus.countDeadLetters(queue)).toBe(2))
      const before = await bus.deadLetters(queue)
      const masked = (one: CloudEvent) => ({ ...one, data: { masked: true } })
      const rewrite = () =>
        bus.rewriteDeadLetters(queue, async ({ events }) =>
          events[0]!.bahiversion === 2 && events[0]!.data['masked'] !== true ? events.map(masked) : undefined,
        )
      expect([await rewrite(), await rewrite()]).toEqual([1, 0])
      expect(await bus.rewriteDeadLetters(name('none'), async ({ events }) => events)).toBe(0)
      const after = await bus.deadLetters(queue)
      const byId = (letters: typeof after) => letters.toSorted((a, b) => (a.id < b.id ? -1 : 1))
      const changed = before.map((letter) =>
        letter.events[0]!.bahiversion === 2 ? { ...letter, events: letter.events.map(masked) } : letter,
      )
      expect(byId(after)).toEqual(byId(changed))
      fixed = true
      await bus.replay(queue)
      await until(() => expect(seen).toHaveLength(2))
      expect(seen.find(({ bahiversion }) => bahiversion === 2)!.data).toEqual({ masked: true })
    })

    it('continues with later batches while one waits for its next try', async () => {
      const [bus, source] = [make(), name('source')]
      const seen: string[] = []
      await bus.subscribe(name('queue'), [source], async ([event]) => {
        const failing = event!.bahiversion === 1 && !seen.includes('failed')
        seen.push(failing ? 'failed' : String(event!.bahiversion))
        if (failing) throw new Error('once')
      })
      await Promise.all([1, 2, 3].map((version) => bus.publish(source, batch(source, version))))
      await until(() => expect(seen).toEqual(['failed', '2', '3', '1']))
    })

    it('gives every listener all events from now on, until it is closed', async () => {
      const [bus, source, other] = [make(), name('source'), name('source')]
      await bus.publish(source, batch(source, 1))
      const seen: number[][] = [[], []]
      const listening = await Promise.all(
        seen.map((list) => bus.listen([source], (events) => void list.push(...versions(events)))),
      )
      await bus.publish(other, batch(other, 9))
      await bus.publish(source, batch(source, 2, 3))
      await until(() => expect(seen).toEqual([[2, 3], [2, 3]])) // prettier-ignore
      await listening[0]!.close()
      await bus.publish(source, batch(source, 4))
      await until(() => expect(seen[1]).toEqual([2, 3, 4]))
      expect(seen[0]).toEqual([2, 3])
    })

    it('lets a running handler end before it closes, and refuses work afterwards', async () => {
      const [bus, source] = [make(), name('source')]
      const seen: string[] = []
      await bus.subscribe(name('queue'), [source], async () => {
        seen.push('began')
        await delay(100)
        seen.push('ended')
      })
      await until(() => bus.check())
      const published = bus.publish(source, batch(source, 1))
      await until(() => expect(seen).toEqual(['began']))
      await bus.close()
      await published
      expect(seen).toEqual(['began', 'ended'])
      await expect(bus.publish(source, batch(source, 2))).rejects.toThrow('the bus is closed')
      await expect(bus.check()).rejects.toThrow('the bus is closed')
      await bus.close()
    })
  })
})

describe.skipIf(noBroker)('the bus on RabbitMQ, when the broker stops and starts', () => {
  it('keeps what is published to a declared queue without a consumer', async () => {
    const [source, queue] = [name('source'), name('queue')]
    const sender = rabbit({ queues: [{ queue, sources: [source] }] })
    await sender.publish(source, batch(source, 1))
    await sender.close()
    const seen: number[] = []
    await rabbit().subscribe(queue, [source], async (events) => void seen.push(...versions(events)))
    await until(() => expect(seen).toEqual([1]))
  })

  it('keeps what was not handled when a consumer closes', async () => {
    const [source, queue, bus] = [name('source'), name('queue'), rabbit()]
    const consumer = await bus.subscribe(queue, [source], async () => undefined)
    await consumer.close()
    await bus.publish(source, batch(source, 1))
    const seen: number[] = []
    await bus.subscribe(queue, [source], async (events) => void seen.push(...versions(events)))
    await until(() => expect(seen).toEqual([1]))
  })

  it('lists dead letters many times without losing one, in their order', async () => {
    const [source, queue] = [name('source'), name('queue')]
    const bus = rabbit({ retry: { tries: 1, backoffMs: [] } })
    await bus.subscribe(queue, [source], () => Promise.reject(new Error('never')))
    for (const version of [1, 2, 3]) await bus.publish(source, batch(source, version))
    await until(async () => expect(await bus.deadLetters(queue)).toHaveLength(3))
    for (let nth = 0; nth < 25; nth++) {
      const letters = await bus.deadLetters(queue)
      expect(letters.flatMap((letter) => versions(letter.events))).toEqual([1, 2, 3])
    }
  })

  it('lists the same dead letters to two at once', async () => {
    const [source, queue] = [name('source'), name('queue')]
    const [one, two] = [rabbit({ retry: { tries: 1, backoffMs: [] } }), rabbit()]
    await one.subscribe(queue, [source], () => Promise.reject(new Error('never')))
    for (const version of [1, 2, 3]) await one.publish(source, batch(source, version))
    await until(async () => expect(await one.deadLetters(queue)).toHaveLength(3))
    const listings = await Promise.all(
      Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? one : two).deadLetters(queue)),
    )
    for (const letters of listings)
      expect(letters.flatMap(({ events }) => versions(events))).toEqual([1, 2, 3])
    expect(await two.countDeadLetters(queue)).toBe(3)
  })

  it('rejects when there is no broker, and closes', async () => {
    const bus = rabbit({}, `amqp://guest:guest@127.0.0.1:${await freePort()}`)
    await expect(bus.check()).rejects.toThrow('not connected')
    await expect(bus.publish('source', batch('source', 1))).rejects.toThrow()
    const waiting = expect(bus.subscribe('queue', ['source'], async () => undefined)).rejects.toThrow(
      'closed',
    )
    await bus.close()
    await waiting
  })
})
