// Which passwords are refused, as a table.
import { expect, it } from 'vitest'
import { weaknessOf } from './password-rules.ts'

const asha = { phone: '+919876543210', name: 'Asha Rao' }

it.each([
  ['short7!', 'short'],
  ['ａａ', 'short'],
  ['aaaaaaaaaa', 'repeats'],
  ['abababab', 'repeats'],
  ['123123123', 'repeats'],
  ['password', 'common'],
  ['PassWord', 'common'],
  ['password1!!', 'common'],
  ['**iloveyou**', 'common'],
  ['ｐａｓｓｗｏｒｄ', 'common'],
  ['12345678', 'common'],
  ['qwertyuiop', 'common'],
  ['9876543210', 'phone'],
  ['pay9876543210', 'phone'],
  ['+91 98765 43210', 'phone'],
  ['asharao1', 'name'],
  ['Asha-Rao-1990', 'name'],
  ['rao.asha', 'name'],
  ['Asha1234', 'name'],
  // Of the product, of places and years, of patterns on the keyboard.
  ...(
    ['bahi2026', 'Bahi@2026', 'bahi-2026!', '2026bahi', 'bahibahi12', 'upi@12345', 'mumbai@123'] as const
  ).map((password) => [password, 'common'] as const),
  ...(
    ['India@1947', 'paytm@123', 'krishna108', 'qazwsxedc', 'Ravi@2024', 'p@ssw0rd1', 'abcd1234'] as const
  ).map((password) => [password, 'common'] as const),
] as const)('%s is refused: %s', (password, why) => {
  expect(weaknessOf(password, asha)).toBe(why)
})

it.each([
  'khata-kholo-2026',
  'asha pays her bills',
  'धन्यवाद मेरे दोस्त',
  'tr0ub4dor&3',
  '9876543211 is not mine',
])('%s is accepted', (password) => {
  expect(weaknessOf(password, asha)).toBeUndefined()
})

it('a name in any script is recognised', () => {
  expect(weaknessOf('आशाराव१२३४५', { phone: asha.phone, name: 'आशा राव' })).toBe('name')
})

it('an initial is not counted as a name', () => {
  expect(weaknessOf('k-49-1873-22', { phone: asha.phone, name: 'K Rao' })).toBeUndefined()
})

it('of a long password the beginning has to be good enough', () => {
  const good = 'boats on the river'
  expect(weaknessOf(good.padEnd(128, '4@8({[<63%|10$57+2'), asha)).toBeUndefined()
  expect(weaknessOf('p4$$w0rd'.repeat(16), asha)).toBe('common')
  expect(weaknessOf('abcdefgh'.repeat(8) + good, asha)).toBe('common')
})
