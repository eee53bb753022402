// The words of a payment's timeline, and the records beside them.
import { translate } from '@bahi/web-ui/language/translate.ts'
import { expect, it } from 'vitest'
import { timelineOf } from './timeline.ts'
import { timelineTexts } from './timeline-texts.ts'

const id = '01994c00-0000-7000-8000-000000000002'
const at = '2026-11-01T10:00:00.000Z'
const payment = {
  ...{ id, txnId: 'BHI1', rrn: '785258667376', status: 'failed' as const, amountPaise: 70_00, route: 'out' },
  ...{ payer: { vpa: 'a•••@bahi' }, payee: { vpa: 'r•••@ganga' }, createdAt: at },
}
const movement = { id, code: '00', amountPaise: 70_00, postedAt: at, entries: [] }

it('says in both languages what a payment that failed went through', () => {
  const said = (['en', 'hi'] as const).map((language) =>
    timelineOf(
      { t: translate(language, timelineTexts[language]), language },
      {
        ...payment,
        events: [
          { id, type: 'payment.failed', at, data: { code: 'Z9' } },
          { id, type: 'payment.unheard-of', at, data: {} },
        ],
        movements: [
          { ...movement, kind: 'hold' },
          { ...movement, kind: 'void', entries: [{ of: 'settlement', amountPaise: 70_00 }] },
          { ...movement, kind: 'hold', code: 'Z9' },
        ],
      },
      [
        {
          id,
          channel: 'sms',
          to: '',
          template: 'mandate.failed',
          status: 'failed',
          error: 'no-credit',
          tries: 3,
          at,
        },
      ],
      [
        {
          seq: 7,
          kind: 'audit.access-denied',
          actor: id,
          at,
          data: { operation: 'revealPayment' },
          hash: '',
        },
      ],
    ).map(({ what, more, record }) => [what, ...more, record]),
  )
  expect(said[0]).toEqual([
    [
      'Payment failed: no money stays debited',
      'The payer is told: There is not enough money in the account.',
      `payment.failed · Z9 · ${id}`,
    ],
    ['payment.unheard-of', `payment.unheard-of · ${id}`],
    ['Amount reserved on the payer’s account', `hold · 00 · ${id}`],
    [
      'Reservation released: nothing was debited',
      '₹70.00 credited to our internal account settlement',
      `void · 00 · ${id}`,
    ],
    [
      'Our ledger declined to move the money',
      'There is not enough money in the account.',
      `hold · Z9 · ${id}`,
    ],
    ['SMS about this payment', 'Could not be sent', 'sms · mandate.failed · no-credit'],
    ['Staff was denied access to this payment', `audit.access-denied · revealPayment · ${id}`],
  ])
  expect(said[1]!.map(([what]) => what)).not.toContain('')
  expect(said[1]![0]![1]).toBe('भेजने वाले को बताया जाता है: खाते में पर्याप्त पैसा नहीं है।')
})
