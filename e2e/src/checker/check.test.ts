// The checker itself: correct books have no fault, and each manual corruption breaks exactly the rule that it should.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { changeControls } from '@bahi/contracts/controls.ts'
import { showMandate, type MandateView } from '@bahi/contracts/mandates.ts'
import { openAccount } from '@bahi/contracts/sandbox.ts'
import { declineRequest, makeRequest, type RequestView } from '@bahi/contracts/requests.ts'
import { showSchedule, type ScheduleView } from '@bahi/contracts/schedules.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { mandateHarms } from './mandate-harms.ts'
import { giveMandate, pay, pinKeys, planDaily, type Customer } from '@bahi/platform/api-client.ts'
import { paidFromOutside } from '../paid-from-outside.ts'
import { startPlatform, type RunningPlatform } from '@bahi/platform/testing-platform.ts'
import { archiveThisMonth } from './archived-month.ts'
import { limitHarms, type Harm } from './limit-harms.ts'
import { check, inspectIn, rules, type Acknowledged, type Expected } from '@bahi/platform/checker/check.ts'

let platform: RunningPlatform
let asha: Customer
let ravi: Customer
let settled: PaymentView
let failed: PaymentView
/** Paid, and declined. */
let paidRequest: RequestView
let declinedRequest: RequestView
/** Of every day: its first date is paid. */
let schedule: ScheduleView
/** Of every month: its first debit is announced. */
let mandate: MandateView
/** From another app. */
let came: { txnId: string; rrn: string }
let acknowledged: Acknowledged[]

beforeAll(async () => {
  platform = await startPlatform(inject('postgresUrl'), { BAHI_NETWORK_TIME_SCALE: '30' })
  asha = await platform.customer()
  ravi = await platform.customer()
  const keys = await pinKeys(asha.call)
  settled = await pay(asha, { payeeVpa: ravi.vpa, amountPaise: 250_00, note: 'tea' }, keys)
  failed = await pay(asha, { payeeVpa: ravi.vpa, amountPaise: 100, pin: '9301' }, keys)
  await pay(ravi, { payeeVpa: asha.vpa, amountPaise: 5_00 }, keys)
  const ask = () =>
    asha.call(makeRequest, {
      params: { id: uuidv7() },
      body: { payeeVpa: asha.vpa, payerVpa: ravi.vpa, amountPaise: 9_00 },
    })
  paidRequest = await ask()
  declinedRequest = await ask()
  const initiation = { origin: { kind: 'request' as const, id: paidRequest.id } }
  await pay(ravi, { payeeVpa: asha.vpa, amountPaise: 9_00, initiation }, keys)
  const ordered = { mode: '15', reference: 'ORD-17' } as const
  await pay(asha, { payeeVpa: ravi.vpa, amountPaise: 4_00, initiation: ordered }, keys)
  await ravi.call(declineRequest, { params: { id: declinedRequest.id }, body: { block: false } })
  schedule = await planDaily(asha, ravi.vpa, 3_00)
  const { id } = schedule
  await vi.waitUntil(async () => (await asha.call(showSchedule, { params: { id } })).schedule.due, 20_000)
  const planned = { origin: { kind: 'schedule' as const, id } }
  await pay(asha, { payeeVpa: ravi.vpa, amountPaise: 3_00, initiation: planned }, keys)
  mandate = await giveMandate(asha, ravi.vpa, { name: 'Newspaper' })
  const showing = { params: { id: mandate.id } }
  await vi.waitUntil(async () => (await asha.call(showMandate, showing)).debits.length > 0, 20_000)
  await pay(asha, { payeeVpa: 'nobody.here@bahi', amountPaise: 1_00 }, keys)
  const opened = await asha.call(openAccount, {
    body: { phone: '+919600000001', bank: 'GANG', balancePaise: 100_00 },
  })
  const fromOutside = { payerVpa: opened.vpa!, payeeVpa: asha.vpa, amountPaise: 7_00 }
  came = await paidFromOutside(platform, asha, fromOutside)
  for (const payeeVpa of ['ok@sandbox', 'declined.z9@sandbox', 'declined.zm@sandbox'])
    await pay(asha, { payeeVpa, amountPaise: 8_00 }, keys)
  const controls = { perDayPaise: 50_000_00 }
  await asha.call(changeControls, { body: { version: 0, controls } })
  acknowledged = [settled, failed].map((answer) => ({ paymentId: answer.id, userId: asha.userId, answer }))
  await vi.waitUntil(async () => {
    // Every event has its messages first: then mail and SMS are events too, once they are sent.
    await platform.settle()
    const [row] = await platform.admin<{ left: number }[]>`
      select (select count(*) from notification.deliveries where status = 'waiting')
        + (select count(*) from payment.open_payments) as left`
    return row!.left === 0
  })
  await platform.settle()
})
afterAll(() => platform.stop())

/** The rules that break when the database is as `harm` leaves it; afterwards it is as before. */
async function brokenBy(harm: (tx: Tx) => Promise<unknown>, expected: Expected = { quiescent: true }) {
  const undo = new Error('undo')
  let broken: string[] = []
  await platform.admin
    .begin(async (tx) => {
      await harm(tx)
      const verdicts = await inspectIn(tx, expected)
      broken = verdicts.filter((one) => one.total > 0).map((one) => one.rule)
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  return broken
}

const accountOf = (tx: Tx, { accountId }: Customer) => tx`(
  select b.ledger_account_id from account.linked_accounts l join account.bank_accounts b on b.id = l.bank_account_id
  where l.id = ${accountId})`
const treasury = (tx: Tx) =>
  tx`(select ledger_account_id from account.internal_accounts where name = 'treasury')`

it('finds no fault where there is none', async () => {
  expect(await check(platform.admin, { acknowledged, quiescent: true, refused: [uuidv7()] })).toEqual([])
  expect(await brokenBy(() => Promise.resolve())).toEqual([])
})

const harms: Harm[] = [
  {
    rule: 'debits-equal-credits',
    what: 'money out of nothing, with its entry',
    also: ['transfer-has-two-entries'],
    async by(tx) {
      await tx`update account.ledger_accounts set balance_paise = balance_paise + 1, entry_count = entry_count + 1
        where id = ${treasury(tx)}`
      await tx`insert into account.entries (transfer_id, account_id, nth, amount_paise, balance_paise)
        select ${uuidv7()}, id, entry_count, 1, balance_paise from account.ledger_accounts where id = ${treasury(tx)}`
    },
  },
  {
    rule: 'balance-equals-entries',
    what: 'a rupee moved between balances by hand',
    async by(tx) {
      await tx`update account.ledger_accounts set balance_paise = balance_paise + 100 where id = ${accountOf(tx, asha)}`
      await tx`update account.ledger_accounts set balance_paise = balance_paise - 100 where id = ${accountOf(tx, ravi)}`
    },
  },
  {
    rule: 'running-balance-is-continuous',
    what: 'a balance on an entry that is another',
    by: (tx) => tx`update account.entries set balance_paise = balance_paise + 1
      where transfer_id = ${settled.id} and account_id = ${accountOf(tx, asha)}`,
  },
  {
    rule: 'no-balance-below-its-floor',
    what: 'an overdraft',
    by: (tx) =>
      tx`alter table account.ledger_accounts drop constraint no_overdraft`.then(
        () =>
          tx`update account.ledger_accounts set floor_paise = balance_paise + 1 where id = ${accountOf(tx, ravi)}`,
      ),
  },
  {
    rule: 'transfer-has-two-entries',
    what: 'a transfer of another amount than its entries',
    by: (tx) => tx`update account.transfers set amount_paise = amount_paise + 1 where id = ${settled.id}`,
  },
  {
    rule: 'held-amount-equals-open-holds',
    what: 'money held for nothing',
    by: (tx) => tx`update account.ledger_accounts set held_paise = 1 where id = ${accountOf(tx, asha)}`,
  },
  {
    rule: 'holds-close-once',
    what: 'a hold that never ended, of no payment',
    also: ['hold-captured-only-when-settled'],
    async by(tx) {
      const item = { id: uuidv7(), kind: 'hold', debit_account: await idOf(tx, asha), amount_paise: 7 }
      await tx`select set_config('search_path', 'account', true)`
      await tx`select account.post_transfers(${tx.json([{ ...item, credit_account: await idOf(tx, ravi) }])})`
    },
  },
  {
    rule: 'every-payment-completes',
    what: 'a payment that is in no list',
    also: ['messages-sent-once', 'row-matches-events'],
    by: (tx) => tx`update payment.payments set status = 'pending', code = null, completed_at = null
      where id = ${failed.id}`,
  },
  {
    rule: 'row-matches-events',
    what: 'a note that was changed',
    by: (tx) => tx`update payment.payments set note = 'coffee' where id = ${settled.id}`,
  },
  {
    rule: 'rrns-are-unique',
    what: 'two payments with one RRN',
    also: ['row-matches-events'],
    by: (tx) => tx`update payment.payments set rrn = ${settled.rrn} where id = ${failed.id}`,
  },
  {
    rule: 'acknowledged-answers-hold',
    what: 'an answer about another amount',
    by: () => Promise.resolve(),
    expected: {
      get acknowledged() {
        return acknowledged.map((one) => ({ ...one, answer: { ...one.answer, amountPaise: 1 } }))
      },
    },
  },
  {
    rule: 'refused-has-no-effect',
    what: 'a refusal of what happened',
    by: () => Promise.resolve(),
    expected: {
      get refused() {
        return [settled.id]
      },
    },
  },
  {
    rule: 'settled-moves-once-failed-never',
    what: 'a failed payment whose money moved all the same',
    also: ['transfers-between-people-are-payments'],
    async by(tx) {
      await tx`delete from account.transfers where id = ${failed.id}`
      const item = { id: failed.id, kind: 'transfer', debit_account: await idOf(tx, asha), amount_paise: 100 }
      await tx`select set_config('search_path', 'account', true)`
      await tx`select account.post_transfers(${tx.json([{ ...item, credit_account: await idOf(tx, ravi) }])})`
    },
  },
  {
    rule: 'transfers-between-people-are-payments',
    what: 'money that moved without a payment',
    async by(tx) {
      const item = { id: uuidv7(), kind: 'transfer', debit_account: await idOf(tx, asha), amount_paise: 7 }
      await tx`select set_config('search_path', 'account', true)`
      await tx`select account.post_transfers(${tx.json([{ ...item, credit_account: await idOf(tx, ravi) }])})`
    },
  },
  {
    rule: 'hold-captured-only-when-settled',
    what: 'a payment to the network that settled without a hold',
    also: ['network-debits-one-credits-one', 'transfers-between-people-are-payments'],
    async by(tx) {
      await tx`update payment.payments set route = 'o' where id = ${settled.id}`
    },
  },
  {
    rule: 'each-leg-is-a-transfer',
    what: 'a leg of another amount than its transfer',
    also: ['no-duplicate-leg', 'network-debits-one-credits-one', 'switch-matches-our-legs'],
    by: (tx) => tx`update account.network_legs set amount_paise = amount_paise + 1 where code = '00'
      and txn_id = ${came.txnId}`,
  },
  {
    rule: 'network-debits-one-credits-one',
    what: 'a payment from another app that settled and was never paid',
    also: ['no-duplicate-leg', 'other-banks-balance'],
    by: (tx) => tx`delete from sandbox.bank_entries where txn_id = ${came.txnId} and leg = 'DEBIT'`,
  },
  {
    rule: 'no-duplicate-leg',
    what: 'money that arrived at both banks',
    also: ['each-leg-is-a-transfer', 'network-debits-one-credits-one', 'switch-matches-our-legs'],
    by: (tx) => tx`
      insert into account.network_legs (txn_id, leg, rrn, amount_paise, transfer_id, code, posted_at)
      values (${came.txnId}, 'DEBIT', ${came.rrn}, 700, ${uuidv7()}, '00', now())`,
  },
  {
    rule: 'other-banks-balance',
    what: 'a balance at another bank that was changed by hand',
    async by(tx) {
      await tx`update sandbox.other_accounts set balance_paise = balance_paise + 1`
    },
  },
  {
    rule: 'switch-matches-our-legs',
    what: 'a row of settlement that is gone',
    by: (tx) => tx`delete from sandbox.settlement_rows where txn_id = ${came.txnId} and bank = 'BAHI'`,
  },
  ...limitHarms(() => ({ asha, ravi, settled })),
  {
    rule: 'streams-have-no-gap',
    what: 'an event that is gone',
    also: ['audit-stores-each-event-once', 'notification-consumes-each-event-once', 'row-matches-events'],
    by: (tx) => tx`delete from payment.events where stream = ${settled.id} and version = 1`,
  },
  {
    rule: 'every-event-is-published',
    what: 'a relay that fell back',
    by: (tx) => tx`update payment.relay set after_xid = '0', after_seq = 0`,
  },
  {
    rule: 'audit-stores-each-event-once',
    what: 'an event that says something else than its record',
    by: (tx) => tx`update auth.events set data = data || '{"a": 1}' where seq = 1`,
  },
  {
    rule: 'audit-stores-streams-in-order',
    what: 'two records of a stream that changed places',
    also: ['audit-chain-is-intact', 'audit-stores-each-event-once'],
    async by(tx) {
      await tx`alter table audit.records disable trigger all`
      await tx`update audit.records set version = 3 - version where subject = ${settled.id}`
    },
  },
  {
    rule: 'notification-consumes-each-event-once',
    what: 'an event that was never consumed',
    by: (tx) => tx`delete from notification.inbox where event_id = (
      select id from auth.events order by seq limit 1)`,
  },
  {
    rule: 'audit-chain-is-intact',
    what: 'a record with a hash that was made up',
    async by(tx) {
      await tx`alter table audit.records disable trigger all`
      await tx`update audit.records set hash = decode(repeat('ab', 32), 'hex') where seq = 5`
    },
  },
  {
    rule: 'request-is-paid-once',
    what: 'a second payment of a request',
    also: ['row-matches-events'],
    by: (tx) => tx`update payment.payments set origin_kind = 'request', origin_id = ${paidRequest.id}
      where id = ${settled.id}`,
  },
  {
    rule: 'request-matches-events',
    what: 'a declined request that is open again',
    by: (tx) => tx`update payment.payment_requests set status = 'pending', completed_at = null
      where id = ${declinedRequest.id}`,
  },
  {
    rule: 'occurrence-is-announced-once',
    what: 'a reminder that was never sent',
    by: (tx) => tx`update payment.schedule_occurrences set reminded_at = now()
      where schedule_id = ${schedule.id} and status = 'paid'`,
  },
  {
    rule: 'occurrence-is-paid-once',
    what: 'a second payment of a date',
    also: ['row-matches-events'],
    by: (tx) => tx`update payment.payments set origin_kind = 'schedule', origin_id = ${schedule.id}
      where id = ${settled.id}`,
  },
  {
    rule: 'schedule-matches-events',
    what: 'a schedule of another amount',
    by: (tx) => tx`update payment.schedules set amount_paise = amount_paise + 1 where id = ${schedule.id}`,
  },
  {
    rule: 'schedule-leaves-out-no-date',
    what: 'a date that was left out',
    by: (tx) => tx`update payment.schedule_occurrences set due_on = due_on + 1
      where schedule_id = ${schedule.id} and status = 'upcoming'`,
  },
  {
    rule: 'order-is-paid-once',
    what: 'an order that could be paid again',
    by: (tx) => tx`delete from payment.code_orders`,
  },
  ...mandateHarms(() => ({ mandate, settled })),
  {
    rule: 'messages-sent-once',
    what: 'a message that was said twice',
    by: (tx) => tx`
      insert into notification.messages (user_id, seq, id, type, template, content_sealed, data, live, at)
      select user_id, seq + 1000, ${uuidv7()}, type, template, content_sealed, data, live, at
      from notification.messages where type = 'payment.settled' and user_id = ${ravi.userId} limit 1`,
  },
]

async function idOf(tx: Tx, who: Customer): Promise<number> {
  const [row] = await tx<{ id: number }[]>`select ${accountOf(tx, who)} as id`
  return row!.id
}

describe('a fault is found:', () => {
  it.each(harms)('$what', async ({ rule, also = [], by, expected }) => {
    expect((await brokenBy(by, expected ?? { quiescent: true })).sort()).toEqual([rule, ...also].sort())
  })

  it('every rule is tried', () => {
    expect(new Set(harms.map((one) => one.rule))).toEqual(new Set(rules.map((one) => one.name)))
  })
})

describe('on a living system', () => {
  it('what is on its way is no fault', async () => {
    const underWay = (tx: Tx) => tx`delete from notification.messages where type = 'payment.settled'`
    expect(await brokenBy(underWay, {})).toEqual([])
    const late = async (tx: Tx) => {
      await underWay(tx)
      await tx`update payment.payments set completed_at = completed_at - interval '1 hour' where id = ${settled.id}`
    }
    expect(await brokenBy(late, {})).toEqual(['row-matches-events', 'messages-sent-once'])
  })
})

// Last: the month is gone afterwards.
it('what a month in an archive has taken along is no fault, and what it left behind still is', async () => {
  expect(await archiveThisMonth(platform)).toBeGreaterThan(20)
  await platform.settle()
  expect([...(await check(platform.admin)), ...(await platform.bookFaults())]).toEqual([])
  const paise = (tx: Tx) => tx`update account.archived_entries set amount_paise = amount_paise + 1`
  expect(await brokenBy(paise, {})).toEqual(['balance-equals-entries'])
})
