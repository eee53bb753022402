// Rules of the sandbox's banks: numbers, cards and UPI IDs.
import { describe, expect, it } from 'vitest'
import { luhnDigit, newCard } from '@bahi/contracts/card.ts'
import { effectsOfAddress, partyOfAddress } from '../scenarios/addresses.ts'
import { cardPrefix, digits, otherBank, otherBanks, prefixOf, pspOf } from './bank.ts'

describe('the other banks', () => {
  it('have matching codes, IFSCs and PIN lengths', () => {
    for (const bank of otherBanks) expect(bank.ifsc.slice(0, 4)).toBe(bank.code)
    expect(otherBanks.map((bank) => bank.pinLength)).toEqual([4, 6])
  })

  it('are all listed in the refusal of an unknown one', () => {
    expect(() => otherBank('NOPE')).toThrow('no bank has the code NOPE: there are BAHI, GANG, KAVE')
  })
})

describe('what every object has', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])('is nobody: %s', (name) => {
    expect(partyOfAddress(`${name}@sandbox`)).toBeUndefined()
    expect(effectsOfAddress(`${name}@sandbox`, 'payee', () => 0)).toBeUndefined()
    expect(pspOf(`asha@${name}`)).toBeUndefined()
    expect(prefixOf(name)).toBe('SBX')
    expect(() => otherBank(name)).toThrow('no bank has the code')
  })

  it('is no test address beside those that are', () => {
    expect(partyOfAddress('ok@sandbox')?.name).toBe('Sandbox: ok')
    expect(partyOfAddress('shop@sandbox')?.type).toBe('ENTITY')
    expect(partyOfAddress('declined.z9@sandbox')?.name).toBe('Sandbox: declined Z9')
  })
})

describe('numbers', () => {
  it.each([
    ['7992739871', '3'],
    ['37828224631000', '5'],
    ['000000000000000', '0'],
  ])('the check digit of %s is %s', (body, digit) => {
    expect(luhnDigit(body)).toBe(digit)
  })

  it('a card has 16 digits and expires five years on', () => {
    const card = newCard(cardPrefix, new Date('2026-11-23T10:00:00Z'), (bound) => 7 % bound)
    expect(card).toEqual({ number: '9999017777777770', last6: '777770', expiry: '11/31' })
    expect(luhnDigit(card.number.slice(0, -1))).toBe(card.number.slice(-1))
  })

  it('an account number never starts with 0', () => {
    expect(digits(12, () => 0)).toBe('100000000000')
  })
})
