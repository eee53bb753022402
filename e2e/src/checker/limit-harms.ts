// For the checker's test: what breaks the rules of limits and controls, each by a change of the database.
import type { Controls } from '@bahi/contracts/controls.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { Customer } from '@bahi/platform/api-client.ts'
import type { Expected } from '@bahi/platform/checker/rule.ts'

export type Harm = {
  rule: string
  also?: string[]
  what: string
  by: (tx: Tx) => Promise<unknown>
  expected?: Expected
}

/** @param of who paid whom; asked for when the rows are changed. Asha has controls. */
export const limitHarms = (of: () => { asha: Customer; ravi: Customer; settled: PaymentView }): Harm[] => [
  {
    rule: 'daily-limits',
    what: 'a payer far beyond the limit of a day',
    also: ['messages-sent-once', 'row-matches-events', 'settled-moves-once-failed-never'],
    by: (tx) => tx`update payment.payments set amount_paise = 10000001 where id = ${of().settled.id}`,
  },
  {
    rule: 'cooling-period-limits',
    what: 'a registration just before a payment that is too large for it',
    also: ['messages-sent-once', 'row-matches-events', 'settled-moves-once-failed-never'],
    async by(tx) {
      await tx`update auth.people set registered_at = registered_at - interval '1 hour' where id = ${of().asha.userId}`
      await tx`update payment.payments set amount_paise = 500001 where id = ${of().settled.id}`
    },
  },
  {
    rule: 'daily-limits',
    what: 'a payment of a category that does not exist',
    also: ['row-matches-events'],
    by: (tx) => tx`update payment.payments set limit_category = 'gambling' where id = ${of().settled.id}`,
  },
  {
    rule: 'frozen-pays-nothing',
    what: 'a payer who was frozen before',
    also: ['frozen-everywhere'],
    by: (tx) => tx`
      insert into payment.frozen_people (user_id, frozen_at)
      values (${of().asha.userId}, now() - interval '1 hour')`,
  },
  {
    rule: 'frozen-everywhere',
    what: 'somebody who is frozen for their sign-in alone',
    by: (tx) => tx`update auth.people set frozen_at = now() where id = ${of().asha.userId}`,
  },
  {
    rule: 'frozen-everywhere',
    what: 'an account that stayed frozen',
    by: (tx) => tx`
      insert into account.frozen_people (user_id, ledger_account_id, frozen_at)
      select l.user_id, b.ledger_account_id, now() from account.linked_accounts l
      join account.bank_accounts b on b.id = l.bank_account_id where l.user_id = ${of().asha.userId}
        and b.ledger_account_id is not null`,
  },
  ...(
    [
      ['all payments had been stopped', { stopped: true }],
      ['payments to people were off', { personsOff: true }],
      ['no hour was allowed', { hours: [] }],
      ['less was allowed in a payment', { perTransactionPaise: 249_99 }],
      ['less was allowed in a day', { perDayPaise: 249_99 }],
      ['one payment was allowed in a day', { perDayCount: 1 }],
      ['less was allowed in a month', { perMonthPaise: 249_99 }],
      ['less was allowed to the payee in a month', { payees: [{ vpa: 'ravi', perMonthPaise: 249_99 }] }],
    ] as [string, Controls][]
  ).map(([what, controls]) => ({
    rule: 'controls-hold',
    what: `a payment although ${what}`,
    also: ['controls-match-events'],
    by(tx: Tx) {
      const named = JSON.stringify(controls).replace('"ravi"', `"${of().ravi.vpa}"`)
      return tx`
        update payment.payment_controls set controls = ${named}::text::jsonb, set_at = set_at - interval '1 hour',
          effective_from = effective_from - interval '1 hour' where user_id = ${of().asha.userId}`
    },
  })),
  {
    rule: 'controls-match-events',
    what: 'controls that were loosened by hand',
    by: (tx) => tx`
      update payment.payment_controls set controls = controls - 'perDayPaise' where user_id = ${of().asha.userId}`,
  },
  {
    rule: 'controls-match-events',
    what: 'a change without its rows',
    by: (tx) => tx`delete from payment.payment_controls where user_id = ${of().asha.userId}`,
  },
]
