// Workers: paced, woken, patient with faults, and honest about being stuck.
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { systemClock } from './clock.ts'
import { createLog } from './log.ts'
import { startWorker } from './worker.ts'

const log = createLog('test', 'silent')

it('runs at its pace, at once when there is more, and when it is woken', async () => {
  let rounds = 0
  const worker = startWorker(
    { name: 'w', everyMs: 60_000, run: () => Promise.resolve(++rounds < 3) },
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

it('tries again after a fault, and tells how long no round went well', async () => {
  let rounds = 0
  const run = () => (++rounds < 2 ? Promise.reject(new Error('not yet')) : Promise.resolve())
  const worker = startWorker({ name: 'w', everyMs: 10, run }, systemClock, log)
  await delay(50)
  expect(worker.idleMs()).toBeGreaterThan(30)
  await delay(250)
  expect(rounds).toBeGreaterThan(1)
  expect(worker.idleMs()).toBeLessThan(100)
  await worker.stop()
})
