// Typing amounts: what stays of it, how it is grouped, and how many paise it is.
import { expect, test } from 'vitest'
import { groupRupees, parseRupees, pressKey, rupeesText, shortRupees, cleanRupees } from './rupees.ts'

test.each([
  ['', ''],
  ['0', '0'],
  ['007', '7'],
  ['.5', '0.5'],
  ['12.', '12.'],
  ['12.345', '12.34'],
  ['1.2.3', '1.23'],
  ['₹1,23,456.789', '123456.78'],
  ['१२३.५०', '123.50'],
  ['-40 abc', '40'],
  ['123456789', '12345678'],
])('%j is typed as %j', (text, typed) => {
  expect(cleanRupees(text)).toBe(typed)
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
