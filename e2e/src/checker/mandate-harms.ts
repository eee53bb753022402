// For the test of the checker: what somebody could do to mandates by hand, and which rule finds it.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { Harm } from './limit-harms.ts'

/** `mandate`: with a debit that is announced. `settled`: a payment for nothing else. */
export function mandateHarms(
  of: () => { mandate: { id: string; umn?: string | undefined }; settled: { id: string } },
): Harm[] {
  async function debitOverNetwork(tx: Tx): Promise<string> {
    const [txnId, transferId] = [`GNG${'0'.repeat(32)}`, uuidv7()]
    await tx`insert into account.network_legs (txn_id, leg, rrn, amount_paise, account_ref, transfer_id, code,
      posted_at) values (${txnId}, 'DEBIT', '000000000000', 100, ${uuidv7()}, ${transferId}, '00', now())`
    await tx`insert into account.mandate_debits (umn, sequence, transfer_id, amount_paise, posted_at)
      values (${of().mandate.umn!}, 77, ${transferId}, 100, now())`
    return txnId
  }
  return [
    {
      rule: 'mandate-debit-is-paid-once',
      what: 'a payment for no debit',
      also: ['row-matches-events'],
      by: (tx) => tx`update payment.payments set origin_kind = 'mandate', origin_id = ${uuidv7()}
      where id = ${of().settled.id}`,
    },
    {
      rule: 'mandate-debit-is-in-the-bank',
      what: 'a mandate that only the bank revoked',
      by: (tx) => tx`update account.mandates set revoked_at = now() where mandate_id = ${of().mandate.id}`,
    },
    {
      rule: 'mandate-debit-is-in-the-bank',
      what: 'a debit of the bank that is no payment',
      by: (tx) => tx`insert into account.mandate_debits (umn, sequence, transfer_id, amount_paise, posted_at)
      values (${of().mandate.umn!}, 1, ${uuidv7()}, 100, now())`,
    },
    {
      rule: 'mandate-debit-is-in-the-bank',
      what: 'a debit of the bank that is no payment, where other banks are no sandbox',
      async by(tx) {
        await tx`drop schema sandbox cascade`
        await tx`insert into account.mandate_debits (umn, sequence, transfer_id, amount_paise, posted_at)
          values (${of().mandate.umn!}, 1, ${uuidv7()}, 100, now())`
      },
    },
    {
      rule: 'mandate-debit-is-in-the-bank',
      what: 'a debit of another bank that is no payment',
      async by(tx) {
        const umn = `${'0'.repeat(32)}@bahi`
        await tx`insert into sandbox.bank_mandates (umn, account_ref, mandate_id, payee_addr, terms)
          select ${umn}, account_ref, ${uuidv7()}, 'ravi@bahi', '{}' from sandbox.other_accounts limit 1`
        await tx`insert into sandbox.bank_mandate_debits (umn, sequence, txn_id, amount_paise)
          values (${umn}, 1, ${`BHI${'0'.repeat(32)}`}, 100)`
      },
    },
    {
      rule: 'mandate-debits-across-banks-agree',
      what: 'a debit that another bank’s app made and nobody paid',
      async by(tx) {
        const txnId = `SBX${'0'.repeat(32)}`
        await tx`insert into sandbox.mandates (txn_id, rrn, payer_addr, payee, name, terms, status)
          values (${txnId}, '000000000000', 'nobody@bahi', '{}', 'Music', '{}', 'asked')`
        await tx`insert into sandbox.mandate_debits (mandate_txn_id, sequence, amount_paise, due_on, status)
          values (${txnId}, 1, 100, now(), 'made')`
      },
    },
    {
      rule: 'mandate-debits-across-banks-agree',
      what: 'a debit that a payer at another bank made and nobody got',
      async by(tx) {
        const txnId = `BHI${'0'.repeat(32)}`
        await tx`insert into sandbox.payer_mandates (txn_id, rrn, req_msg_id, payer, payee, name, terms, status,
          asked_at) values (${txnId}, '000000000000', '', '{}', '{}', 'Music', '{}', 'declined', now())`
        await tx`insert into sandbox.payer_mandate_debits (mandate_txn_id, sequence, amount_paise, due_on, noticed_at,
          status) values (${txnId}, 1, 100, now(), now(), 'made')`
      },
    },
    {
      rule: 'mandate-has-one-holder',
      what: 'a mandate that debits another account here than at its bank',
      by: (tx) =>
        tx`update payment.mandates set payer_account_id = ${uuidv7()} where id = ${of().mandate.id}`,
    },
    {
      rule: 'mandate-has-one-holder',
      what: 'a debit that began here before its payer moved the mandate here',
      also: [
        ...['audit-stores-each-event-once', 'every-event-is-published', 'mandate-debit-is-paid-once'],
        ...['mandate-matches-events', 'notification-consumes-each-event-once', 'row-matches-events'],
      ],
      async by(tx) {
        const { id, umn } = of().mandate
        await tx`update payment.mandates set umn = ${umn!}, rrn = '000000000000', txn_id = ${`BHI${'0'.repeat(32)}`}
          where id = ${id}`
        await tx`insert into payment.events (stream, version, id, type, data, at)
          select stream, max(version) + 1, ${uuidv7()}, 'payment.mandate-ported-in', '{}', now() + interval '1 hour'
          from payment.events where stream = ${id} group by stream`
        await tx`update payment.payments set origin_kind = 'mandate',
          origin_id = (select d.id from payment.mandate_debits d where d.mandate_id = ${id} limit 1)
          where id = ${of().settled.id}`
      },
    },
    {
      rule: 'mandate-has-an-id-of-its-own',
      what: 'a mandate whose number has the id of another one',
      also: ['mandate-matches-events'],
      by: (tx) => tx`
        insert into payment.mandates select (jsonb_populate_record(m, jsonb_build_object(
          'id', gen_random_uuid(), 'umn', replace(m.id::text, '-', '') || '@ganga',
          'txn_id', ${`BHI${'0'.repeat(32)}`}::text, 'rrn', '000000000000', 'payer_user_id', null,
          'payer_account_id', null, 'status', 'failed', 'ended_at', now()))).*
        from payment.mandates m where m.id = ${of().mandate.id}`,
    },
    {
      rule: 'mandate-is-kept-by-one-app',
      what: 'a mandate that is active here and with another app',
      async by(tx) {
        const umn = of().mandate.umn!.replace(/@.*/, '@ganga')
        await tx`insert into sandbox.payer_mandates (txn_id, rrn, req_msg_id, payer, payee, name, terms, status,
          umn, asked_at) values (${`GNG${'0'.repeat(32)}`}, '000000000000', '', '{}', '{}', 'Music', '{}', 'active',
          ${umn}, now())`
      },
    },
    {
      rule: 'mandate-is-kept-by-one-app',
      what: 'a mandate of another app that its bank does not know',
      async by(tx) {
        await tx`insert into sandbox.payer_mandates (txn_id, rrn, req_msg_id, payer, payee, name, terms, status,
          umn, asked_at) values (${`GNG${'0'.repeat(32)}`}, '000000000000', '', '{}', '{"isMember": false}', 'Music',
          '{}', 'active', ${`${'0'.repeat(32)}@ganga`}, now())`
      },
    },
    {
      rule: 'mandate-is-kept-by-one-app',
      what: 'a debit over the network that no app announced',
      also: ['each-leg-is-a-transfer', 'switch-matches-our-legs', 'no-duplicate-leg'],
      by: debitOverNetwork,
    },
    {
      rule: 'mandate-is-kept-by-one-app',
      what: 'a debit over the network of a mandate that is kept here',
      also: ['each-leg-is-a-transfer', 'switch-matches-our-legs', 'no-duplicate-leg'],
      async by(tx) {
        const txnId = await debitOverNetwork(tx)
        const about = { txn_id: txnId, txn_ts: new Date(), decided_at: new Date() }
        await tx`insert into sandbox.transactions
          select (jsonb_populate_record(t, ${tx.json(about as never)})).* from sandbox.transactions t limit 1`
        const umn = of().mandate.umn!.replace(/@.*/, '@ganga')
        await tx`insert into sandbox.payer_mandates (txn_id, rrn, req_msg_id, payer, payee, name, terms, status, umn,
          asked_at) values (${txnId}, '000000000000', '', '{}', '{"isMember": false}', 'Music', '{}', 'ported',
          ${umn}, now())`
        await tx`insert into sandbox.payer_mandate_debits (mandate_txn_id, sequence, amount_paise, due_on, noticed_at,
          status, txn_id) values (${txnId}, 77, 100, now(), now(), 'made', ${txnId})`
      },
    },
    {
      rule: 'mandate-elsewhere-is-as-its-bank-decided',
      what: 'a mandate that its app has ended and its bank has not',
      async by(tx) {
        const id = uuidv7()
        const umn = `${id.replaceAll('-', '')}@ganga`
        await tx`insert into account.mandates (umn, mandate_id, user_id, account_id, bank_account_id, payee_vpa,
          amount_rule, amount_paise, valid_from, valid_to, one_time)
          select ${umn}, ${id}, user_id, account_id, bank_account_id, payee_vpa, amount_rule, amount_paise, valid_from,
            valid_to, one_time from account.mandates limit 1`
        await tx`insert into sandbox.payer_mandates (txn_id, rrn, req_msg_id, payer, payee, name, terms, status, umn,
          asked_at) values (${`GNG${'0'.repeat(32)}`}, '000000000000', '', '{}', '{"isMember": false}', 'Music', '{}',
          'revoked', ${umn}, now())`
      },
    },
    {
      rule: 'mandate-reserves-its-money',
      what: 'a mandate with another amount than its hold',
      also: ['holds-close-once'],
      async by(tx) {
        const id = uuidv7()
        await tx`insert into account.holds (id, debit_account, credit_account, amount_paise, expires_at, closed_by,
          outcome) select ${id}, ledger_account_id, 1, 1, now(), ${uuidv7()}, 'expired' from account.bank_accounts
          where id = (select bank_account_id from account.mandates where mandate_id = ${of().mandate.id})`
        await tx`update account.mandates set hold_id = ${id} where mandate_id = ${of().mandate.id}`
      },
    },
    {
      rule: 'mandate-reserves-its-money',
      what: 'a mandate that is to reserve money and holds none',
      by: (tx) => tx`update payment.mandates set terms = terms || '{"blockFunds": true}'
      where id = ${of().mandate.id}`,
    },
    {
      rule: 'mandate-matches-events',
      what: 'a debit that was skipped by hand',
      by: (tx) => tx`update payment.mandate_debits set status = 'skipped', completed_at = now()
      where mandate_id = ${of().mandate.id}`,
    },
    {
      rule: 'mandate-debits-are-those-due',
      what: 'a debit on another day than the terms name',
      by: (tx) =>
        tx`update payment.mandate_debits set due_on = due_on + 1 where mandate_id = ${of().mandate.id}`,
    },
    {
      rule: 'mandate-debits-are-those-due',
      what: 'a debit without notice',
      by: (tx) => tx`update payment.mandate_debits set announced_at = execute_at - interval '23 hours'
      where mandate_id = ${of().mandate.id}`,
    },
  ]
}
