// The services' time, learned from the dates of their answers.
import { beforeEach, expect, test, vi } from 'vitest'
import { forgetTime, learnTime, serverNow } from './clock.ts'

const nowMs = Date.UTC(2026, 10, 26, 12, 0, 0, 400)
beforeEach(() => {
  forgetTime()
  vi.useFakeTimers({ now: nowMs })
  return () => vi.useRealTimers()
})

/** An answer of services that are ahead of this device by so much. */
function answer(aheadMs: number, { tookMs = 80, stored = false } = {}): void {
  const sentMs = Date.now()
  const date = new Date(sentMs + tookMs / 2 + aheadMs).toUTCString()
  vi.advanceTimersByTime(tookMs)
  const headers = new Headers({ date, 'cache-control': stored ? 'public, max-age=300' : 'no-store' })
  learnTime({ headers }, sentMs, Date.now())
}
const aheadMs = () => serverNow() - Date.now()

test.each([120_000, -120_000, 3_600_000, -86_400_000])(
  'a clock that is off by %i ms is corrected',
  (ahead) => {
    for (let i = 0; i < 12; i++) {
      answer(ahead)
      vi.advanceTimersByTime(170)
    }
    expect(Math.abs(aheadMs() - ahead)).toBeLessThan(500)
  },
)

test('one answer is enough to be right to a second', () => {
  answer(-120_000)
  expect(Math.abs(aheadMs() + 120_000)).toBeLessThan(1_000)
})

test('a clock that is right is left alone', () => {
  expect(aheadMs()).toBe(0)
  for (let i = 0; i < 5; i++) answer(0)
  expect(aheadMs()).toBe(0)
})

test('an answer from a cache says nothing', () => {
  answer(-300_000, { stored: true })
  expect(aheadMs()).toBe(0)
})

test('a clock that was set meanwhile is noticed by the next answer', () => {
  answer(0)
  vi.setSystemTime(Date.now() + 600_000)
  answer(-600_000)
  expect(Math.abs(aheadMs() + 600_000)).toBeLessThan(1_000)
  vi.setSystemTime(Date.now() - 600_000)
  answer(0)
  expect(aheadMs()).toBe(0)
})

test('a slow answer says less, and unsays nothing', () => {
  answer(-120_000)
  answer(-120_000, { tookMs: 9_000 })
  expect(Math.abs(aheadMs() + 120_000)).toBeLessThan(1_000)
})
