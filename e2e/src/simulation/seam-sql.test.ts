// The simulated clock and crashed incarnations.
import { expect, inject, it, onTestFinished } from 'vitest'
import { connect } from '@bahi/kit/sql/sql.ts'
import { simulatedClock } from './clock.ts'
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
  const before = performance.now()
  await clock.sleep(10_000)
  // 100 steps, which would take 80 ms each if the clock waited.
  expect(performance.now() - before).toBeLessThan(4_000)
})
