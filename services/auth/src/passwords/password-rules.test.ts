// Which passwords are refused, as a table.
import { expect, it } from 'vitest'
import { weakness } from './password-rules.ts'

const asha = { phone: '+919876543210', name: 'Asha Rao' }

it.each([
  ['short7!', 'characters at least'],
  ['ａａ', 'characters at least'],
  ['aaaaaaaaaa', 'repeats'],
  ['abababab', 'repeats'],
  ['123123123', 'repeats'],
  ['password', 'everybody'],
  ['PassWord', 'everybody'],
  ['password1!!', 'everybody'],
  ['**iloveyou**', 'everybody'],
  ['ｐａｓｓｗｏｒｄ', 'everybody'],
  ['12345678', 'everybody'],
  ['qwertyuiop', 'everybody'],
  ['9876543210', 'phone'],
  ['pay9876543210', 'phone'],
  ['+91 98765 43210', 'phone'],
  ['asharao1', 'name'],
  ['Asha-Rao-1990', 'name'],
  ['rao.asha', 'name'],
  ['Asha1234', 'name'],
] as const)('%s is refused: %s', (password, why) => {
  expect(weakness(password, asha)).toContain(why)
})

it.each([
  'khata-kholo-2026',
  'asha pays her bills',
  'धन्यवाद मेरे दोस्त',
  'tr0ub4dor&3',
  '9876543211 is not mine',
])('%s is accepted', (password) => {
  expect(weakness(password, asha)).toBeUndefined()
})

it('a name in any script is recognised', () => {
  expect(weakness('आशाराव१२३४५', { phone: asha.phone, name: 'आशा राव' })).toContain('name')
})

it('an initial is not counted as a name', () => {
  expect(weakness('k-49-1873-22', { phone: asha.phone, name: 'K Rao' })).toBeUndefined()
})
