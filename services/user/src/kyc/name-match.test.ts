// How like names are: spellings, initials, order, what is left out, and who is somebody else.
import { expect, it } from 'vitest'
import { nameScore } from './name-match.ts'

it.each<[string, string, least: number, most: number]>([
  ['Asha Rao', 'ASHA RAO', 100, 100],
  ['Smt. Asha Rao', 'Asha Rao', 100, 100],
  ['Rao Asha', 'Asha Rao', 97, 100],
  ['Asharao', 'Asha Rao', 97, 97],
  ['A Rao', 'Asha Rao', 90, 96],
  ['Asha Devi Rao', 'Asha Rao', 85, 95],
  ['Lakshmi Narayanan', 'Laxmi Narayanan', 95, 100],
  ['Mohammed Rafi', 'Mohammad Rafi', 85, 99],
  ['Deepak Chaudhary', 'Dipak Choudhari', 85, 99],
  ['José Pinto', 'Jose Pinto', 100, 100],
  ['आशा राव', 'आशा राव', 100, 100],
  ['Asha Rao', 'Ravi Kumar', 0, 0],
  ['Asha Rao', 'Asha Singh', 0, 60],
  ['Asha Rao', 'A R', 0, 0],
  ['आशा राव', 'Asha Rao', 0, 0],
  ['Asha Rao', '', 0, 0],
])('%s and %s', (one, other, least, most) => {
  const score = nameScore(one, other)
  expect(score).toBe(nameScore(other, one))
  expect(score).toBeGreaterThanOrEqual(least)
  expect(score).toBeLessThanOrEqual(most)
})
