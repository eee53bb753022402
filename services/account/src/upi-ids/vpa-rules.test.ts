// Which UPI IDs may be issued, as a table.
import { describe, expect, it } from 'vitest'
import { candidatesOf, refusalOf } from './vpa-rules.ts'

describe('UPI IDs', () => {
  it.each(['asha@bahi', 'a.b-c_d@bahi', '9876543210@bahi', `${'a'.repeat(50)}@bahi`])(
    '%s may be issued',
    (vpa) => expect(refusalOf(vpa, 'bahi')).toBeUndefined(),
  )
  it.each(['ab@bahi', '.abc@bahi', 'abc-@bahi', 'a--b@bahi', 'asha@ybl', 'asha', 'Asha@bahi'])(
    '%s may not',
    (vpa) => expect(refusalOf(vpa, 'bahi')).toMatchObject({ reserved: false }),
  )
  it.each(['bahi@bahi', 'my-bank@bahi', 'rbi_kyc@bahi', 'upi.help@bahi'])('%s is reserved', (vpa) =>
    expect(refusalOf(vpa, 'bahi')).toMatchObject({ reserved: true }),
  )

  it.each([
    ['Asha Rao', ['asha@bahi', 'asha.rao@bahi', '9876543210@bahi', 'asharao@bahi', 'ashar@bahi']],
    ['José D’Souza', ['jose@bahi', 'jose.dsouza@bahi']],
    ['Bank', ['9876543210@bahi', 'bank10@bahi']],
    ['आशा राव', ['9876543210@bahi']],
    ['Al', ['9876543210@bahi', 'al10@bahi', 'al.3210@bahi']],
  ])('that look like %s can all be issued', (name, first) => {
    const found = candidatesOf(name, '+919876543210', 'bahi')
    expect(found.slice(0, first.length)).toEqual(first)
    for (const vpa of found) expect(refusalOf(vpa, 'bahi')).toBeUndefined()
  })
})
