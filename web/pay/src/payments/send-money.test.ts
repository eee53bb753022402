// The rules of paying: whom somebody means, what an address asks for, which accounts can pay.
import type { Account } from '@bahi/contracts/account.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { Problem, type ProblemCode } from '@bahi/contracts/problem.ts'
import { expect, test } from 'vitest'
import { isRefusal } from './payment-attempts.ts'
import { parsePayee } from './parse-payee.ts'
import { amountFault, cleanNote, isPaidBefore, justPaid, sourcesOf } from './send-money.ts'

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
  ['12345', 'typing'],
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
  expect(parsePayee(typed)).toEqual({ is: 'number', number: '+919876543210' })
})

test('a link that is pasted is read like a code', () => {
  expect(parsePayee(' upi://pay?pa=Shop@bahi&am=5&tr=ORD-17 ')).toMatchObject({
    is: 'order',
    order: { vpa: 'shop@bahi', amountPaise: 500, initiation: { reference: 'ORD-17' } },
  })
  expect(parsePayee('upi://pay?pa=a1@b&am=1&am=2')).toEqual({ is: 'refused', reason: 'twice' })
  expect(parsePayee('upi://mandate?pa=a1@b')).toEqual({ is: 'refused', reason: 'amount' })
  expect(
    parsePayee(
      'upi://mandate?pa=a1@b&am=5&amrule=MAX&recur=DAILY&validitystart=01012026&validityend=01012050',
    ),
  ).toEqual({ is: 'mandate' })
  expect(parsePayee('upi://collect?pa=a1@b')).toEqual({ is: 'refused', reason: 'kind' })
})

test('a note is cut to what UPI allows, at whole characters', () => {
  expect(cleanNote('a\u202Eb\u0000c')).toBe('abc')
  expect(cleanNote('x'.repeat(60))).toHaveLength(50)
  expect(cleanNote(`${'x'.repeat(49)}😀`)).toBe('x'.repeat(49))
})

test('the primary UPI ID pays, unless its account cannot', () => {
  const account = (id: string, about: Partial<Account> = {}) =>
    ({ id, status: 'active', pinSet: true, ...about }) as Account
  const vpa = (name: string, accountId: string, primary = false) => {
    return { vpa: `${name}@bahi`, accountId, primary, createdAt: '' }
  }
  const vpas = [vpa('second', 'b'), vpa('first', 'a', true), vpa('gone', 'c')]
  const order = (accounts: Account[]) =>
    sourcesOf(vpas, accounts).map((one) => [one.vpa ?? one.account.id, one.state])
  expect(order([account('a'), account('b')])).toEqual([
    ['first@bahi', 'ready'],
    ['second@bahi', 'ready'],
  ])
  expect(order([account('a', { pinSet: false }), account('b')])).toEqual([
    ['second@bahi', 'ready'],
    ['first@bahi', 'no-pin'],
  ])
})

test('an account without a UPI ID can be chosen, unless it has no PIN or is closed', () => {
  const account = (id: string, about: Partial<Account> = {}) =>
    ({ id, status: 'active', pinSet: true, ...about }) as Account
  const vpas = [{ vpa: 'asha@bahi', accountId: 'a', primary: true, createdAt: '' }]
  const accounts = [
    account('d', { status: 'closed' }),
    account('c', { pinSet: false }),
    account('b'),
    account('a'),
  ]
  expect(sourcesOf(vpas, accounts).map(({ account: { id }, state }) => [id, state])).toEqual([
    ['a', 'ready'],
    ['b', 'no-vpa'],
    ['c', 'no-pin'],
    ['d', 'closed'],
  ])
})

const paid = (about: Partial<PaymentView> = {}) =>
  ({ status: 'settled', payee: { vpa: 'ravi@bahi', name: 'Ravi Kumar' }, ...about }) as PaymentView

test('somebody is known who got money under the name that their bank gives now', () => {
  expect(isPaidBefore([], { name: 'Ravi Kumar' })).toBe(false)
  expect(
    isPaidBefore([paid({ status: 'failed' }), paid({ status: 'pending' })], { name: 'Ravi Kumar' }),
  ).toBe(false)
  expect(isPaidBefore([paid()], { name: 'Ravi Kumar' })).toBe(true)
  expect(isPaidBefore([paid()], { name: 'Somebody Else' })).toBe(false)
})

test('what was paid a moment ago is said, and what is older or failed is not', () => {
  const nowMs = Date.parse('2026-11-23T10:00:00Z')
  const at = (createdAt: string, about: Partial<PaymentView> = {}) => paid({ createdAt, ...about })
  const recent = at('2026-11-23T09:55:00Z')
  expect(justPaid([at('2026-11-23T09:59:00Z', { status: 'failed' }), recent], nowMs)).toBe(recent)
  expect(justPaid([at('2026-11-23T09:45:00Z')], nowMs)).toBeUndefined()
  expect(justPaid([], nowMs)).toBeUndefined()
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

test.each([
  ['24681357', { is: 'number', number: '24681357' }],
  ['123456789', { is: 'number', number: '123456789' }],
  ['२४६८१३५७', { is: 'number', number: '24681357' }],
  ['24681357@mapper.npci', { is: 'number', number: '24681357' }],
  ['9876543210@mapper.npci', { is: 'number', number: '+919876543210' }],
  ['2468', { is: 'typing' }],
  ['12345777', { is: 'wrong' }],
  ['11111111', { is: 'wrong' }],
  ['98765000', { is: 'typing' }],
  ['1234567890', { is: 'wrong' }],
])('%s as a UPI number is read as %j', (typed, parsed) => {
  expect(parsePayee(typed)).toEqual(parsed)
})
