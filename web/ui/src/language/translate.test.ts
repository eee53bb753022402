// Texts by key: a key that is composed may be any word, also one that every object has.
import { expect, test } from 'vitest'
import { preferredLanguage } from './language.ts'
import { translate } from './translate.ts'

const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty']

test.each(names)('%s has no text, and fills nothing in', (name) => {
  const t = translate('en', { known: `a {${name}} b`, both: { one: 'one', other: '{count}' } } as never)
  expect([t(name), t('known'), t('both', { count: 2 })]).toEqual(['', 'a  b', '2'])
})

test.each(names)('%s is no language', (name) => {
  localStorage.setItem('bahi.language', name)
  expect(['en', 'hi']).toContain(preferredLanguage())
})
