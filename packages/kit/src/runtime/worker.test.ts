// Workers: interval, wake-up, backoff after failures, and reporting that they are stuck.
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Clock } from '../clock.ts'
import { createLog } from '../log.ts'
import { startWorker } from './worker.ts'

const log = createLog('test', 'silent')

/** A clock that moves only when the test says so. */
function manualClock() {
  let nowMs = 0
  const sleepers = new Set<{ untilMs: number; wake(): void }>()
  const clock: Clock = {
    now: () => new Date(nowMs),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const wake = () => {
          sleepers.delete(sleeper)
          resolve()
        }
        const sleeper = { untilMs: nowMs + ms, wake }
        sleepers.add(sleeper)
        if (signal?.aborted) wake()
        else signal?.addEventListener('abort', wake)
      }),
  }
  return {
    clock,
    async pass(ms: number) {
      for (const untilMs = nowMs + ms; nowMs < untilMs;) {
        await idle()
        const next = [...sleepers].toSorted((a, b) => a.untilMs - b.untilMs)[0]
        nowMs = Math.min(untilMs, next?.untilMs ?? untilMs)
        if (next && next.untilMs <= nowMs) next.wake()
      }
      await idle()
    },
  }
}

/** Lets everything run that does not wait for the clock. */
async function idle(): Promise<void> {
  for (let i = 0; i < 10; i++) await turn()
}

it('runs at its interval, at once when there is more, and when it is woken', async () => {
  const { clock, pass } = manualClock()
  let rounds = 0
  const run = () => Promise.resolve(++rounds < 3)
  const worker = startWorker({ name: 'w', intervalMs: 60_000, run }, clock, log)
  await idle()
  expect(rounds).toBe(3)
  worker.wake()
  await idle()
  expect(rounds).toBe(4)
  await pass(60_000)
  expect(rounds).toBe(5)
  await worker.stop()
  worker.wake()
  await pass(60_000)
  expect(rounds).toBe(5)
})

it('waits its least interval between two rounds when there is soon more', async () => {
  const { clock, pass } = manualClock()
  let rounds = 0
  const run = () => Promise.resolve(++rounds < 2 ? ('soon' as const) : false)
  const worker = startWorker({ name: 'w', intervalMs: 60_000, minIntervalMs: 50, run }, clock, log)
  await pass(49)
  expect(rounds).toBe(1)
  await pass(1)
  expect(rounds).toBe(2)
  await worker.stop()
})

it('tries again after a failure, and reports the time since the last success', async () => {
  const { clock, pass } = manualClock()
  let rounds = 0
  const run = () => (++rounds < 2 ? Promise.reject(new Error('not yet')) : Promise.resolve())
  const worker = startWorker({ name: 'w', intervalMs: 10_000, run }, clock, log)
  await pass(5_000)
  expect([rounds, worker.idleMs()]).toEqual([1, 5_000])
  await pass(5_000)
  expect([rounds, worker.idleMs()]).toEqual([2, 0])
  await worker.stop()
})

it('that goes on failing is one line, and one when it works again', async () => {
  const { clock, pass } = manualClock()
  const lines: { level: string; msg: string; failures: number }[] = []
  const reading = createLog('test', 'info', { write: (line) => void lines.push(JSON.parse(line) as never) })
  let rounds = 0
  const run = () => (++rounds < 4 ? Promise.reject(new Error('not yet')) : Promise.resolve())
  const worker = startWorker({ name: 'w', intervalMs: 10, run }, clock, reading)
  for (let i = 0; i < 10; i++) await pass(1_000)
  expect(lines.map(({ level, msg, failures }) => [level, msg, failures])).toEqual([
    ['error', 'worker round failed, will be tried again', 1],
    ['warn', 'worker works again', 3],
  ])
  await worker.stop()
})

it('leaves the outage of a server to those who report it', async () => {
  const { clock, pass } = manualClock()
  const lines: string[] = []
  const reading = createLog('test', 'info', { write: (line) => void lines.push(line) })
  const reported: unknown[] = []
  const outage = new Error('away')
  const run = () => Promise.reject(outage)
  const report = (error: unknown) => reported.push(error) > 0
  const worker = startWorker({ name: 'w', intervalMs: 10, run }, clock, reading, report)
  for (let i = 0; i < 5; i++) await pass(1_000)
  await worker.stop()
  expect(lines).toEqual([])
  expect(new Set(reported)).toEqual(new Set([outage]))
})

it('keeps its backoff when it is woken while it fails', async () => {
  const { clock, pass } = manualClock()
  let rounds = 0
  const run = () => Promise.reject(new Error(`round ${++rounds}`))
  const worker = startWorker({ name: 'w', intervalMs: 10, run }, clock, log)
  await idle()
  for (let i = 0; i < 30; i++) {
    worker.wake()
    await pass(5)
  }
  expect(rounds).toBe(1)
  await worker.stop()
  expect(rounds).toBe(1)
})

it('a wake-up during a round is not lost', async () => {
  const { clock, pass } = manualClock()
  let rounds = 0
  const run = async () => {
    rounds += 1
    await clock.sleep(20)
  }
  const worker = startWorker({ name: 'w', intervalMs: 60_000, run }, clock, log)
  await pass(5)
  worker.wake()
  await pass(60)
  expect(rounds).toBe(2)
  await worker.stop()
})

it('stops after the current round, not in the middle of it', async () => {
  const { clock, pass } = manualClock()
  let ended = false
  const run = async () => {
    await clock.sleep(30)
    ended = true
  }
  const worker = startWorker({ name: 'w', intervalMs: 10, run }, clock, log)
  await idle()
  const stopping = worker.stop()
  await pass(30)
  await stopping
  expect(ended).toBe(true)
})
