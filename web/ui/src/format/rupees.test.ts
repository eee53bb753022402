// Typing and pasting amounts: what stays of it, what is refused, how it is grouped, and how many paise it is.
import { describe, expect, test } from 'vitest'
import {
  editRupees,
  groupRupees,
  parseRupees,
  pastedRupees,
  pressKey,
  rupeesText,
  shortRupees,
} from './rupees.ts'

/** Key by key at the end, as a keyboard does it. */
const typeAll = (text: string) =>
  [...text].reduce((before, key) => editRupees(before, groupRupees(before) + key) ?? 'refused', '')

test.each([
  ['', ''],
  ['0', '0'],
  ['007', '7'],
  ['.5', '0.5'],
  ['12.', '12.'],
  ['12.345', '12.34'],
  ['1.2.3', '1.23'],
  ['1,250', '1250'],
  ['₹1,23,456.789', '123456.78'],
  ['१२३.५०', '123.50'],
  ['১২৩', '123'],
  ['123456789', '12345678'],
])('the keys %j type %j', (keys, typed) => {
  expect(typeAll(keys)).toBe(typed)
})

describe('an edit', () => {
  test.each([
    ['', '1,23,456.50', '123456.50'],
    ['', 'Rs. 500', '500'],
    ['1250', '1,20', '120'],
    ['1250', '12,250', '12250'],
    ['1250', '', ''],
    ['125000', '1,2', '12'],
    ['', '500-1000', undefined],
    ['', '5,50', undefined],
    ['', '123456789', undefined],
    // Which of both is meant is not ours to say.
    ['12', '12Rs. 500', undefined],
    ['12', 'Rs. 50012', undefined],
  ])('of %j to %j', (before, text, after) => {
    expect(editRupees(before, text)).toBe(after)
  })
})

test.each([
  ['Rs.1,250.50', '1250.50'],
  ['५००', '500'],
  ['0', undefined],
  ['1 lakh', undefined],
  ['123456789', undefined],
])('%j is pasted as %j', (text, rupees) => {
  expect(pastedRupees(text)).toBe(rupees)
})

test.each([
  ['', ''],
  ['1', '1'],
  ['123', '123'],
  ['1234', '1,234'],
  ['12345', '12,345'],
  ['123456', '1,23,456'],
  ['1234567', '12,34,567'],
  ['12345678', '1,23,45,678'],
  ['123456.', '1,23,456.'],
  ['1234.5', '1,234.5'],
])('%j is shown as %j', (text, shown) => {
  expect(groupRupees(text)).toBe(shown)
})

test.each([
  ['', undefined],
  ['0', undefined],
  ['0.00', undefined],
  ['.', undefined],
  ['1e3', undefined],
  ['5,50', undefined],
  ['0.01', 1],
  ['1.1', 110],
  ['19.99', 1_999],
  ['99999999.99', 9_999_999_999],
])('%j is %j paise', (text, paise) => {
  expect(parseRupees(text)).toBe(paise)
})

test('the keys of the pad add, point and erase', () => {
  const keys = ['0', '1', '.', '.', '5', '0', '9', 'erase', '5']
  expect(keys.reduce(pressKey, '')).toBe('1.55')
})

test('paise are rupees again as somebody would type them', () => {
  expect([10_000, 10_050, 5].map(rupeesText)).toEqual(['100', '100.50', '0.05'])
  expect([10_000, 12_345_600, 10_050].map(shortRupees)).toEqual(['₹100', '₹1,23,456', '₹100.50'])
})
