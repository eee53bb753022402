// Workers: interval, wake-up, backoff after failures, and reporting that they are stuck.
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { createLog } from '../log.ts'
import { startWorker } from './worker.ts'

const log = createLog('test', 'silent')

it('runs at its interval, at once when there is more, and when it is woken', async () => {
  let rounds = 0
  const worker = startWorker(
    { name: 'w', intervalMs: 60_000, run: () => Promise.resolve(++rounds < 3) },
    systemClock,
    log,
  )
  await delay(20)
  expect(rounds).toBe(3)
  worker.wake()
  await delay(20)
  expect(rounds).toBe(4)
  await worker.stop()
  worker.wake()
  await delay(20)
  expect(rounds).toBe(4)
})

it('tries again after a failure, and reports the time since the last success', async () => {
  let rounds = 0
  const run = () => (++rounds < 2 ? Promise.reject(new Error('not yet')) : Promise.resolve())
  const worker = startWorker({ name: 'w', intervalMs: 10, run }, systemClock, log)
  await delay(50)
  expect(worker.idleMs()).toBeGreaterThan(30)
  await delay(250)
  expect(rounds).toBeGreaterThan(1)
  expect(worker.idleMs()).toBeLessThan(100)
  await worker.stop()
})

it('keeps its backoff when it is woken while it fails', async () => {
  let rounds = 0
  const run = () => Promise.reject(new Error(`round ${++rounds}`))
  const worker = startWorker({ name: 'w', intervalMs: 10, run }, systemClock, log)
  for (let i = 0; i < 30; i++) {
    worker.wake()
    await delay(5)
  }
  expect(rounds).toBe(1)
  await worker.stop()
  expect(rounds).toBe(1)
})

it('a wake-up during a round is not lost', async () => {
  let rounds = 0
  const run = async () => {
    rounds += 1
    await delay(20)
  }
  const worker = startWorker({ name: 'w', intervalMs: 60_000, run }, systemClock, log)
  await delay(5)
  worker.wake()
  await delay(60)
  expect(rounds).toBe(2)
  await worker.stop()
})

it('stops after the current round, not in the middle of it', async () => {
  let ended = false
  const run = async () => {
    await delay(30)
    ended = true
  }
  const worker = startWorker({ name: 'w', intervalMs: 10, run }, systemClock, log)
  await worker.stop()
  expect(ended).toBe(true)
})
