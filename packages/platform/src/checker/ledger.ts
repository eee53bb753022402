// Rules of the ledger: every paisa that leaves an account reaches another, and every balance follows from its entries.
import { firstFaults, type Rule, type RuleInput } from './rule.ts'

const needs = ['account.ledger_accounts', 'account.transfers', 'account.entries', 'account.holds']

/** What the archived entries of each account add up to, by month. */
const archivedEntries = ({ tx, has }: RuleInput) =>
  has('account.archived_entries')
    ? tx`select account_id, entries, amount_paise, first_nth, last_nth from account.archived_entries`
    : tx`select 0::bigint as account_id, 0::bigint as entries, 0::bigint as amount_paise, 0::bigint as first_nth,
        0::bigint as last_nth where false`

export const ledgerRules: Rule[] = [
  {
    name: 'debits-equal-credits',
    says: 'In each currency all debits equal all credits, and all balances add up to zero.',
    needs,
    over: 'account.entries',
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        select format('%s: entries add up to %s, balances to %s', a.currency, sum(coalesce(e.sum, 0)),
          sum(a.balance_paise)) as detail
        from account.ledger_accounts a
        left join (select account_id, sum(amount_paise) as sum from account.entries group by account_id) e
          on e.account_id = a.id
        group by a.currency having sum(coalesce(e.sum, 0)) <> 0 or sum(a.balance_paise) <> 0`,
      ),
  },
  {
    name: 'balance-equals-entries',
    says: "Each account's balance is the sum of its entries, and its entry count is right.",
    needs,
    over: 'account.ledger_accounts',
    find: (input) =>
      firstFaults(
        input.tx,
        input.tx`
        select format('account %s: balance %s and %s entries, entries say %s and %s', a.id, a.balance_paise,
          a.entry_count, coalesce(e.sum, 0), coalesce(e.count, 0)) as detail
        from account.ledger_accounts a
        full join (
          select account_id, sum(sum) as sum, sum(count) as count from (
            select account_id, sum(amount_paise) as sum, count(*) as count from account.entries group by account_id
            union all select account_id, amount_paise, entries from (${archivedEntries(input)}) x
          ) y group by account_id
        ) e on e.account_id = a.id
        where a.id is null or a.balance_paise <> coalesce(e.sum, 0) or a.entry_count <> coalesce(e.count, 0)`,
      ),
  },
  {
    name: 'running-balance-is-continuous',
    says: "Each entry's number and balance follow from the entry before it.",
    needs,
    over: 'account.entries',
    find: (input) =>
      firstFaults(
        input.tx,
        // Where entries are in an archive, numbers are left out within those of that month; what the archived ones add
        // up to is in the rule above.
        input.tx`
        select format('account %s entry %s: balance %s', account_id, nth, balance_paise) as detail
        from (
          select account_id, nth, amount_paise, balance_paise, coalesce(lag(nth) over w, 0) as before,
            coalesce(lag(balance_paise) over w, 0) + amount_paise as expected_balance
          from account.entries window w as (partition by account_id order by nth)
        ) chain
        where case when nth = before + 1 then balance_paise <> expected_balance
          else not exists (
            select from (${archivedEntries(input)}) x where x.account_id = chain.account_id
              and int8range(x.first_nth, x.last_nth, '[]') && int8range(chain.before, chain.nth, '()')) end`,
      ),
  },
  {
    name: 'no-balance-below-its-floor',
    says: 'No account is overdrawn: its balance less held amounts is at or above its floor.',
    needs,
    over: 'account.ledger_accounts',
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        select format('account %s: %s less %s held, floor %s', id, balance_paise, held_paise, floor_paise) as detail
        from account.ledger_accounts where balance_paise - held_paise < floor_paise
        union all
        select format('account %s was at %s after entry %s, floor %s', e.account_id, e.balance_paise, e.nth,
          a.floor_paise)
        from account.entries e join account.ledger_accounts a on a.id = e.account_id
        where e.balance_paise < a.floor_paise`,
      ),
  },
  {
    name: 'transfer-has-two-entries',
    says: 'Every completed transfer has one debit and one credit of its amount, every other one none.',
    needs,
    over: 'account.transfers',
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        select format('%s (%s, code %s): %s entries', coalesce(t.id, e.transfer_id), coalesce(t.kind, '?'),
          coalesce(t.code, '?'), coalesce(e.count, 0)) as detail
        from account.transfers t
        full join (
          select transfer_id, count(*) as count, sum(amount_paise) as sum,
            min(amount_paise) as debit, max(amount_paise) as credit,
            min(account_id) filter (where amount_paise < 0) as debit_account,
            min(account_id) filter (where amount_paise > 0) as credit_account
          from account.entries group by transfer_id
        ) e on e.transfer_id = t.id
        where case
          when t.id is null then true
          when t.kind in ('t', 'c') and t.code = '00' then coalesce(e.count, 0) <> 2 or e.debit <> -t.amount_paise
            or e.credit <> t.amount_paise or e.debit_account is distinct from t.debit_account
            or e.credit_account is distinct from t.credit_account
          else e.count is not null end`,
      ),
  },
  {
    name: 'held-amount-equals-open-holds',
    says: "Each account's held amount is the sum of its open holds.",
    needs,
    over: 'account.ledger_accounts',
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        select format('account %s: %s held, open holds %s', a.id, a.held_paise, coalesce(h.sum, 0)) as detail
        from account.ledger_accounts a
        left join (
          select debit_account, sum(amount_paise) as sum from account.holds where closed_by is null
          group by debit_account
        ) h on h.debit_account = a.id
        where a.held_paise <> coalesce(h.sum, 0)`,
      ),
  },
  {
    name: 'holds-close-once',
    says: 'Every hold was made by its transfer and is closed by exactly one other; none stays open after it expires.',
    needs: [...needs, 'account.mandates'],
    over: 'account.holds',
    find: ({ tx, quiescent, asOf, isArchived }) =>
      firstFaults(
        tx,
        tx`
        select format('hold %s is open%s', id,
          case when expires_at < ${asOf}::timestamptz then ' after it expired' else '' end) as detail
        from account.holds
        where closed_by is null and (expires_at < ${asOf}::timestamptz - interval '1 hour'
          -- What a mandate reserves it does until it is debited.
          or ${quiescent} and not exists (select from account.mandates m where m.hold_id = holds.id))
        union all
        select format('hold %s: %s by %s (%s, code %s)', h.id, h.outcome, h.closed_by, coalesce(c.kind, '?'),
          coalesce(c.code, '?'))
        from account.holds h left join account.transfers c on c.id = h.closed_by
        where h.closed_by is not null and not ${isArchived(tx`h.closed_by`)}
          and (c.id is null or c.code <> '00' or c.pending_id is distinct from h.id
          or c.amount_paise > h.amount_paise or c.debit_account <> h.debit_account
          or c.kind <> case h.outcome when 'captured' then 'c' else 'v' end)
        union all
        select format('transfer %s holds %s, its hold is %s', t.id, t.amount_paise,
          coalesce(h.amount_paise::text, 'gone'))
        from account.transfers t left join account.holds h on h.id = t.id
        where t.kind = 'h' and t.code = '00' and (h.id is null or h.amount_paise <> t.amount_paise)
        union all
        select format('hold %s is closed by %s transfers', pending_id, count(*)) from account.transfers
        where kind in ('c', 'v') and code = '00' group by pending_id having count(*) > 1`,
      ),
  },
]
