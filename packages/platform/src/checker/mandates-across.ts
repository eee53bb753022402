// Rules of mandates whose two sides, or whose bank and app, are not all ours: one app keeps each, and what each of them
// knows agrees.
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { firstFaults, type Rule } from './rule.ts'

export const mandateNeeds = [
  ...['payment.mandates', 'payment.mandate_debits', 'payment.payments', 'payment.events'],
  ...['account.mandates', 'account.mandate_debits'],
]
/** What other banks hold, and debited: known where the sandbox is these banks. */
export const mandatesAtOtherBanks = [
  'sandbox.bank_mandates',
  'sandbox.bank_mandate_debits',
  'sandbox.bank_entries',
]

/** The id in the number of `m`, by which its bank knows it: another app may have given it. */
export const numberIdOf = (tx: Tx) =>
  tx`case when m.umn ~ '^[0-9a-f]{32}@' then left(m.umn, 32)::uuid else m.id end`

export const mandateAcrossRules: Rule[] = [
  {
    name: 'mandate-debits-across-banks-agree',
    says: 'What two apps know of a debit agrees: announced before, and made and paid under the same transaction.',
    needs: ['payment.mandate_debits.begun_at', 'sandbox.payer_mandate_debits', 'sandbox.mandate_debits'],
    over: 'sandbox.mandate_debits',
    find: ({ tx, quiescent }) =>
      firstFaults(
        tx,
        tx`
        select format('debit %s of %s is %s there by %s, and %s here by %s', coalesce(o.sequence, d.sequence),
          coalesce(o.mandate_txn_id, d.asked_by), o.status, o.txn_id, d.status, d.txn_id) as detail
        from (
          -- What the other app of a payer has made, before it went or after it came, is not known here.
          select o.mandate_txn_id, o.sequence, o.status, o.txn_id from sandbox.mandate_debits o
          where not exists (
            select from sandbox.payer_mandate_debits t
            where t.mandate_txn_id = o.mandate_txn_id and t.sequence = o.sequence and t.status = 'made')
            and not exists (
              select from sandbox.payer_mandates p where p.txn_id = o.mandate_txn_id and p.status = 'active')
        ) o
        full join (
          select m.txn_id as asked_by, d.sequence, d.status, d.txn_id from payment.mandate_debits d
          join payment.mandates m on m.id = d.mandate_id
          where m.txn_id is not null and m.payee_user_id is null and m.presented_by = 'payee' and not exists (
            select from sandbox.payer_mandates p where p.txn_id = m.txn_id and p.status = 'active')
        ) d on d.asked_by = o.mandate_txn_id and d.sequence = o.sequence
        where ${quiescent} and (coalesce(o.status, '') = 'made') <> (coalesce(d.status, '') = 'paid')
          or o.status = 'made' and d.status = 'paid' and o.txn_id <> d.txn_id
        union all
        select format('debit %s of %s is %s there by %s, and %s here by %s', coalesce(o.sequence, d.sequence),
          coalesce(o.mandate_txn_id, d.asked_by), o.status, o.txn_id, d.status, d.txn_id)
        from (
          select o.mandate_txn_id, o.sequence, o.status, o.txn_id, o.amount_paise, o.due_on
          from sandbox.payer_mandate_debits o join sandbox.payer_mandates p on p.txn_id = o.mandate_txn_id
          where coalesce((p.payee ->> 'isMember')::boolean, true)
        ) o
        full join (
          -- What was debited here, after its payer had moved it, is no debit of the app of before.
          select m.txn_id as asked_by, d.sequence, d.txn_id, d.amount_paise, d.due_on,
            case when d.status = 'paid' and (p.payer_user_id is not null
              or p.id is null and m.payer_user_id is not null and d.completed_at > m.ported_at)
              then 'here' else d.status end as status
          from payment.mandate_debits d join payment.mandates m on m.id = d.mandate_id
          left join payment.payments p on p.id = d.payment_id
          where m.txn_id is not null and m.payee_user_id is not null
        ) d on d.asked_by = o.mandate_txn_id and d.sequence = o.sequence
        where ${quiescent} and (coalesce(o.status, '') = 'made') <> (coalesce(d.status, '') = 'paid')
          or d.status = 'paid' and (o.txn_id, o.amount_paise, o.due_on)
            is distinct from (d.txn_id, d.amount_paise, d.due_on)`,
      ),
  },
  {
    name: 'mandate-has-one-holder',
    says: 'The account that a mandate debits is the one that its bank debits, and each debit began where it was then.',
    needs: [...mandateNeeds, 'account.mandates.account_id'],
    over: 'account.mandates',
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        select format('mandate %s debits %s here and %s at the bank', m.id, m.payer_account_id, a.account_id) as detail
        from payment.mandates m join account.mandates a on a.mandate_id = ${numberIdOf(tx)}
        where m.pending_operation is null and m.payer_user_id is not null
          and a.account_id is distinct from m.payer_account_id
        union all
        select format('debit %s began from %s after the mandate had moved away', d.id, p.payer_vpa)
        from payment.mandate_debits d join payment.mandates m on m.id = d.mandate_id
        join payment.payments p on p.origin_id = d.id::text and p.origin_kind = 'mandate'
        where m.ported_at <= p.created_at and p.payer_vpa <> m.payer_vpa
        union all
        -- Of a payee here, which its payer moved here later.
        select format('payment %s of debit %s began in an app that did not have the mandate', p.id, d.id)
        from payment.mandates m join payment.mandate_debits d on d.mandate_id = m.id
        join payment.payments p on p.origin_id = d.id::text and p.origin_kind = 'mandate'
        join lateral (select min(e.at) as at from payment.events e
          where e.stream = m.id::text and e.type = 'payment.mandate-ported-in') i on true
        where m.umn is not null and m.payer_user_id is not null
          and case when p.payer_user_id is null then d.begun_at > i.at else p.created_at < i.at end`,
      ),
  },
  {
    name: 'mandate-has-an-id-of-its-own',
    says: 'No two mandates are known by one id, be it that of a record or the one in a number.',
    needs: ['payment.mandates.umn'],
    over: 'payment.mandates',
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        select format('the number of mandate %s has the id of %s', m.id, o.id) as detail
        from payment.mandates m join payment.mandates o on o.id = ${numberIdOf(tx)} and o.id <> m.id`,
      ),
  },
  {
    name: 'mandate-is-kept-by-one-app',
    says: 'One app keeps a mandate, as its bank knows, and each debit was made by the app that kept it then.',
    needs: [
      ...mandateNeeds,
      ...mandatesAtOtherBanks,
      'sandbox.payer_mandates.taken_as',
      'sandbox.bank_mandate_debits.made_by',
      ...['account.network_legs', 'sandbox.transactions'],
    ],
    over: 'sandbox.payer_mandates',
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        with moved as (
          select e.stream, e.at, e.type = 'payment.mandate-ported-in' as is_in,
            lead(e.at) over (partition by e.stream order by e.version) as until
          from payment.events e where e.type in ('payment.mandate-ported-in', 'payment.mandate-ported-out')
        ), kept as (
          select stream, at, until from moved where is_in
          union all
          select e.stream, e.at, (select min(o.at) from moved o where o.stream = e.stream)
          from payment.events e where e.type = 'payment.mandate-authorised' and e.data -> 'payer' ? 'userId'
        )
        select format('mandate %s is active here and %s is active with another app', m.id, p.umn) as detail
        from payment.mandates m
        join sandbox.payer_mandates p on split_part(p.umn, '@', 1) = replace(${numberIdOf(tx)}::text, '-', '')
        where m.status = 'active' and m.payer_user_id is not null and p.status = 'active'
        union all
        select format('%s is active with an app that its bank does not know', p.umn)
        from sandbox.payer_mandates p
        where p.status = 'active' and not (p.payee ->> 'isMember')::boolean
          and not exists (select from sandbox.bank_mandates b where b.umn = p.umn and b.revoked_at is null)
          and not exists (select from account.mandates b where b.umn = p.umn and b.revoked_at is null)
        union all
        select format('debit %s of %s was made over the network by an app that did not announce it', d.sequence, d.umn)
        from account.mandate_debits d join account.mandates a on a.umn = d.umn
        join account.network_legs l on l.transfer_id = d.transfer_id
        where not exists (
          select from sandbox.payer_mandate_debits p join sandbox.payer_mandates k on k.txn_id = p.mandate_txn_id
          where split_part(k.umn, '@', 1) = replace(a.mandate_id::text, '-', '') and p.sequence = d.sequence
            and (p.txn_id = l.txn_id or exists (
              select from account.network_legs r where r.txn_id = l.txn_id and r.leg = 'DEBIT-REVERSAL')))
        union all
        select format('debit %s of %s was made over the network while we kept the mandate', d.sequence, d.umn)
        from account.mandate_debits d join account.mandates a on a.umn = d.umn
        join account.network_legs l on l.transfer_id = d.transfer_id
        join sandbox.transactions t on t.txn_id = l.txn_id
        join payment.mandates m on ${numberIdOf(tx)} = a.mandate_id
        join kept k on k.stream = m.id::text
        where t.txn_ts > k.at and (k.until is null or t.decided_at < k.until)
        union all
        select format('payment %s of debit %s began while another app kept the mandate', p.id, d.id)
        from payment.mandate_debits d join moved o on o.stream = d.mandate_id::text and not o.is_in
        join payment.payments p on p.origin_id = d.id::text and p.origin_kind = 'mandate'
        where p.created_at > o.at and (o.until is null or p.created_at < o.until)
        union all
        select format('debit %s of %s was made by %s while we kept the mandate', b.sequence, b.umn, b.made_by)
        from sandbox.bank_mandate_debits b join sandbox.bank_mandates a on a.umn = b.umn
        join payment.mandates m on ${numberIdOf(tx)} = a.mandate_id
        join moved i on i.stream = m.id::text and i.is_in
        join sandbox.bank_entries e on e.txn_id = b.txn_id and e.leg = 'DEBIT'
        where split_part(b.made_by, '@', 2) <> split_part(m.payer_vpa, '@', 2)
          and e.at > i.at and (i.until is null or e.at < i.until)`,
      ),
  },
  {
    name: 'mandate-elsewhere-is-as-its-bank-decided',
    says: 'What another app changed of a mandate of our bank is what the bank compares debits with.',
    needs: ['account.mandate_requests', 'account.mandates', 'sandbox.payer_mandates.asking'],
    over: 'account.mandate_requests',
    find: ({ tx, quiescent }) =>
      firstFaults(
        tx,
        tx`
        select format('mandate %s is %s there, %s, pause %s, and %s at the bank, pause %s, revoked %s', p.umn, p.status,
          p.terms ->> 'amountPaise', p.pause ->> 'from', a.amount_paise, a.paused_from, a.revoked_at) as detail
        from sandbox.payer_mandates p join account.mandates a on a.umn = p.umn
        where ${quiescent} and p.asking is null and p.status in ('active', 'revoked') and (
          p.status = 'revoked' and a.revoked_at is null
          or p.pause is not null and (a.paused_from::text, a.paused_until::text)
            is distinct from (p.pause ->> 'from', p.pause ->> 'until')
          -- Of one that came from our app its terms may have been on their way.
          or (a.amount_paise, a.valid_to::text)
            is distinct from ((p.terms ->> 'amountPaise')::bigint, p.terms ->> 'validTo')
            and exists (select from account.mandate_requests r
              where r.umn = a.umn and r.type in ('create', 'update') and r.code = '00'))`,
      ),
  },
]
