// Which UPI IDs may be issued, as a table.
import { describe, expect, it } from 'vitest'
import { candidatesOf, refusalOf } from './vpa-rules.ts'

describe('UPI IDs', () => {
  const phone = '+919876543210'
  it.each(['asha@bahi', 'a.b-c_d@bahi', '9876543210@bahi', 'asha.3210@bahi', 'ab'.repeat(25) + '@bahi'])(
    '%s may be issued',
    (vpa) => expect(refusalOf(vpa, 'bahi', phone)).toBeUndefined(),
  )
  it.each(['ab@bahi', '.abc@bahi', 'abc-@bahi', 'a--b@bahi', 'asha@ybl', 'asha', 'Asha@bahi'])(
    '%s may not',
    (vpa) => expect(refusalOf(vpa, 'bahi', phone)).toMatchObject({ taken: false }),
  )
  it.each([
    ...['9876543211', '98765.43211', '98765-43210', '09876543210', '919876543210', '12345', '9876543211.pay'],
    ...['98765432l1', '9876s43211x9876543211', 'o9876543211', 'asha9876543211', '9o876i43211'],
  ])('%s is for the person with that phone only', (name) =>
    expect(refusalOf(`${name}@bahi`, 'bahi', phone)).toMatchObject({ taken: true }),
  )
  it.each([
    ...[
      'bahi',
      'my-bank',
      'rbi_kyc',
      'upi.help',
      'bahisupport',
      'npciupi',
      'sbi',
      'hdfcbank',
      'paytm',
      'incometax',
    ],
    ...[
      'cyberpolice',
      'b4hi',
      'b.a.h.i',
      'bahi1',
      '5bi',
      'sb1',
      'sbicare',
      'paytrn',
      'payytm',
      'ph0nepe',
      'g00glepay',
    ],
    ...[
      'hdfc2026',
      'the.bahi.app',
      'paytmkyc',
      'mypaytm99',
      'npci-official',
      'kotakbank',
      'kotak',
      'bob.care',
      'icici',
    ],
    ...[
      'customer.care',
      'refunddesk',
      'incometaxrefund',
      'rbi.gov',
      'bhim',
      'upi',
      'lnc0metax',
      'cyber_police',
    ],
    ...[
      'phonepay',
      'fonepay.help',
      'hclfcbank',
      'bankmanager',
      'rbi.branch',
      'delhipolice',
      'pm.cares',
      '6ahi',
      'ama2on',
    ],
  ])('%s is reserved', (name) =>
    expect(refusalOf(`${name}@bahi`, 'bahi', phone)).toMatchObject({ taken: true }),
  )
  // People whose names come near to reserved words.
  it.each([
    ...[
      'uday.kotak',
      'bhim.rao',
      'bankim',
      'govind',
      'govinda.das',
      'paytal',
      'sbinoy',
      'upinder',
      'rbindra',
      'axita',
    ],
    ...[
      'bobby',
      'bob.marley',
      'tata.subbu',
      'helena',
      'carey',
      'kycee',
      'policharla',
      'jaypal',
      'deepika',
      'yashwant',
    ],
    ...[
      'ravi.kumar',
      'meera.nair',
      'lata99',
      'arun',
      'kabir',
      'zoya.mirza',
      'indira',
      'staffan',
      'rootvik',
      'lakshmi',
    ],
    ...[
      'john.paul',
      'fatima.sheikh',
      'gurpreet.singh',
      'harpreet',
      'rewa',
      'union.roy',
      'dotun',
      'creda',
      'navin',
    ],
    ...['clara', 'micl', 'delhi.ravi', 'pune.meera', 'clement26', 'officer.ravi', 'updater'],
  ])('%s may be issued', (name) => expect(refusalOf(`${name}@bahi`, 'bahi', phone)).toBeUndefined())

  it.each([
    ['Asha Rao', ['asha@bahi', 'asha.rao@bahi', '9876543210@bahi', 'asharao@bahi', 'ashar@bahi']],
    ['José D’Souza', ['jose@bahi', 'jose.dsouza@bahi']],
    ['Bank', ['9876543210@bahi']],
    ['आशा राव', ['9876543210@bahi']],
    ['Al', ['9876543210@bahi', 'al10@bahi', 'al.3210@bahi']],
  ])('that look like %s can all be issued', (name, first) => {
    const found = candidatesOf(name, '+919876543210', 'bahi')
    expect(found.slice(0, first.length)).toEqual(first)
    for (const vpa of found) expect(refusalOf(vpa, 'bahi', phone)).toBeUndefined()
  })
})
