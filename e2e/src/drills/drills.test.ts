// Every drill runs at night.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { drills } from './drills.ts'

it('nightly.yml runs each drill', () => {
  const file = join(import.meta.dirname, '../../../.github/workflows/nightly.yml')
  const { jobs } = parse(readFileSync(file, 'utf8')) as {
    jobs: { drill: { strategy: { matrix: { drill: string[] } } } }
  }
  expect(jobs.drill.strategy.matrix.drill.sort()).toEqual([...Object.keys(drills), 'alerts'].sort())
})
