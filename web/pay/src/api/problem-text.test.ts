// The texts of refusals: one for each that the services know, in both languages, and the tries that are left.
import { fromDocument, Problem, problemCodes, toDocument } from '@bahi/contracts/problem.ts'
import { translate } from '@bahi/web-ui/language/translate.ts'
import { expect, test } from 'vitest'
import { en } from '../language/en.ts'
import { hi } from '../language/hi.ts'
import { problemText } from './problem-text.ts'

test.each(problemCodes)('%s is told in both languages, not in the words of the service', (code) => {
  const problem = new Problem(code, 'a detail for developers')
  expect(problemText(problem, translate('en', en))).toMatch(/^[A-Z][^{}]+$/)
  expect(problemText(problem, translate('hi', hi))).toMatch(/[\u0900-\u097f]/)
})

test.each([
  ['pin-wrong', 2, 'Incorrect UPI PIN. 2 attempts left.'],
  ['pin-wrong', 1, 'Incorrect UPI PIN. 1 attempt left.'],
  ['card-wrong', 0, 'Too many incorrect attempts with this card. Try again in 24 hours.'],
  ['pin-wrong', 0, 'Incorrect UPI PIN.'],
  ['login-locked', 3, 'Too many incorrect attempts. Try again later.'],
] as const)('%s with %d attempts left', (code, triesLeft, text) => {
  expect(problemText(new Problem(code, undefined, { triesLeft }), translate('en', en))).toBe(text)
})

test.each([
  [
    'internal',
    'Something went wrong on our side. Try again in a moment. Reference: 0af7651916cd43dd8448eb211c80319c',
  ],
  ['pin-wrong', 'Incorrect UPI PIN.'],
] as const)('%s has a reference for support when we failed', (code, text) => {
  const document = toDocument(new Problem(code), '0af7651916cd43dd8448eb211c80319c')
  expect(problemText(fromDocument(document, document.status), translate('en', en))).toBe(text)
})

test('without a connection, that is what is said', () => {
  expect(problemText(new Problem('unavailable', 'offline'), translate('en', en))).toContain('offline')
  expect(problemText(new Error('bug'), translate('hi', hi))).toBe(hi['problem.unexpected'])
})

test.each([['साझा'], ['छँटाई'], ['पिन'], ['आईडी'], ['लॉग आउट'], ['यूपीआई']])(
  'Hindi says %s nowhere: it has another word',
  (word) => {
    const said = Object.values(hi).flatMap((text) =>
      typeof text === 'string' ? [text] : Object.values(text),
    )
    expect(said.filter((text) => text.includes(word))).toEqual([])
  },
)
