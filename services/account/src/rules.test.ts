// The pure rules, as tables: UPI IDs, PINs, cards.
import { describe, expect, it } from 'vitest'
import { randomInt } from 'node:crypto'
import { luhnDigit, newCard } from '@bahi/contracts/card.ts'
import { cardPrefix, cardText, isExpired } from './bank-accounts/card.ts'
import { isWeakPin } from './pin/weak-pin.ts'
import { candidatesOf, refusalOf } from './upi-ids/vpa-rules.ts'

describe('a PIN', () => {
  it.each(['0000', '9999', '1234', '4321', '0123', '8901', '2109', '111111', '123456', '654321'])(
    '%s is weak',
    (pin) => expect(isWeakPin(pin)).toBe(true),
  )
  it.each(['4826', '4071', '1235', '1122', '9013', '135792'])('%s is not', (pin) =>
    expect(isWeakPin(pin)).toBe(false),
  )
})

describe('a card', () => {
  it.each([
    ['7992739871', '3'],
    ['411111111111111', '1'],
  ])('of body %s has the check digit %s', (body, digit) => expect(luhnDigit(body)).toBe(digit))

  it('expires with its month, five years on', () => {
    expect(newCard(cardPrefix, new Date('2026-11-23T00:00:00Z'), randomInt).expiry).toBe('11/31')
    expect(isExpired('11/31', new Date('2031-11-30T23:59:59Z'))).toBe(false)
    expect(isExpired('1131', new Date('2031-12-01T00:00:00Z'))).toBe(true)
    expect(isExpired('12/31', new Date('2032-01-01T00:00:00Z'))).toBe(true)
  })

  it('reads the same with and without a stroke', () => {
    expect(cardText('a', { last6: '123456', expiry: '01/30' })).toBe(
      cardText('a', { last6: '123456', expiry: '0130' }),
    )
  })
})

describe('UPI IDs', () => {
  it.each(['asha@bahi', 'a.b-c_d@bahi', '9876543210@bahi', `${'a'.repeat(50)}@bahi`])(
    '%s may be issued',
    (vpa) => expect(refusalOf(vpa, 'bahi')).toBeUndefined(),
  )
  it.each(['ab@bahi', '.abc@bahi', 'abc-@bahi', 'a--b@bahi', 'asha@ybl', 'asha', 'Asha@bahi'])(
    '%s may not',
    (vpa) => expect(refusalOf(vpa, 'bahi')).toMatchObject({ reserved: false }),
  )
  it.each(['bahi@bahi', 'my-bank@bahi', 'rbi_kyc@bahi', 'upi.help@bahi'])('%s is reserved', (vpa) =>
    expect(refusalOf(vpa, 'bahi')).toMatchObject({ reserved: true }),
  )

  it.each([
    ['Asha Rao', ['asha@bahi', 'asha.rao@bahi', '9876543210@bahi', 'asharao@bahi', 'ashar@bahi']],
    ['José D’Souza', ['jose@bahi', 'jose.dsouza@bahi']],
    ['Bank', ['9876543210@bahi', 'bank10@bahi']],
    ['आशा राव', ['9876543210@bahi']],
    ['Al', ['9876543210@bahi', 'al10@bahi', 'al.3210@bahi']],
  ])('that look like %s can all be issued', (name, first) => {
    const found = candidatesOf(name, '+919876543210', 'bahi')
    expect(found.slice(0, first.length)).toEqual(first)
    for (const vpa of found) expect(refusalOf(vpa, 'bahi')).toBeUndefined()
  })
})
