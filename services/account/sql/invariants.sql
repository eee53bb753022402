-- What must be true of the books at any time: a row for each thing that is not.

-- True of an id whose month is in an archive: its rows were true when it went.
create or replace function is_archived(id uuid) returns boolean language sql stable set search_path = account, pg_temp
as $$ select exists (select from archived_months m where id >= m.from_id and id < m.to_id) $$;

-- Everything that must be true of the ledger by itself; a row for each thing that is not.
create or replace function ledger_faults() returns table (fault text, detail text) language sql stable
set search_path = account, pg_temp as $$
  select 'debits and credits differ', currency || ' ' || sum(balance_paise)
  from ledger_accounts group by currency having sum(balance_paise) <> 0
  union all
  select 'balance is not the sum of its entries', format('account %s: %s, entries %s', a.id, a.balance_paise, e.sum)
  from ledger_accounts a
  left join (
    select account_id, sum(sum) as sum, sum(count) as count from (
      select account_id, sum(amount_paise) as sum, count(*) as count from entries group by account_id
      union all select account_id, amount_paise, entries from archived_entries
    ) here_and_archived group by account_id
  ) e on e.account_id = a.id
  where a.balance_paise <> coalesce(e.sum, 0) or a.entry_count <> coalesce(e.count, 0)
  union all
  select 'an entry does not follow from the one before', format('account %s entry %s', account_id, nth)
  from (
    select account_id, nth, amount_paise, balance_paise, coalesce(lag(nth) over w, 0) as before,
      coalesce(lag(balance_paise) over w, 0) + amount_paise as expected_balance
    from entries window w as (partition by account_id order by nth)
  ) chain
  where case when nth = before + 1 then balance_paise <> expected_balance
    else not exists (
      select from archived_entries x where x.account_id = chain.account_id
        and int8range(x.first_nth, x.last_nth, '[]') && int8range(chain.before, chain.nth, '()')) end
  union all
  select 'a transfer does not have exactly its entries', format('transfer %s code %s', t.id, t.code)
  from transfers t
  left join (
    select transfer_id, count(*) as count, sum(amount_paise) as sum from entries group by transfer_id
  ) e on e.transfer_id = t.id
  left join entries x on x.transfer_id = t.id and x.account_id = t.debit_account and x.amount_paise = -t.amount_paise
  left join entries y on y.transfer_id = t.id and y.account_id = t.credit_account and y.amount_paise = t.amount_paise
  where case when t.kind in ('t', 'c') and t.code = '00'
    then coalesce(e.count, 0) <> 2 or e.sum <> 0 or x.account_id is null or y.account_id is null
    else e.count is not null end
  union all
  select 'an entry has no transfer', e.transfer_id::text
  from entries e left join transfers t on t.id = e.transfer_id where t.id is null
  union all
  select 'held money is not the sum of open holds', format('account %s: %s', a.id, a.held_paise)
  from ledger_accounts a
  left join (select debit_account, sum(amount_paise) as sum from holds where closed_by is null group by debit_account) h
    on h.debit_account = a.id
  where a.held_paise <> coalesce(h.sum, 0)
  union all
  select 'balance is below its floor', format('account %s: %s', id, balance_paise)
  from ledger_accounts where balance_paise - held_paise < floor_paise
  union all
  select 'an open hold is long over', format('hold %s of account %s', id, debit_account)
  from holds where closed_by is null and expires_at < now() - interval '1 minute'
  union all
  select 'a conversion is not what its rate says', c.id::text
  from conversions c
  left join transfers s on s.id = c.sold_transfer and s.code = '00'
  left join transfers b on b.id = c.bought_transfer and b.code = '00'
  left join ledger_accounts f on f.id = s.debit_account
  left join ledger_accounts t on t.id = b.credit_account
  left join currencies x on x.code = f.currency
  left join currencies y on y.code = t.currency
  where not (is_archived(c.sold_transfer) or is_archived(c.bought_transfer))
    and (x.code <> y.code and b.amount_paise = bought_amount(s.amount_paise, c.rate, x.exponent, y.exponent))
    is not true
$$;

-- Everything that must be true between the network's legs and the ledger.
create or replace function network_faults() returns table (fault text, detail text) language sql stable
set search_path = account, pg_temp as $$
  with settlement as (select ledger_account_id as id from internal_accounts where name = 'settlement'),
  done as (
    select l.txn_id, l.leg, l.rrn, l.amount_paise, l.transfer_id,
      case when l.leg in ('DEBIT', 'CREDIT-REVERSAL') then l.amount_paise else -l.amount_paise end as settled
    from network_legs l where l.code = '00'
  )
  select 'a leg does not have its transfer', format('%s %s', d.txn_id, d.leg)
  from done d cross join settlement s left join transfers t on t.id = d.transfer_id
  where (t.id is null and not is_archived(d.transfer_id)) or t.code <> '00' or t.kind not in ('t', 'c')
    or t.amount_paise <> d.amount_paise
    or s.id <> case when d.settled > 0 then t.credit_account else t.debit_account end
  union all
  select 'a transfer of the network has no leg', e.transfer_id::text
  from entries e join settlement s on s.id = e.account_id
  left join done d on d.transfer_id = e.transfer_id where d.transfer_id is null
  union all
  select 'settlement is not the sum of the legs', format('%s, legs %s', a.balance_paise, d.sum)
  from settlement s join ledger_accounts a on a.id = s.id
  cross join (select coalesce(sum(settled), 0) as sum from done) d where a.balance_paise <> d.sum
  union all
  select 'a reversal without what it reverses', format('%s %s', d.txn_id, d.leg)
  from done d left join done o
    on o.txn_id = d.txn_id and o.leg || '-REVERSAL' = d.leg and o.amount_paise = d.amount_paise
  where d.leg like '%-REVERSAL' and o.txn_id is null
$$;

-- Everything that must be true of the books; a row for each thing that is not.
create or replace function book_faults() returns table (fault text, detail text) language sql stable
set search_path = account, pg_temp as $$
  select fault, detail from ledger_faults() union all select fault, detail from network_faults()
$$;

grant execute on function is_archived(uuid), ledger_faults(), network_faults(), book_faults() to bahi_reporting;
