// The state machine and the views of a payment: pure.
import type { TransferOutcome } from '@bahi/contracts/transfers.ts'
import { describe, expect, it } from 'vitest'
import { apply, completionEvent, failureEvent, type PaymentEvent, type Payment } from './payment.ts'
import { maySee, viewFor } from './view.ts'
import { istOf, receiptOf } from './receipt.ts'

const id = '019ab000-0000-7000-8000-000000000001'
const at = new Date('2026-11-23T09:30:00.000Z')
const asha = '019ab000-0000-7000-8000-00000000000a'
const ravi = '019ab000-0000-7000-8000-00000000000b'
const begun: PaymentEvent & { type: 'payment.begun' } = {
  type: 'payment.begun',
  at,
  data: {
    paymentId: id,
    txnId: `BHI${id.replaceAll('-', '')}`,
    rrn: '632715000001',
    amountPaise: 1_23_456_00,
    note: 'rent',
    payer: {
      vpa: 'asha@bahi',
      name: 'Asha',
      userId: asha,
      accountId: asha,
      bank: 'BAHI',
      maskedNumber: 'XXXX1',
    },
    payee: {
      vpa: 'ravi@bahi',
      name: 'Ravi',
      userId: ravi,
      accountId: ravi,
      bank: 'BAHI',
      maskedNumber: 'XXXX2',
    },
  },
}
const pending = apply(undefined, begun)
const posted = { status: 'posted', code: '00', postedAt: '2026-11-23T09:30:01.000Z' } as const
const settled = apply(pending, completionEvent(pending, posted, at))
const failed = apply(pending, failureEvent(pending, 'ZM', at, 2))

describe('the state machine', () => {
  it('begins pending', () => {
    expect(pending).toMatchObject({ id, status: 'pending', createdAt: at })
    expect(pending.code).toBeUndefined()
  })
  it.each<[string, Omit<TransferOutcome, 'id'>, Partial<Payment>]>([
    ['posted settles', posted, { status: 'settled', code: '00', completedAt: new Date(posted.postedAt) }],
    [
      'posted without a time settles now',
      { status: 'posted', code: '00' },
      { status: 'settled', completedAt: at },
    ],
    ['declined fails with its code', { status: 'declined', code: 'Z9' }, { status: 'failed', code: 'Z9' }],
    ['a wrong PIN has the tries left', { status: 'declined', code: 'ZM', triesLeft: 1 }, { triesLeft: 1 }],
    ['never posted fails with XB', { status: 'declined', code: 'XB' }, { status: 'failed', code: 'XB' }],
  ])('%s', (_name, outcome, expected) => {
    expect(apply(pending, completionEvent(pending, outcome, at))).toMatchObject(expected)
  })
  it.each<[string, Payment | undefined, PaymentEvent]>([
    ['beginning twice', pending, begun],
    ['beginning after the end', settled, begun],
    ['settling what has not begun', undefined, completionEvent(pending, posted, at)],
    ['settling twice', settled, completionEvent(pending, posted, at)],
    ['failing what is settled', settled, failureEvent(pending, 'Z9', at)],
    ['settling what has failed', failed, completionEvent(pending, posted, at)],
    ['an end of another payment', { ...pending, id: asha }, completionEvent(pending, posted, at)],
  ])('refuses %s', (_name, payment, change) => {
    expect(() => apply(payment, change)).toThrow()
  })
  it('refuses a payer without user or account', () => {
    const data = { ...begun.data, payer: { vpa: 'asha@bahi', name: 'Asha' } }
    expect(() => apply(undefined, { type: 'payment.begun', at, data })).toThrow()
  })
})

describe('what people see', () => {
  it.each([
    ['the payer', asha, [true, true, true]],
    ['the payee', ravi, [false, true, false]],
    ['anybody else', id, [false, false, false]],
  ] as const)('%s may see pending, settled, failed as agreed', (_name, userId, expected) => {
    expect([pending, settled, failed].map((payment) => maySee(payment, userId))).toEqual(expected)
  })
  it('names no user and no account', () => {
    for (const userId of [asha, ravi]) {
      const text = JSON.stringify(viewFor(settled, userId, at))
      for (const hidden of [asha, ravi, 'userId', 'accountId']) expect(text).not.toContain(hidden)
    }
  })
  it('shows each side its direction, and a failure in words', () => {
    expect([viewFor(settled, asha, at).direction, viewFor(settled, ravi, at).direction]).toEqual([
      'debit',
      'credit',
    ])
    expect(viewFor(failed, asha, at).failure).toMatchObject({ code: 'ZM', triesLeft: 2 })
    expect(viewFor(settled, asha, at).failure).toBeUndefined()
  })
  it('a failure whose code has no sentence still says that no money moved', () => {
    const strange = apply(pending, failureEvent(pending, 'QQ', at))
    expect(viewFor(strange, asha, at).failure?.message).toContain('No money has moved')
  })
})

describe('a receipt', () => {
  it('reads from the side of the one who asks', () => {
    const { amountText, lines } = receiptOf(settled, asha, at)
    expect(amountText).toBe('₹1,23,456.00')
    expect(lines).toEqual([
      { label: 'Paid to', value: 'Ravi' },
      { label: 'UPI ID', value: 'ravi@bahi' },
      { label: 'Paid by', value: 'Asha' },
      { label: 'Account', value: 'asha@bahi (BAHI XXXX1)' },
      { label: 'UPI reference number (RRN)', value: '632715000001' },
      { label: 'UPI transaction id', value: settled.txnId },
      // As in the history; the money arrived a second later.
      { label: 'Date', value: '23 Nov 2026, 15:00:00 IST' },
      { label: 'Settled', value: '23 Nov 2026, 15:00:01 IST' },
      { label: 'Note', value: 'rent' },
    ])
    expect(receiptOf(settled, ravi, at).lines.slice(0, 4)).toEqual([
      { label: 'Received from', value: 'Asha' },
      { label: 'UPI ID', value: 'asha@bahi' },
      { label: 'Received by', value: 'Ravi' },
      { label: 'Account', value: 'ravi@bahi (BAHI XXXX2)' },
    ])
  })
  it('is dated in Indian time, over midnight too', () => {
    expect(istOf(new Date('2026-12-31T18:30:00Z'))).toBe('1 Jan 2027, 00:00:00 IST')
  })
})
