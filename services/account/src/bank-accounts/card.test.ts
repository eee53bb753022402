// Debit cards: check digit, expiry, and the one spelling of their details.
import { randomInt } from 'node:crypto'
import { luhnDigit, newCard } from '@bahi/contracts/card.ts'
import { describe, expect, it } from 'vitest'
import { cardPrefix, cardText, isExpired } from './card.ts'

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
