// The in-process bus, beyond what every bus guarantees: its clock, queues without a consumer, its file.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { memoryBus } from './memory-bus.ts'
import type { Bus, CloudEvent } from './bus.ts'
import { batchOf as batch } from '@bahi/testing/events.ts'

const open = new Set<Bus>()
afterEach(async () => {
  await Promise.all([...open].map((bus) => bus.close()))
  open.clear()
})
function opened(bus: Bus): Bus {
  open.add(bus)
  return bus
}
const versions = (events: CloudEvent[]) => events.map((event) => event.bahiversion)
const until = (check: () => unknown) => vi.waitFor(check, { interval: 5 })

describe('the in-process bus', () => {
  it('rejects a batch for a queue without a consumer, so that the relay publishes it again', async () => {
    const bus = opened(memoryBus())
    const gone = await bus.subscribe('queue', ['source'], async () => undefined)
    await gone.close()
    await expect(bus.publish('source', batch('source', 1))).rejects.toThrow('the queue queue has no consumer')
  })

  it('waits by its clock alone', async () => {
    const waits: number[] = []
    const clock = { now: () => new Date(0), sleep: async (ms: number) => void waits.push(ms) }
    const bus = opened(memoryBus({ clock, retry: { tries: 4, backoffMs: [1_000, 60_000] } }))
    await bus.subscribe('queue', ['source'], () => Promise.reject(new Error('never')))
    await bus.publish('source', batch('source', 1))
    expect(waits).toEqual([1_000, 60_000, 60_000])
    expect(await bus.deadLetters('queue')).toMatchObject([{ at: '1970-01-01T00:00:00.000Z' }])
  })
})

describe('the in-process bus, with a file', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bahi-bus-'))
    file = join(folder, 'data', 'dead-letters.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true }))
  const bus = (tries = 1) => opened(memoryBus({ file, retry: { tries, backoffMs: [20] } }))

  it('keeps dead letters over a restart, until they are handled or dropped', async () => {
    const first = bus()
    await first.subscribe('queue', ['source'], () => Promise.reject(new Error('never')))
    for (const version of [1, 2, 3]) await first.publish('source', batch('source', version))
    const letters = await first.deadLetters()
    expect(letters.flatMap(({ events }) => versions(events))).toEqual([1, 2, 3])
    await first.close()

    const second = bus()
    expect(await second.deadLetters('queue')).toEqual(letters)
    // What was rewritten is not on disk any more as it was, nor what was dropped.
    const third = letters[2]!
    await second.drop('queue', third.id)
    expect(await readFile(file, 'utf8')).toContain(third.events[0]!.id)
    await second.rewriteDeadLetters('queue', async () => undefined)
    expect(await readFile(file, 'utf8')).not.toContain(third.events[0]!.id)
    await writeFile(
      file,
      [...letters].map((letter) => `${JSON.stringify({ letter, state: 'dead' })}\n`).join(''),
    )
    await second.close()
  })

  it('replays what an earlier start left', async () => {
    const first = bus()
    await first.subscribe('queue', ['source'], () => Promise.reject(new Error('never')))
    for (const version of [1, 2, 3]) await first.publish('source', batch('source', version))
    const letters = await first.deadLetters()
    await first.close()

    const second = bus()
    await expect(second.replay('queue')).rejects.toThrow('the queue queue has no consumer')
    const seen: number[] = []
    await second.subscribe('queue', ['source'], async (events) => void seen.push(...versions(events)))
    await second.replay('queue', letters[1]!.id)
    await second.drop('queue', letters[2]!.id)
    await until(() => expect(seen).toEqual([2]))
    await second.close()
    expect(await bus().deadLetters()).toEqual([letters[0]])
  })

  it('resolves publish once a failed batch is stored, and tries it again after a restart', async () => {
    const first = opened(memoryBus({ file, retry: { tries: 5, backoffMs: [300] } }))
    let tries = 0
    await first.subscribe('queue', ['source'], () => {
      tries += 1
      return Promise.reject(new Error('not yet'))
    })
    await first.publish('source', batch('source', 1))
    expect(tries).toBe(1)
    await first.close()
    const second = bus(5)
    expect(await second.deadLetters()).toEqual([])
    const seen: number[] = []
    await second.subscribe('queue', ['source'], async (events) => void seen.push(...versions(events)))
    await until(() => expect(seen).toEqual([1]))
    await second.close()
    expect(await readFile(file, 'utf8')).toContain('"removed"')
    await bus().close()
    expect(await readFile(file, 'utf8')).toBe('')
  })

  it('ignores a line that a crash cut off, and names a corrupt one', async () => {
    const first = bus()
    await first.subscribe('queue', ['source'], () => Promise.reject(new Error('never')))
    await first.publish('source', batch('source', 1))
    await first.close()
    const whole = await readFile(file, 'utf8')
    await writeFile(file, `${whole}{"letter":{"id`)
    const second = bus()
    expect(await second.deadLetters()).toHaveLength(1)
    await second.close()
    await writeFile(file, `corrupt\n${whole}`)
    expect(() => bus()).toThrow('line 1 of the dead-letter file')
  })
})
