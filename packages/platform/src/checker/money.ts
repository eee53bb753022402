// Rules between payments and the ledger: what a payment says and what moved are the same, both ways round.
import { firstFaults, type Rule } from './rule.ts'

const needs = [
  'payment.payments',
  'account.transfers',
  'account.entries',
  'account.linked_accounts',
  'account.bank_accounts',
  'account.internal_accounts',
]

export const moneyRules: Rule[] = [
  {
    name: 'settled-moves-once-failed-never',
    says: 'Inside our ledger a settled payment moved its amount once from payer to payee, a failed one nothing.',
    needs,
    over: 'payment.payments',
    find: ({ tx, has }) => {
      const ours = has('payment.payments.route') ? tx`p.route = 'l'` : tx`true`
      return firstFaults(
        tx,
        tx`
        with moved as (
          select transfer_id, count(*) as count, count(distinct account_id) as accounts,
            min(amount_paise) as debit, max(amount_paise) as credit,
            min(account_id) filter (where amount_paise < 0) as debit_account,
            min(account_id) filter (where amount_paise > 0) as credit_account
          from account.entries group by transfer_id
        ), expected as (
          select p.id, p.status, p.amount_paise, d.ledger_account_id as debit_account,
            c.ledger_account_id as credit_account
          from payment.payments p
          left join account.linked_accounts dl on dl.id = p.payer_account_id
          left join account.bank_accounts d on d.id = dl.bank_account_id
          left join account.linked_accounts cl on cl.id = p.payee_account_id
          left join account.bank_accounts c on c.id = cl.bank_account_id
          where ${ours}
        )
        select format('%s of %s is %s: %s entries', e.id, e.amount_paise, e.status, coalesce(m.count, 0)) as detail
        from expected e left join moved m on m.transfer_id = e.id
        where case
          when e.status = 'failed' then m.count is not null
          when e.status = 'settled' or m.count is not null then m.count is distinct from 2 or m.accounts <> 2
            or m.debit <> -e.amount_paise or m.credit <> e.amount_paise
            or m.debit_account is distinct from e.debit_account
            or m.credit_account is distinct from e.credit_account
          else false end`,
      )
    },
  },
  {
    name: 'transfers-between-people-are-payments',
    says: 'Money moves between accounts of people only as a payment that settles.',
    needs,
    over: 'account.transfers',
    find: ({ tx, quiescent, has }) => {
      const ours = has('payment.payments.route') ? tx`(p.route = 'l')` : tx`(p.id is not null)`
      return firstFaults(
        tx,
        tx`
        select format('%s moved %s, its payment is %s', t.id, t.amount_paise, coalesce(p.status, 'missing')) as detail
        from account.transfers t left join payment.payments p on p.id = t.id
        where t.kind = 't' and t.code = '00'
          and t.debit_account not in (select ledger_account_id from account.internal_accounts)
          and t.credit_account not in (select ledger_account_id from account.internal_accounts)
          and coalesce(${ours} is not true or p.status = 'failed' or (p.status = 'pending' and ${quiescent}), true)`,
      )
    },
  },
  {
    name: 'hold-captured-only-when-settled',
    says: 'A payment to the network holds its amount; the hold is captured if it settles, else voided.',
    needs: [...needs, 'account.holds', 'account.mandates', 'payment.payments.route'],
    over: 'account.holds',
    find: ({ tx, isArchived }) =>
      firstFaults(
        tx,
        tx`
        select format('%s of %s is %s, its hold %s', p.id, p.amount_paise, p.status,
          coalesce(h.outcome, case when h.id is null then 'is nowhere' else 'is open' end)) as detail
        from payment.payments p
        left join account.holds h on h.id = p.id
        left join account.linked_accounts dl on dl.id = p.payer_account_id
        left join account.bank_accounts d on d.id = dl.bank_account_id
        left join account.transfers c on c.id = h.closed_by
        where p.route = 'o' and case p.status
          when 'settled' then h.outcome is distinct from 'captured' or c.amount_paise <> p.amount_paise
            or h.debit_account is distinct from d.ledger_account_id
          when 'failed' then h.id is not null and (h.outcome is null or h.outcome = 'captured')
          else false end
        union all
        select format('hold %s of %s has no payment that goes out', h.id, h.amount_paise)
        from account.holds h left join payment.payments p on p.id = h.id
        -- What a mandate reserves is no payment yet.
        where not exists (select from account.mandates m where m.hold_id = h.id)
          and ((p.id is null and not ${isArchived(tx`h.id`)}) or p.route <> 'o' or p.amount_paise <> h.amount_paise)`,
      ),
  },
]
