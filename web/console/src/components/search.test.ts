// What is typed into the search, and what it is searched by.
import { expect, it } from 'vitest'
import { readSearch } from './search.ts'

it.each([
  ['631012345678', 'rrn'],
  ['919876500001', 'phone'],
  ['+91 98765 00001', 'phone'],
  [' asha@bahi ', 'vpa'],
  ['BHI01994c0000007000800000000000b100', 'txnId'],
  ['01994c00-0000-7000-8000-0000000000b1', 'id'],
  ['Asha', undefined],
])('%s is a search by %s', (typed, by) => {
  expect(readSearch(typed)?.by).toBe(by)
})
