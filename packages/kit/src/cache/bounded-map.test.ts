// Caches of a process: entries end in time, never exceed their bound, and are found once.
import { describe, expect, it } from 'vitest'
import { boundedMap, cachedBy, cachedValue } from './bounded-map.ts'

function testClock() {
  let nowMs = 1_000_000
  return {
    now: () => new Date(nowMs),
    sleep: () => Promise.resolve(),
    advance: (ms: number) => void (nowMs += ms),
  }
}

describe('a bounded map', () => {
  it('keeps entries for their time', () => {
    const clock = testClock()
    const map = boundedMap<string>(clock, { maxEntries: 9 })
    map.set('a', 'x', 100)
    clock.advance(99)
    expect(map.get('a')).toBe('x')
    clock.advance(1)
    expect([map.get('a'), map.size]).toEqual([undefined, 0])
  })

  it('drops the oldest beyond its bound, and what was set again is new', () => {
    const map = boundedMap<number>(testClock(), { maxEntries: 3 })
    for (const [n, key] of ['a', 'b', 'c', 'a', 'd'].entries()) map.set(key, n, 100)
    expect(['a', 'b', 'c', 'd'].map((key) => map.get(key))).toEqual([3, undefined, 2, 4])
    map.delete('a')
    expect(map.size).toBe(2)
  })

  it('drops expired entries as new ones come', () => {
    const clock = testClock()
    const map = boundedMap<number>(clock, { maxEntries: 100 })
    for (let n = 0; n < 50; n++) map.set(`${n}`, n, 10)
    clock.advance(10)
    map.set('new', 1, 10)
    expect(map.size).toBe(1)
  })
})

describe('cached by key', () => {
  it('finds once for simultaneous requests, and anew when the time is over', async () => {
    const clock = testClock()
    let calls = 0
    const find = cachedBy(clock, { ttlMs: 100, maxEntries: 9 }, (key) => Promise.resolve(`${key}${++calls}`))
    expect(await Promise.all([find('a'), find('a'), find('b')])).toEqual(['a1', 'a1', 'b2'])
    clock.advance(100)
    expect(await find('a')).toBe('a3')
  })

  it('keeps neither failures nor what was not found', async () => {
    const answers = [
      () => Promise.reject(new Error('away')),
      () => Promise.resolve(undefined),
      () => Promise.resolve(7),
    ]
    const find = cachedBy(testClock(), { ttlMs: 100, maxEntries: 9 }, () => answers.shift()!())
    await expect(find('a')).rejects.toThrow('away')
    expect(await find('a')).toBeUndefined()
    expect(await find('a')).toBe(7)
    expect(await find('a')).toBe(7)
  })
})

it('a cached value is found again in time and when it was cleared; the last one outlives failures', async () => {
  const clock = testClock()
  const answers = [1, 2, new Error('away'), 3]
  const value = cachedValue(clock, 100, () => {
    const answer = answers.shift()
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer!)
  })
  expect(value.last()).toBeUndefined()
  expect(await Promise.all([value.get(), value.get()])).toEqual([1, 1])
  value.clear()
  expect(await value.get()).toBe(2)
  clock.advance(100)
  await expect(value.get()).rejects.toThrow('away')
  expect(value.last()).toBe(2)
  expect(await value.get()).toBe(3)
})
