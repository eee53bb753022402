// The rules of paying: whom somebody means, what an address asks for, which accounts can pay.
import type { Account } from '@bahi/contracts/account.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { Problem, type ProblemCode } from '@bahi/contracts/problem.ts'
import { expect, test } from 'vitest'
import { isRefusal } from './payment-attempts.ts'
import { amountFault, cleanNote, parsePayee, recentPayees, sourcesOf } from './send-money.ts'

test.each([
  ['', 'empty'],
  ['  ', 'empty'],
  ['asha', 'typing'],
  ['asha@', 'typing'],
  ['asha rao', 'typing'],
  ['98765', 'typing'],
  ['+91 98765', 'typing'],
  ['asha@@bahi', 'wrong'],
  ['asha rao@bahi', 'wrong'],
  ['asha@1', 'wrong'],
  ['12345', 'wrong'],
  ['98765432101', 'wrong'],
  ['+1 415 555 0100', 'wrong'],
])('%j is %s', (typed, is) => {
  expect(parsePayee(typed).is).toBe(is)
})

test.each([
  [' Ravi@BAHI ', 'ravi@bahi'],
  ['ravi.k-1_x@ok.bank', 'ravi.k-1_x@ok.bank'],
  ['9876543210@bahi', '9876543210@bahi'],
  ['\u200Bravi@bahi', 'ravi@bahi'],
])('%j means %s', (typed, vpa) => {
  expect(parsePayee(typed)).toEqual({ is: 'payee', vpa })
})

test.each([
  ...[
    '9876543210',
    '+91 98765-43210',
    '098765 43210',
    '0091 98765 43210',
    '+91 (0) 98765–43210',
    '९८७६५४३२१०',
  ],
  '\u2066+91 98765 43210\u2069',
])('%j means a person and no UPI ID', (typed) => {
  expect(parsePayee(typed)).toEqual({ is: 'phone', phone: '+919876543210' })
})

test('a link that is pasted is read like a code', () => {
  expect(parsePayee(' upi://pay?pa=Shop@bahi&am=5&tr=ORD-17 ')).toMatchObject({
    is: 'order',
    order: { vpa: 'shop@bahi', amountPaise: 500, initiation: { reference: 'ORD-17' } },
  })
  expect(parsePayee('upi://pay?pa=a1@b&am=1&am=2')).toEqual({ is: 'refused', reason: 'twice' })
  expect(parsePayee('upi://mandate?pa=a1@b')).toEqual({ is: 'refused', reason: 'kind' })
})

test('a note is cut to what UPI allows, at whole characters', () => {
  expect(cleanNote('a\u202Eb\u0000c')).toBe('abc')
  expect(cleanNote('x'.repeat(60))).toHaveLength(50)
  expect(cleanNote(`${'x'.repeat(49)}😀`)).toBe('x'.repeat(49))
})

test('of those from before the latest come first, each once, and nobody who is not there', () => {
  const between = (payer: string, payee: string, about: Partial<PaymentView> = {}) =>
    ({
      direction: payer === 'asha' ? 'debit' : 'credit',
      payer: { vpa: `${payer}@bahi`, name: payer },
      payee: { vpa: `${payee}@bahi`, name: payee },
      ...about,
    }) as PaymentView
  const failure = { code: 'ZH', message: '' }
  const payments = [
    between('asha', 'ravi'),
    between('asha', 'nobody', { status: 'failed', failure }),
    between('meera', 'asha'),
    between('asha', 'ravi'),
  ]
  expect(recentPayees(payments).map(({ name }) => name)).toEqual(['ravi', 'meera'])
})

test('the primary UPI ID pays, unless its account cannot', () => {
  const account = (id: string, about: Partial<Account> = {}) =>
    ({ id, status: 'active', pinSet: true, ...about }) as Account
  const vpa = (name: string, accountId: string, primary = false) => {
    return { vpa: `${name}@bahi`, accountId, primary, createdAt: '' }
  }
  const vpas = [vpa('second', 'b'), vpa('first', 'a', true), vpa('gone', 'c')]
  const order = (accounts: Account[]) => sourcesOf(vpas, accounts).map((one) => [one.vpa, one.usable])
  expect(order([account('a'), account('b')])).toEqual([
    ['first@bahi', true],
    ['second@bahi', true],
  ])
  expect(order([account('a', { pinSet: false }), account('b')])).toEqual([
    ['second@bahi', true],
    ['first@bahi', false],
  ])
})

test('an amount is there and within the limit', () => {
  expect(['', '0', '0.01', '100', '100.01'].map((rupees) => amountFault(rupees, 100_00))).toEqual([
    ...['none', 'none', undefined, undefined, 'over'],
  ])
  expect(['', '1', '49.99', '50'].map((rupees) => amountFault(rupees, 100_00, 50_00))).toEqual([
    ...['none', 'under', 'under', undefined],
  ])
})

test.each<[ProblemCode, boolean]>([
  ['not-found', true],
  ['id-reused', true],
  ['request-invalid', true],
  ['rate-limited', true],
  ['bank-unreachable', true],
  ['unauthenticated', false],
  ['unavailable', false],
  ['timeout', false],
  ['overloaded', false],
  ['internal', false],
])('after %s it is known that nothing was paid: %s', (code, known) => {
  expect(isRefusal(new Problem(code))).toBe(known)
})
