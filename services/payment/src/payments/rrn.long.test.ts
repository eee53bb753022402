// RRNs: ten million of a day.
import { newDataKeys } from '@bahi/kit/crypto/data-keys.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { expect, it } from 'vitest'
import { createRrnOf } from './rrn.ts'

const seal = createSeal('payment', newDataKeys())
const noon = new Date('2026-11-23T06:30:00Z')

it('ten million of a day are different, over copies of the service', () => {
  const copies = [createRrnOf(seal), createRrnOf(seal)]
  // Drawn at random, some fifty thousand of them would be repeated.
  const numbers = new Uint32Array(10_000_000)
  for (let n = 0; n < numbers.length; n++) numbers[n] = Number(copies[n % 2]!(noon, n).slice(3))
  numbers.sort()
  let repeated = 0
  for (let n = 1; n < numbers.length; n++) if (numbers[n] === numbers[n - 1]) repeated += 1
  expect(repeated).toBe(0)
})
