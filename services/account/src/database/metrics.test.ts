// Of so many standbys a commit waits for an answer, in every form of PostgreSQL's setting. What a live server says is
// in packages/platform/src/replica.test.ts.
import { expect, it } from 'vitest'
import { standbysExpected, standbysOfCommit } from './metrics.ts'

it.each([
  ['', 0],
  ['  ', 0],
  ['*', 1],
  ['node2', 1],
  ['"node2"', 1],
  ['node2, node3', 1],
  ['2 (node2, node3)', 2],
  ['FIRST 1 (node2,node3)', 1],
  ['ANY 1 ("db-2","db-3")', 1],
  [' any 12 (*)', 12],
  // Names that look like a number of them.
  ['"any 3 (x)"', 1],
  ['first', 1],
])('%j waits for %i', (names, count) => {
  expect(standbysOfCommit(names)).toBe(count)
})

it.each([
  { set: 0, ofCommit: 0, expected: 0 },
  { set: 0, ofCommit: 1, expected: 2 },
  { set: 1, ofCommit: 1, expected: 1 },
  { set: 2, ofCommit: 0, expected: 2 },
])('$set set and $ofCommit of a commit: $expected are expected', ({ set, ofCommit, expected }) => {
  expect(standbysExpected(set, ofCommit)).toBe(expected)
})
