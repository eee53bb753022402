-- Holds: closing them as the network decided.

-- Commits or voids holds as the network decided, in the order given, in one statement. An item is
--   {id (of the hold), commit_id, void_id (of what closes it), outcome: commit|void, txn_id, rrn}
-- status: committed, voided, or none when there is no such hold, and from now on there will be none. No status: the
-- hold is over but not given back yet: ask again. other: it was decided otherwise before; a debit that the network
-- reversed before it came is one that is void.
create or replace function close_holds(items jsonb)
returns table (nth int, id uuid, status text, closed_at timestamptz, other boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  v_outcomes text[]; v_codes text[]; v_at timestamptz[]; v_fresh boolean[];
begin
  -- Legs are read and written under the lock of settlement, whose id is the smallest but that of the treasury.
  perform 1 from ledger_accounts a
  where a.id = (select ledger_account_id from house_accounts where name = 'settlement') for no key update;
  select array_agg(case when l.txn_id is null then r.item ->> 'outcome' else 'void' end order by r.n)
  into v_outcomes
  from jsonb_array_elements(items) with ordinality as r (item, n)
  left join network_legs l on l.txn_id = r.item ->> 'txn_id' and l.leg = 'DEBIT' and l.code = 'ND';

  select array_agg(o.code order by o.nth), array_agg(o.posted_at order by o.nth), array_agg(o.fresh order by o.nth)
  into v_codes, v_at, v_fresh
  from post((
    select jsonb_agg(jsonb_build_object('id', r.item ->> (v_outcomes[r.n] || '_id'), 'kind', v_outcomes[r.n],
      'pending_id', r.item ->> 'id') order by r.n)
    from jsonb_array_elements(items) with ordinality as r (item, n)
  )) o;

  insert into transfers (id, posted_at, amount_paise, debit_account, credit_account, kind, code)
  select distinct (r.item ->> 'id')::uuid, clock_timestamp(), 0, 0, 0, 'n'::"char", 'XB'
  from jsonb_array_elements(items) with ordinality as r (item, n)
  where v_codes[r.n] = '!missing'
  on conflict do nothing;
  -- Waited for whoever was holding at the same moment: then the hold is there now.
  if exists (
    select 1 from jsonb_array_elements(items) with ordinality as r (item, n)
    join holds h on h.id = (r.item ->> 'id')::uuid
    where v_codes[r.n] = '!missing'
  ) then
    raise exception 'a hold came while it was closed' using errcode = 'serialization_failure';
  end if;

  -- What our own PSP committed counts more than what the network may have asked under the same transaction.
  insert into network_legs (txn_id, leg, rrn, amount_paise, account_ref, transfer_id, code, posted_at)
  select r.item ->> 'txn_id', 'DEBIT', r.item ->> 'rrn', h.amount_paise, b.id::text, (r.item ->> 'commit_id')::uuid,
    '00', date_trunc('milliseconds', v_at[r.n])
  from jsonb_array_elements(items) with ordinality as r (item, n)
  join holds h on h.id = (r.item ->> 'id')::uuid
  join bank_accounts b on b.ledger_account_id = h.debit_account
  where v_codes[r.n] = '00' and v_fresh[r.n] and v_outcomes[r.n] = 'commit'
  on conflict (txn_id, leg) do update set rrn = excluded.rrn, amount_paise = excluded.amount_paise,
    account_ref = excluded.account_ref, transfer_id = excluded.transfer_id, code = excluded.code,
    posted_at = excluded.posted_at
  where network_legs.code <> '00';

  return query select x.n::int, x.id, x.status, x.at, x.status <> x.asked
  from (
    select r.n, (r.item ->> 'id')::uuid as id, w.asked,
      case
        when v_codes[r.n] = '00' then case v_outcomes[r.n] when 'commit' then 'committed' else 'voided' end
        when v_codes[r.n] = '!missing' then 'none'
        when v_codes[r.n] = '!closed' then case when h.outcome = 'committed' then 'committed' else 'voided' end
        when v_codes[r.n] = '!expired' then null
        else 'fault'
      end as status,
      case v_codes[r.n] when '00' then v_at[r.n] when '!closed' then t.posted_at end as at
    from jsonb_array_elements(items) with ordinality as r (item, n)
    cross join lateral (
      select case r.item ->> 'outcome' when 'commit' then 'committed' else 'voided' end as asked
    ) w
    left join holds h on h.id = (r.item ->> 'id')::uuid
    left join transfers t on t.id = h.closed_by
  ) x order by x.n;
end $$;
