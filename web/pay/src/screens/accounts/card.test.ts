// Cards as they are typed, and PINs that are too easy.
import { describe, expect, it } from 'vitest'
import { formatCardNumber, expiryFault, cleanExpiry, last6Of } from './card.ts'
import { isWeakPin } from './weak-pin.ts'

describe('the last six digits', () => {
  it.each([
    ['123', '123'],
    ['123456', '123456'],
    ['12 34 56', '123456'],
    ['6082 9473 6627 3910', '273910'],
    ['abc', ''],
  ])('of %s', (typed, is) => expect(last6Of(typed)).toBe(is))
})

describe('the expiry', () => {
  it.each([
    ['1', '1'],
    ['12', '12'],
    ['122', '12/2'],
    ['1228', '12/28'],
    ['12/28', '12/28'],
    ['1/28', '01/28'],
    ['12 / 2028', '12/28'],
    ['12/', '12'],
  ])('typed as %s', (typed, is) => expect(cleanExpiry(typed)).toBe(is))

  const now = new Date(2026, 10, 23)
  it.each([
    ['11/26', undefined],
    ['12/31', undefined],
    ['10/26', 'over'],
    ['12/25', 'over'],
    ['13/28', 'unreadable'],
    ['00/28', 'unreadable'],
    ['12/2', 'unreadable'],
    ['', 'unreadable'],
  ])('%s', (expiry, is) => expect(expiryFault(expiry, now)).toBe(is))
})

it('a card number stands in fours', () => {
  expect(formatCardNumber('6082947366273910')).toBe('6082 9473 6627 3910')
})

describe('a PIN', () => {
  it.each(['1111', '1234', '4321', '8901', '2109', '000000', '345678'])('%s is easy to guess', (pin) => {
    expect(isWeakPin(pin)).toBe(true)
  })
  it.each(['4071', '1212', '1233', '112233'])('%s will do', (pin) => {
    expect(isWeakPin(pin)).toBe(false)
  })
})
