// What people type and paste as digits: numbers, codes, phones, amounts.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { asciiDigits, codeIn } from './digits.ts'
import { mayBecomePhone, parsePhone } from './phone.ts'
import { amountIn, decimalPaise } from './rupees.ts'

test('the digits of every script are read', () => {
  const zeros = Array.from({ length: 0x110000 }, (_, code) => code).filter(
    (code) => !(code >= 0xd800 && code < 0xe000) && /\p{Nd}/u.test(String.fromCodePoint(code)),
  )
  expect(zeros.length).toBeGreaterThan(600)
  for (const [i, code] of zeros.entries())
    expect(asciiDigits(String.fromCodePoint(code))).toBe(String(i % 10))
  expect(asciiDigits('१२३ ୪୫୬ ௭௮௯ ٠١ ４２ 𝟗')).toBe('123 456 789 01 42 9')
  expect(asciiDigits('½ Ⅳ ②')).toBe('½ Ⅳ ②')
})

describe('a one-time code', () => {
  it.each([
    ['482913', '482913'],
    ['482 913', '482913'],
    ['482-913', '482913'],
    ['4 8 2 9 1 3', '482913'],
    ['\u2066482\u00A0913\u2069', '482913'],
    ['४८२९१३', '482913'],
    ['482913 is your bahi code. It is valid for 10 minutes. Never tell it to anybody.', '482913'],
    ['Your code: 482 913. Call 1800 123 456 for help.', '482913'],
    ['bahi: 482913. Not you? Call +91 90000 00000', '482913'],
    ['Code 482913, again: 482913', '482913'],
    ['4829', undefined],
    ['4829134', undefined],
    ['482913 or 482914', undefined],
    ['call +91 90000 00000', undefined],
    ['', undefined],
  ])('in %j is %j', (text, code) => {
    expect(codeIn(text, 6)).toBe(code)
  })
})

describe('a phone number', () => {
  it.each([
    '9876543210',
    '98765 43210',
    '+919876543210',
    '+91 98765-43210',
    '098765 43210',
    '0091 98765 43210',
    '00919876543210',
    '919876543210',
    '+91 0 98765 43210',
    '+91 (0) 98765 43210',
    '(+91) 98765–43210',
    '\u2068+91 98765 43210\u2069',
    '\u202D9876543210\u202C',
    '९८७६५ ४३२१०',
    '৯৮৭৬৫৪৩২১০',
    'tel:+91-98765-43210',
    '98765.43210',
  ])('%j', (typed) => {
    expect(parsePhone(typed)).toBe('+919876543210')
    expect(mayBecomePhone(typed.replace('tel:', ''))).toBe(true)
  })

  it.each([
    ['', true],
    ['98765', true],
    ['+91 98', true],
    ['0091 6', true],
    ['919876543', true],
    ['5876543210', false],
    ['98765432101', false],
    ['9876543210 / 9876543211', false],
    ['+1 415 555 0100', false],
    ['+9876543210', false],
    ['98765 43210 x2', false],
    ['asha', false],
  ])('%j is none, and may become one: %j', (typed, may) => {
    expect(parsePhone(typed)).toBeUndefined()
    expect(mayBecomePhone(typed)).toBe(may)
  })
})

describe('an amount', () => {
  it.each([
    ['500', 50_000],
    ['Rs. 500', 50_000],
    ['Rs.500', 50_000],
    ['Rs.1,250.50', 125_050],
    ['₹1,23,456.50', 12_345_650],
    ['₹ 123,456', 12_345_600],
    ['INR 500/-', 50_000],
    ['500 rupees only', 50_000],
    ['Rs 500/- only', 50_000],
    ['₹५००', 50_000],
    ['रु. १,२५०', 125_000],
    ['\u2066₹500\u2069', 50_000],
    ['0.5', 50],
    ['.50', 50],
    ['500.', 50_000],
    ['0', 0],
  ])('%j is %d paise', (text, paise) => {
    expect(amountIn(text)).toBe(paise)
  })

  it.each([
    ...[
      '',
      '.',
      '₹',
      '500-1000',
      '500 1000',
      '5,50',
      '12,50',
      '0,500',
      '1,2345',
      '1 lakh',
      '1L',
      '1k',
      '2 crore',
    ],
    ...['1e3', '-500', '+500', '(500)', '500%', '$500', '1.2.3', '1.999', '500/2', '0x10', '500 to 600', '½'],
  ])('%j is none', (text) => {
    expect(amountIn(text)).toBeUndefined()
  })

  it('in Indian writing is itself, and a range of two is none', () => {
    const paise = fc.integer({ min: 0, max: 1_000_000_000_00 })
    fc.assert(
      fc.property(paise, paise, fc.constantFrom('-', ' ', '–', ' to ', '/'), (one, other, by) => {
        const text = (amount: number) =>
          new Intl.NumberFormat('en-IN', { style: 'currency', currency: 'INR' }).format(amount / 100)
        expect(amountIn(text(one))).toBe(one)
        expect(amountIn(text(one) + by + text(other))).toBeUndefined()
      }),
    )
  })

  it('of a code is a plain decimal number', () => {
    expect(['1,250', 'Rs.5', '5/-', '1e3', ' ', '99999999999999'].map(decimalPaise)).toEqual(
      Array(6).fill(undefined),
    )
    expect(['12.5000', '0012', '५.५'].map(decimalPaise)).toEqual([1_250, 1_200, 550])
  })
})
