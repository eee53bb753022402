// Back stays in the app: the first screen of a visit has nothing of the app behind it, whatever the browser has.
import { afterEach, expect, test } from 'vitest'
import { canGoBack } from './history.ts'

afterEach(() => history.replaceState(null, ''))

test.each([
  ['a deep link', null, false],
  ['the first screen of the app', { idx: 0 }, false],
  ['a later one', { idx: 1 }, true],
  ['what another page of the site wrote', { scroll: 10 }, false],
])('%s', (_, state, can) => {
  history.pushState(null, '')
  history.replaceState(state, '')
  expect(canGoBack()).toBe(can)
})
