// Natural batching: order, bounds, and errors that fail only their own items.
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { batch } from './batch.ts'

describe('a batch', () => {
  it('collects what arrives while one is in flight, in order, up to its bound', async () => {
    const runs: number[][] = []
    const double = batch<number, number>(
      async (items) => {
        runs.push(items)
        await delay(5)
        return items.map((n) => n * 2)
      },
      { maxItems: 4, maxInFlight: 1 },
    )
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(double))
    expect(answers).toEqual([2, 4, 6, 8, 10, 12])
    expect(runs).toEqual([
      [1, 2, 3, 4],
      [5, 6],
    ])
  })

  it('with an interval starts the first run at once, and the next when the interval is over', async () => {
    let nowMs = 1_000
    const wakers: (() => void)[] = []
    const clock = {
      now: () => new Date(nowMs),
      sleep: (ms: number) => new Promise<void>((resolve) => wakers.push(() => ((nowMs += ms), resolve()))),
    }
    const runs: number[][] = []
    const one = batch<number, number>(
      (items) => {
        runs.push(items)
        return Promise.resolve(items)
      },
      { maxItems: 3, maxInFlight: 1, interval: { ms: 10, clock } },
    )
    await one(1)
    const later = [one(2), one(3)]
    await delay(5)
    expect(runs).toEqual([[1]])
    wakers.shift()!()
    await Promise.all(later)
    expect([runs, nowMs]).toEqual([[[1], [2, 3]], 1_010])
    nowMs += 10
    await one(4)
    expect(runs.slice(2)).toEqual([[4]])
  })

  it('fails one item alone, or all items of a run that throws, and continues', async () => {
    const check = batch<number, number>(
      (items) => {
        if (items.includes(0)) throw new Error('the run')
        return Promise.resolve(items.map((n) => (n < 0 ? new Error('the item') : n)))
      },
      { maxItems: 2, maxInFlight: 1 },
    )
    const settled = await Promise.allSettled([1, -1, 0, 2, 3].map(check))
    expect(settled.map((s) => (s.status === 'fulfilled' ? s.value : (s.reason as Error).message))).toEqual([
      1,
      'the item',
      'the run',
      'the run',
      3,
    ])
  })

  it('refuses more than may wait, and says when to retry', async () => {
    const slow = batch<number, number>((items) => delay(20, items), {
      maxItems: 1,
      maxInFlight: 1,
      maxWaiting: 2,
    })
    const settled = await Promise.allSettled([1, 2, 3].map(slow))
    expect(settled[2]).toMatchObject({ reason: { code: 'overloaded', extras: { retryAfterS: 1 } } })
    expect(slow.waiting()).toBe(0)
  })

  it('rejects a run that does not return a result for each item', async () => {
    const broken = batch<number, number>(() => Promise.resolve([]), { maxItems: 1, maxInFlight: 1 })
    await expect(broken(1)).rejects.toThrow('each of its items')
  })

  it('is idle when nothing waits and nothing is in flight', async () => {
    let running = 0
    const work = batch<number, number>(
      async (items) => {
        running += 1
        await delay(5)
        running -= 1
        return items
      },
      { maxItems: 1, maxInFlight: 2 },
    )
    await work.idle()
    const all = [1, 2, 3].map(work)
    await work.idle()
    expect(running).toBe(0)
    await Promise.all(all)
  })
})
