// Which names of UPI IDs are accepted while they are typed.
import { describe, expect, it } from 'vitest'
import { faultOf, nameTyped } from './new-vpa.ts'

describe('the part before the @', () => {
  it.each([
    ['asha', undefined],
    ['asha.rao', undefined],
    ['9876543210', undefined],
    ['a-b_c.d', undefined],
    ['as', 'short'],
    ['', 'short'],
    ['x'.repeat(51), 'long'],
    ['आशा', 'letters'],
    ['a+b', 'letters'],
    ['.asha', 'edges'],
    ['asha.', 'edges'],
    ['as..ha', 'edges'],
    ['asha.bank', 'reserved'],
    ['bankim', undefined],
  ])('%s', (name, is) => expect(faultOf(name)).toBe(is))

  it.each([
    [' Asha Rao ', 'asharao'],
    ['asha@bahi', 'asha'],
    ['ASHA', 'asha'],
  ])('of %s', (typed, is) => expect(nameTyped(typed)).toBe(is))
})
