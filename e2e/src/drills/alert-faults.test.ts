// No alert is without a fault that makes it fire in the drill, and no fault waits for an alert that is not shipped.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { faults } from './alert-faults.ts'
import { rulesFile } from './rule-windows.ts'

const rules = readFileSync(rulesFile, 'utf8')

it('each alert that is shipped has one fault', () => {
  const shipped = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!)
  expect(faults.flatMap(({ alerts }) => alerts).sort()).toEqual(shipped.sort())
})
