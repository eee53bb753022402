// The messages of mandates: who gets which, and what they say.
import { randomUUID } from 'node:crypto'
import type { EventData, EventType } from '@bahi/contracts/events.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { toCloudEvent } from '@bahi/kit/events/events.ts'
import { expect, it } from 'vitest'
import { messageContents } from './message-content.ts'
import { render } from './templates.ts'

const asha = { userId: randomUUID(), vpa: 'asha@bahi', name: 'Asha Rao' }
const shop = { userId: randomUUID(), vpa: 'shop@bahi', name: 'Kaveri News' }
const mandateId = randomUUID()
const facts = { mandateId, name: 'Call me: 98765', amountPaise: 500_00, payer: asha, payee: shop }
const debit = { ...facts, sequence: 1, debitPaise: 250_00, dueOn: '2026-11-24' }
const terms: MandateTerms = {
  ...{
    amountRule: 'MAX',
    amountPaise: 500_00,
    recurrence: 'ASPRESENTED',
    revocable: true,
    blockFunds: false,
  },
  ...{ validFrom: '2026-11-20', validTo: '2027-11-20' },
}
const at = '2026-11-23T18:30:00.000Z'

function messagesOf<T extends EventType>(type: T, data: EventData<T>) {
  const event = { seq: 1, id: randomUUID(), stream: mandateId, version: 1, at: new Date(), traceparent: null }
  return messageContents(toCloudEvent('payment', { ...event, type, data: data as Record<string, unknown> }))
}
const said = (all: ReturnType<typeof messagesOf>) =>
  all.map(({ userId, template, values, sms }) => [
    userId === asha.userId ? 'asha' : 'shop',
    sms,
    render(template, 'en', values).text,
  ])

it('ask the payer, and answer the payee', () => {
  const all = [
    ...messagesOf('payment.mandate-requested', { ...facts, terms, expiresAt: at }),
    ...messagesOf('payment.mandate-authorised', { ...facts, terms }),
    ...messagesOf('payment.mandate-declined', facts),
    ...messagesOf('payment.mandate-revoked', { ...facts, by: 'payer' }),
    ...messagesOf('payment.mandate-paused', {
      ...facts,
      pausedFrom: '2026-11-24',
      pausedUntil: '2026-11-25',
    }),
    ...messagesOf('payment.mandate-expired', facts),
    ...messagesOf('payment.mandate-ported', { ...facts, fromVpa: 'asha.old@bahi' }),
    ...messagesOf('payment.mandate-ported-in', { ...facts, terms, app: 'Ganga Bank', fromUmn: 'a@ganga' }),
    ...messagesOf('payment.mandate-ported-out', { ...facts, app: 'ganga', toUmn: 'a@ganga' }),
  ]
  expect(said(all).map(([who, sms]) => [who, sms])).toEqual([
    ['asha', 'never'],
    ['asha', 'always'],
    ['shop', 'never'],
    ['shop', 'never'],
    ['asha', 'wanted'],
    ['shop', 'never'],
    ['asha', 'always'],
    ['asha', 'always'],
    ['shop', 'never'],
    ['asha', 'always'],
  ])
  expect(said(all)[6]![2]).toContain('is debited from asha@bahi now')
  expect(said(all)[8]![2]).toContain('Asha Rao moved AutoPay of up to ₹500.00 to this app')
  expect(said(all)[0]![2]).toContain('Kaveri News asks to debit up to ₹500.00 by AutoPay.')
  // What the payee called it is anybody's text.
  expect(JSON.stringify(said(all))).not.toContain('98765')
})

it('tell the payee what a payer with another app did not agree to', () => {
  const ramesh = { vpa: 'ramesh@ganga', name: 'Ramesh' }
  const all = [
    ...messagesOf('payment.mandate-failed', { ...facts, code: 'ZH' }),
    ...messagesOf('payment.mandate-failed', { ...facts, payer: ramesh, code: 'U28' }),
    ...messagesOf('payment.mandate-debit-refused', { ...debit, payer: ramesh, code: 'QH' }),
  ]
  expect(said(all)).toEqual([
    ['shop', 'never', expect.stringContaining('Ramesh could not agree to AutoPay of ₹500.00.')],
    [
      'shop',
      'never',
      expect.stringContaining('₹250.00 with Ramesh was not debited by AutoPay. The amount is not'),
    ],
  ])
})

it('announce a debit, and say what became of it', () => {
  const all = [
    ...messagesOf('payment.mandate-debit-announced', { ...debit, executeAt: at, needsApproval: false }),
    ...messagesOf('payment.mandate-debit-announced', { ...debit, executeAt: at, needsApproval: true }),
    ...messagesOf('payment.mandate-debit-asked', { ...debit, answerUntil: at }),
    ...messagesOf('payment.mandate-debit-paid', { ...debit, paymentId: randomUUID() }),
    ...messagesOf('payment.mandate-debit-failed', { ...debit, code: 'Z9', nextAt: at }),
    ...messagesOf('payment.mandate-debit-failed', { ...debit, code: 'Z9' }),
    ...messagesOf('payment.mandate-debit-skipped', debit),
  ]
  const noMoney = 'There is not enough money in the account.'
  expect(said(all)).toEqual([
    [
      ...['asha', 'always'],
      '₹250.00 for Kaveri News is debited by AutoPay on 24 Nov 2026 or later. ' +
        'You can skip it in the app before.',
    ],
    [
      ...['asha', 'always'],
      'Kaveri News asks for ₹250.00 by AutoPay. It is over the limit: it is paid only if you enter your UPI PIN.',
    ],
    [
      ...['asha', 'wanted'],
      'Kaveri News asks for ₹250.00 by AutoPay. It is over the limit: it is paid only if you enter your UPI PIN.',
    ],
    [
      ...['asha', 'wanted'],
      `₹250.00 for Kaveri News was not debited. ${noMoney} It is tried again on 24 Nov 2026 or later.`,
    ],
    ['asha', 'wanted', `₹250.00 with Kaveri News was not debited by AutoPay. ${noMoney}`],
    ['shop', 'never', `₹250.00 with Asha Rao was not debited by AutoPay. ${noMoney}`],
    ['shop', 'never', '₹250.00 from Asha Rao, due on 24 Nov 2026, is not debited.'],
  ])
})

it('tell an account holder of our bank what another app debited, and did there', () => {
  const { userId } = asha
  const umn = `${'0'.repeat(32)}@ganga`
  const there = { userId, accountId: randomUUID(), mandateId, umn, app: 'ganga', amountPaise: 500_00 }
  const elsewhere = { ...there, payee: { vpa: 'shop@sandbox', name: 'Music, call 98765 43210' } }
  const made = { ...elsewhere, sequence: 1, debitPaise: 250_00, rrn: '632715000001' }
  const operations = ['create', 'update', 'pause', 'unpause', 'revoke'] as const
  const all = [
    ...messagesOf('account.mandate-debited', made),
    ...messagesOf('account.mandate-debit-returned', made),
    ...operations.flatMap((operation) => messagesOf('account.mandate-changed', { ...elsewhere, operation })),
  ]
  expect(said(all).map(([who, sms]) => [who, sms])).toEqual([
    ...[1, 2, 3, 4].map(() => ['asha', 'always']),
    ...[1, 2, 3].map(() => ['asha', 'wanted']),
  ])
  expect(said(all)[0]![2]).toMatch(
    /^₹250\.00 for .* was debited by AutoPay .* another app \(ganga\)\. RRN 632715000001\./,
  )
  expect(said(all)[1]![2]).toContain('is back in your account')
  expect(said(all)[3]![2]).toContain('may now debit up to ₹500.00')
  expect(said(all)[6]![2]).toContain('was cancelled in another app (ganga)')
  // What the payee calls itself is anybody's text.
  for (const [, , text] of said(all)) expect(text).not.toContain('98765')
  expect(all[0]).toMatchObject({ data: { umn, status: 'debited', amountPaise: 250_00 } })
})
