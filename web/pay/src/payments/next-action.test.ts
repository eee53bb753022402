// What a payment allows next: nothing while it is on its way, and what its failure says afterwards.
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { expect, test } from 'vitest'
import { nextActionOf, nextActionPath, type NextAction } from './next-action.ts'

const payment = {
  amountPaise: 25_050,
  note: 'Chai & samosa',
  direction: 'debit',
  payer: { vpa: 'asha@bahi', name: 'Asha Rao' },
  payee: { vpa: 'ravi@bahi', name: 'Ravi Kumar' },
} as PaymentView

const failedBy = (code: string): PaymentView => ({
  ...payment,
  status: 'failed',
  failure: { code, message: '' },
})

test.each<[string, PaymentView, NextAction | undefined, string | undefined]>([
  ['pending', { ...payment, status: 'pending' }, undefined, undefined],
  [
    'paid',
    { ...payment, status: 'settled' },
    'pay-again',
    '/pay/ravi%40bahi?am=250.50&tn=Chai%20%26%20samosa&from=asha@bahi',
  ],
  ['received', { ...payment, status: 'settled', direction: 'credit' }, 'pay-back', '/pay/asha%40bahi'],
  [
    'wrong PIN',
    failedBy('ZM'),
    'try-again',
    '/pay/ravi%40bahi?am=250.50&tn=Chai%20%26%20samosa&from=asha@bahi',
  ],
  [
    'bank away',
    failedBy('U78'),
    'try-again',
    '/pay/ravi%40bahi?am=250.50&tn=Chai%20%26%20samosa&from=asha@bahi',
  ],
  ['PIN locked', failedBy('Z6'), 'set-pin', '/accounts'],
  ['no PIN', failedBy('AM'), 'set-pin', '/accounts'],
  [
    'too little money',
    failedBy('Z9'),
    'other-account',
    '/pay/ravi%40bahi?am=250.50&tn=Chai%20%26%20samosa&from=asha@bahi&choose=account',
  ],
  ['no such UPI ID', failedBy('ZH'), 'other-payee', '/pay'],
  ['account frozen', failedBy('YE'), undefined, undefined],
  ['a mandate the bank does not know', failedBy('VF'), undefined, undefined],
])('after %s', (_, one, next, path) => {
  expect(nextActionOf(one)).toBe(next)
  expect(next && nextActionPath(next, one)).toBe(path)
})

test.each<[string, NextAction, string]>([
  ['U78', 'autopay', '/autopay'],
  ['Z9', 'autopay', '/autopay'],
  ['ZM', 'autopay', '/autopay'],
  ['YE', 'autopay', '/autopay'],
  ['Z6', 'set-pin', '/accounts'],
])('a debit of AutoPay that failed by %s is not paid beside its mandate', (code, next, path) => {
  const id = '01994c00-0000-7000-8000-00000000000d'
  const initiation = { mode: '11', purpose: '14', mcc: '0000', origin: { kind: 'mandate' as const, id } }
  const failed = { ...failedBy(code), initiation }
  expect(nextActionOf(failed)).toBe(next)
  expect(nextActionPath(next, failed)).toBe(path)
})

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
  'of the code %s nothing is known',
  (code) => {
    expect(nextActionOf(failedBy(code))).toBe('try-again')
  },
)
