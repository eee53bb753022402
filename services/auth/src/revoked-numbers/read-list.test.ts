// How lists of disconnected numbers are read: what a line may look like, and which are refused.
import { expect, it } from 'vitest'
import { readList } from './read-list.ts'

const listedOn = '2026-11-20'
const read = (text: string) => [...readList(Buffer.from(text), listedOn)]
const phone = '+919876543210'
const long = `9876543210,2026-11-01,${'x'.repeat(300)}`

it.each([
  ['a number alone, of the day of the list', '9876543210', { phone, revokedOn: listedOn }],
  ['with its country', '+91 98765 43210', { phone, revokedOn: listedOn }],
  [
    'a day, and a reason that is not read',
    '919876543210,2026-11-01,Surrendered',
    { phone, revokedOn: '2026-11-01' },
  ],
  ['a day as India writes it', '09876543210;01-11-2026', { phone, revokedOn: '2026-11-01' }],
  ['fields in quotes', '"9876543210","01/11/2026"', { phone, revokedOn: '2026-11-01' }],
  ['the day of the list itself', '9876543210,2026-11-20', { phone, revokedOn: listedOn }],
  ['no number', '12345,2026-11-01', { line: 1, ending: '••45', why: 'number' }],
  ['two numbers', '98765432109876543210', { line: 1, ending: '••10', why: 'number' }],
  ['a landline', '02223456789', { line: 1, ending: '••89', why: 'number' }],
  ['a day that is none', '9876543210,2026-02-30', { line: 1, ending: '••10', why: 'date' }],
  ['a word for a day', '9876543210,yesterday', { line: 1, ending: '••10', why: 'date' }],
  ['a day after the list', '9876543210,2026-11-21', { line: 1, ending: '••10', why: 'later' }],
  ['more than a line has', long, { line: 1, ending: '••10', why: 'length' }],
])('%s', (_, line, expected) => {
  expect(read(line)).toEqual([expected])
})

it('leaves out a heading and blank lines, and counts them as lines', () => {
  const text = '\ufeffMSISDN,Date of disconnection,Reason\r\n\r\n9876543210\r\nnobody\r\n9876543211'
  expect(read(text)).toEqual([
    { phone, revokedOn: listedOn },
    { line: 4, ending: '••', why: 'number' },
    { phone: '+919876543211', revokedOn: listedOn },
  ])
  expect(read('')).toEqual([])
})
