// Rules across banks: what a payment says, what our bank moved, what the other banks moved and what the switch counted.
import { firstFaults, type RuleInput, type Rule } from './rule.ts'

const ours = [
  'account.network_legs',
  'account.entries',
  'account.internal_accounts',
  'payment.payments.route',
]
const theirs = ['sandbox.bank_entries', 'sandbox.transactions', 'sandbox.other_accounts']

/** Each leg that moved money at any bank: our own, and those of the sandbox. */
const legs = ({ tx }: RuleInput) => tx`
  select txn_id, leg, amount_paise, 'ours' as bank from account.network_legs where code = '00'
  union all
  select txn_id, leg, abs(amount_paise), 'theirs' from sandbox.bank_entries where leg <> 'OPENING'`

/** Per transaction: the count and amount of debits and credits that were not reversed. */
const moved = (input: RuleInput) => input.tx`
  select txn_id, count(*) filter (where leg = 'DEBIT') - count(*) filter (where leg = 'DEBIT-REVERSAL') as debits,
    count(*) filter (where leg = 'CREDIT') - count(*) filter (where leg = 'CREDIT-REVERSAL') as credits,
    sum(case leg when 'DEBIT' then amount_paise when 'DEBIT-REVERSAL' then -amount_paise else 0 end) as debited,
    sum(case leg when 'CREDIT' then amount_paise when 'CREDIT-REVERSAL' then -amount_paise else 0 end) as credited,
    count(distinct amount_paise) as amounts, count(*) - count(distinct leg) as doubled
  from (${legs(input)}) l group by txn_id`

export const networkRules: Rule[] = [
  {
    name: 'each-leg-is-a-transfer',
    says: 'Each leg of our bank is one transfer to or from settlement, which is the sum of all legs.',
    needs: ours,
    over: 'account.network_legs',
    find: ({ tx, isArchived }) =>
      firstFaults(
        tx,
        tx`
        with settlement as (select ledger_account_id as id from account.internal_accounts where name = 'settlement'),
        done as (
          select txn_id, leg, transfer_id, amount_paise,
            case when leg in ('DEBIT', 'CREDIT-REVERSAL') then amount_paise else -amount_paise end as settled
          from account.network_legs where code = '00'
        ), entered as (
          select e.transfer_id, e.amount_paise from account.entries e join settlement s on s.id = e.account_id
        )
        select format('%s %s of %s: settlement says %s', d.txn_id, d.leg, d.settled,
          coalesce(e.amount_paise::text, 'nothing')) as detail
        from done d left join entered e on e.transfer_id = d.transfer_id
        where e.amount_paise is distinct from d.settled and not ${isArchived(tx`d.transfer_id`)}
        union all
        select format('transfer %s with settlement has %s legs', e.transfer_id, count(d.txn_id))
        from entered e left join done d on d.transfer_id = e.transfer_id
        group by e.transfer_id having count(d.txn_id) <> 1
        union all
        select format('settlement is at %s, legs add up to %s', a.balance_paise, l.sum)
        from settlement s join account.ledger_accounts a on a.id = s.id
        cross join (select coalesce(sum(settled), 0) as sum from done) l where a.balance_paise <> l.sum`,
      ),
  },
  {
    name: 'network-debits-one-credits-one',
    says: 'Over the network a settled payment debited exactly one account and credited exactly one; a failed one none.',
    needs: [...ours, ...theirs],
    over: 'payment.payments',
    find: (input) => {
      const { tx, quiescent, asOf } = input
      // After a payment failed, its reversal may still be in progress for a while.
      return firstFaults(
        tx,
        tx`
        select format('%s of %s is %s: %s left, %s reached', p.id, p.amount_paise, p.status, coalesce(m.debited, 0),
          coalesce(m.credited, 0)) as detail
        from (
          select id, amount_paise, status, completed_at, left(txn_prefix || replace(id::text, '-', ''), 35) as txn_id
          from payment.payments t where route <> 'l' and not (status = 'failed' and exists (
            -- An earlier try to approve the same request, or debit of a mandate, under the asker's transaction.
            select from payment.payments o where o.txn_prefix = t.txn_prefix and length(t.txn_prefix) = 35
              and o.id <> t.id and o.status <> 'failed'))
        ) p left join (${moved(input)}) m on m.txn_id = p.txn_id
        where case p.status
          when 'settled' then m.debits is distinct from 1 or m.credits is distinct from 1
            or m.debited <> p.amount_paise or m.credited <> p.amount_paise
          when 'failed' then (m.debits <> 0 or m.credits <> 0 or m.debited <> 0 or m.credited <> 0)
            and (${quiescent} or p.completed_at < ${asOf}::timestamptz - interval '2 hours')
          else m.doubled > 0 end`,
      )
    },
  },
  {
    name: 'no-duplicate-leg',
    says: 'No leg of a transaction is posted twice, all its legs have one amount, and debits equal credits.',
    needs: [...ours, ...theirs],
    over: 'sandbox.bank_entries',
    find: (input) => {
      const { tx, quiescent, asOf } = input
      return firstFaults(
        tx,
        tx`
        select format('%s: %s debits of %s, %s credits of %s', m.txn_id, m.debits, m.debited, m.credits, m.credited)
          as detail
        from (${moved(input)}) m left join sandbox.transactions t on t.txn_id = m.txn_id
        where m.doubled <> 0 or m.amounts <> 1 or m.debits not in (0, 1) or m.credits not in (0, 1)
          or (m.debited <> m.credited
            and (${quiescent} or t.txn_id is null or t.taken_at < ${asOf}::timestamptz - interval '2 hours'))`,
      )
    },
  },
  {
    name: 'other-banks-balance',
    says: 'Each balance at another bank is the sum of its entries, and over all banks no money is created or lost.',
    needs: [...ours, ...theirs],
    over: 'sandbox.other_accounts',
    find: (input) => {
      const { tx, quiescent } = input
      return firstFaults(
        tx,
        tx`
        select format('account %s: balance %s, entries %s', a.account_ref, a.balance_paise, coalesce(e.sum, 0))
          as detail
        from sandbox.other_accounts a
        left join (select account_ref, sum(amount_paise) as sum from sandbox.bank_entries group by account_ref) e
          on e.account_ref = a.account_ref
        where a.balance_paise <> coalesce(e.sum, 0)
        union all
        select format('settlement is at %s, the other banks moved %s', s.balance_paise, o.sum)
        from (
          select a.balance_paise from account.internal_accounts h join account.ledger_accounts a
            on a.id = h.ledger_account_id where h.name = 'settlement'
        ) s cross join (
          select coalesce(sum(amount_paise), 0) as sum from sandbox.bank_entries where leg <> 'OPENING'
        ) o where ${quiescent} and s.balance_paise <> o.sum`,
      )
    },
  },
  {
    name: 'switch-matches-our-legs',
    says: "The switch's settlement for our bank equals our bank's legs, transaction by transaction.",
    needs: [...ours, 'sandbox.settlement_rows'],
    over: 'sandbox.settlement_rows',
    find: ({ tx, quiescent }) =>
      firstFaults(
        tx,
        tx`
        select format('%s: the switch counts %s, our bank moved %s', coalesce(s.txn_id, l.txn_id),
          coalesce(s.net, 0), coalesce(l.net, 0)) as detail
        from (
          select txn_id, sum(case when leg in ('CREDIT', 'DEBIT-REVERSAL') then amount_paise else -amount_paise end)
            as net
          from sandbox.settlement_rows where bank = 'BAHI' group by txn_id
        ) s full join (
          select txn_id, sum(case when leg in ('CREDIT', 'DEBIT-REVERSAL') then amount_paise else -amount_paise end)
            as net
          from account.network_legs where code = '00' group by txn_id
        ) l on l.txn_id = s.txn_id
        where ${quiescent} and coalesce(s.net, 0) <> coalesce(l.net, 0)`,
      ),
  },
]
