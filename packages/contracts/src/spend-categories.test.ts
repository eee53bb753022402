// Merchant category codes and what they are to a person.
import { expect, it } from 'vitest'
import { spendCategoryOf } from './spend-categories.ts'

it.each([
  ['0000', 'people'],
  ['5411', 'groceries'],
  ['5814', 'food'],
  ['5816', 'entertainment'],
  ['5541', 'fuel'],
  ['4900', 'bills'],
  ['4814', 'bills'],
  ['6513', 'bills'],
  ['3501', 'travel'],
  ['4121', 'travel'],
  ['7011', 'travel'],
  ['5311', 'shopping'],
  ['5732', 'shopping'],
  ['5912', 'health'],
  ['8062', 'health'],
  ['8220', 'education'],
  ['7832', 'entertainment'],
  ['6012', 'finance'],
  ['9311', 'government'],
  ['7230', 'other'],
  ['9999', 'other'],
])('%s is %s', (mcc, category) => {
  expect(spendCategoryOf(mcc)).toBe(category)
})
