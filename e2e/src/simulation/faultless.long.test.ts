// The simulation without any fault: what does not settle then fails by the simulation itself.
import { expect, inject, it } from 'vitest'
import { simulate } from './run.ts'
import { buildWorld } from './world.ts'

it('a seed without any fault settles what can be settled', async () => {
  const world = await buildWorld(inject('postgresUrl'))
  const { faults, outcomes } = await simulate(world, 4_711, { payments: 12, seams: new Set() })
  expect(faults).toEqual([])
  expect(outcomes['settled']).toBeGreaterThan(2)
  expect(Object.keys(outcomes).filter((one) => /unavailable|timeout|internal/.test(one))).toEqual([])
})
