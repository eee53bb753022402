// A short simulation in every test run; `npm run simulate` runs thousands of seeds, as the nightly job does.
import { beforeAll, expect, inject, it } from 'vitest'
import { seams } from './faults.ts'
import { simulate, type Report } from './run.ts'
import { buildWorld, type World } from './world.ts'

const seeds = [1, 2]
/** One of each layout: alone, and with the payment path in one process. */
const layoutOf = (seed: number) => (seed % 2 === 0 ? 'compact' : 'separate')

let world: World
beforeAll(async () => {
  world = await buildWorld(inject('postgresUrl'))
})

it('lost calls and commits, crashes and clock jumps lose no money', { timeout: 600_000 }, async () => {
  const wrong: string[] = []
  const paid = new Map<string, number>()
  for (const seed of seeds) {
    const report: Report = await simulate(world, seed, {
      payments: 12,
      seams: new Set(seams),
      layout: layoutOf(seed),
    })
    for (const fault of report.faults)
      wrong.push(
        `seed ${seed} failed: ${fault} (npm run simulate -- --seed ${seed} --payments 12 --layout ${layoutOf(seed)})`,
      )
    for (const [outcome, n] of Object.entries(report.outcomes))
      paid.set(outcome, (paid.get(outcome) ?? 0) + n)
  }
  expect(wrong).toEqual([])
  // A run in which nothing succeeds would prove nothing.
  expect(paid.get('settled')).toBeGreaterThan(seeds.length)
  // Nor would one in which nothing is declined: wrong PINs, too little money, limits.
  expect([...paid.keys()].filter((outcome) => outcome.startsWith('failed ')).length).toBeGreaterThan(2)
})
