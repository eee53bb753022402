// Which digits may be a UPI number, and its address.
import { expect, it } from 'vitest'
import { isMobile, numberFault, numberIn, numberRules, numberVpa } from './number-rules.ts'
import { rulesAt } from './rules.ts'

const rules = rulesAt(numberRules, new Date('2026-11-01'))

it.each([
  ['12345678', undefined],
  ['123456789', undefined],
  ['98765432', undefined],
  ['11111112', undefined],
  ['9876543210', undefined],
  ['1234567', 'length'],
  ['1234567890', 'length'],
  ['98765432101', 'length'],
  ['', 'length'],
  ['1234567x', 'length'],
  ['१२३४५६७८', 'length'],
  ['01234567', 'zero'],
  ['11111111', 'same'],
  ['999999999', 'same'],
  ['12345777', 'ending'],
  ['123456000', 'ending'],
])('%s: %s', (number, fault) => {
  expect(numberFault(number, rules)).toBe(fault)
})

it('a mobile number begins with 6 to 9', () => {
  expect(['6000000000', '9999999999', '5876543210', '987654321'].map(isMobile)).toEqual([
    true,
    true,
    false,
    false,
  ])
})

it('its address is read back, in any case, and no other is one', () => {
  expect(numberIn(numberVpa('12345678'))).toBe('12345678')
  expect(numberIn('12345678@MAPPER.NPCI')).toBe('12345678')
  for (const vpa of [
    'asha@mapper.npci',
    '12345678@bahi',
    '12345678@mapper.npci.in',
    '12345678901@mapper.npci',
    '1',
  ])
    expect(numberIn(vpa)).toBeUndefined()
})
