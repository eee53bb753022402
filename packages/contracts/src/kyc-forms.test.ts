// KYC forms as tables: what a PAN, an Aadhaar number, a pin code and an age can be.
import { expect, it } from 'vitest'
import { ageOn, faultsOf, hasVerhoeffCheck, isAadhaar, isPinCodeOf, maskPan, panFault } from './kyc-forms.ts'

it.each<[string, ReturnType<typeof panFault>]>([
  ['ABCPR1234F', undefined],
  ['abcpr 1234f', undefined],
  ['ABCCR1234F', 'no-person'],
  ['ABCHR1234F', 'no-person'],
  ['ABCTR1234F', 'no-person'],
  ['ABCDR1234F', 'malformed'],
  ['ABCPR12345', 'malformed'],
  ['ABCP1234F', 'malformed'],
  ['ABCPR1234FF', 'malformed'],
  ['ＡBCPR1234F', 'malformed'],
])('PAN %s: %s', (pan, fault) => expect(panFault(pan)).toBe(fault))

it('a PAN is shown by its last digits and letter', () => expect(maskPan('ABCPR1234F')).toBe('XXXXX1234F'))

it('Verhoeff finds every wrong digit and every two that were swapped', () => {
  const valid = '234123412346'
  expect(hasVerhoeffCheck('2363')).toBe(true)
  expect(isAadhaar(valid)).toBe(true)
  expect(isAadhaar('2341 2341 2346')).toBe(true)
  for (let at = 0; at < valid.length; at++) {
    for (let digit = 0; digit < 10; digit++) {
      const typed = valid.slice(0, at) + String(digit) + valid.slice(at + 1)
      expect([typed, hasVerhoeffCheck(typed)]).toEqual([typed, typed === valid])
    }
    const swapped = valid.slice(0, at) + (valid[at + 1] ?? '') + valid[at]! + valid.slice(at + 2)
    expect(hasVerhoeffCheck(swapped)).toBe(swapped === valid)
  }
  for (const wrong of ['134123412346', '23412341234', '2341234123466', '23412341234x', ''])
    expect([wrong, isAadhaar(wrong)]).toEqual([wrong, false])
})

it.each([
  ['560001', 'KA', true],
  ['110001', 'DL', true],
  ['900001', 'KA', true],
  ['560001', 'DL', false],
  ['060001', 'DL', false],
  ['56000', 'KA', false],
  ['291234', 'UP', false],
] as const)('pin code %s of %s: %s', (pinCode, state, expected) =>
  expect(isPinCodeOf(pinCode, state)).toBe(expected),
)

it.each([
  ['2008-11-27', 18],
  ['2008-11-28', 17],
  ['2008-12-01', 17],
  ['1990-01-01', 36],
])('born on %s, somebody is %i on 27 November 2026', (bornOn, age) =>
  expect(ageOn(bornOn, '2026-11-27')).toBe(age),
)

it('a form says everything that is wrong with it', () => {
  const address = { line1: '1', city: 'Delhi', state: 'DL' as const, pinCode: '560001' }
  const form = { pan: 'ABCCR1234F', aadhaar: '234123412345', bornOn: '2010-01-01', address }
  expect(faultsOf(form, '2026-11-27', 18).map(({ field }) => field)).toEqual([
    'pan',
    'aadhaar',
    'bornOn',
    'address/pinCode',
  ])
  expect(faultsOf({ bornOn: '1990-01-01' }, '2026-11-27', 18)).toEqual([])
})
