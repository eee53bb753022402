// The simulated clock and crashed incarnations.
import { expect, inject, it, onTestFinished, vi } from 'vitest'
import { connect } from '@bahi/kit/sql/sql.ts'
import { maxWaitMs, simulatedClock } from './clock.ts'
import { faultsOf } from './faults.ts'
import { newIncarnation } from './incarnation.ts'
import { faultySql } from './seam-sql.ts'

it('the clock does not wait for the transaction of a crashed incarnation', async () => {
  const clock = simulatedClock(new Date(), 100)
  const real = connect(inject('postgresUrl'), { max: 1 })
  onTestFinished(async () => {
    clock.stop()
    await real.end({ timeout: 0 })
  })
  const incarnation = newIncarnation('account', 'account.1')
  const sql = faultySql(real, { incarnation, faults: faultsOf(1, new Set()), clock })
  const began = Promise.withResolvers<void>()
  void sql.begin(async (tx) => {
    await tx`select 1`
    began.resolve()
    incarnation.die()
    await tx`select 1`
  })
  await began.promise
  const timers = vi.spyOn(globalThis, 'setTimeout')
  onTestFinished(() => void timers.mockRestore())
  await clock.sleep(10_000)
  // Each of the 100 steps would set a timer of maxWaitMs if the clock waited.
  expect(timers.mock.calls.filter(([, ms]) => ms === maxWaitMs)).toEqual([])
})
