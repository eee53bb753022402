// The mutations fit the tree as it is: a renamed line would leave one that no run can apply.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mutations } from './mutations.ts'

const root = join(import.meta.dirname, '../../..')

it.each(mutations)(
  '$name: its text stands once in its file, and its test exists',
  ({ file, find, caughtBy }) => {
    expect(readFileSync(join(root, file), 'utf8').split(find).length - 1).toBe(1)
    if (caughtBy !== 'simulation') expect(existsSync(join(root, caughtBy.test))).toBe(true)
  },
)

it('names are unique', () => {
  expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length)
})
