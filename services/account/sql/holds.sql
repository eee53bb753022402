-- Closing holds as the network decided.

-- Captures or voids holds, in the order given, in one statement. An item is
--   {id (of the hold), capture_id, void_id (of the transfer that closes it), outcome: capture|void, txn_id, rrn}
-- status: captured, voided, or none when there is no such hold, and from now on there will be none. No status: the
-- hold has expired but is not voided yet: try again. differs: it had been decided otherwise before. A debit that the
-- network reversed before it arrived counts as a void.
create or replace function close_holds(items jsonb)
returns table (nth int, id uuid, status text, closed_at timestamptz, differs boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  v_outcomes text[]; v_codes text[]; v_at timestamptz[]; v_new boolean[];
begin
  -- Legs are read and written under the lock of settlement, whose id is the smallest but that of the treasury.
  perform 1 from ledger_accounts a
  where a.id = (select ledger_account_id from internal_accounts where name = 'settlement') for no key update;
  select array_agg(case when l.txn_id is null then r.item ->> 'outcome' else 'void' end order by r.n)
  into v_outcomes
  from jsonb_array_elements(items) with ordinality as r (item, n)
  left join network_legs l on l.txn_id = r.item ->> 'txn_id' and l.leg = 'DEBIT' and l.code = 'ND';

  select array_agg(o.code order by o.nth), array_agg(o.posted_at order by o.nth), array_agg(o.is_new order by o.nth)
  into v_codes, v_at, v_new
  from (
    select array_agg((r.item ->> (v_outcomes[r.n] || '_id'))::uuid order by r.n) as ids,
      array_agg((r.item ->> 'id')::uuid order by r.n) as holds
    from jsonb_array_elements(items) with ordinality as r (item, n)
  ) i
  cross join lateral post_transfers(i.ids, v_outcomes, null, null, null, null, pendings => i.holds) o;

  insert into transfers (id, posted_at, amount_paise, debit_account, credit_account, kind, code)
  select distinct (r.item ->> 'id')::uuid, clock_timestamp(), 0, 0, 0, 'n'::"char", 'XB'
  from jsonb_array_elements(items) with ordinality as r (item, n)
  where v_codes[r.n] = '!missing'
  on conflict do nothing;
  -- That insert waited for a hold of the same id in another transaction, which is visible now.
  if exists (
    select 1 from jsonb_array_elements(items) with ordinality as r (item, n)
    join holds h on h.id = (r.item ->> 'id')::uuid
    where v_codes[r.n] = '!missing'
  ) then
    raise exception 'the hold was made while it was being closed' using errcode = 'serialization_failure';
  end if;

  -- What our own PSP captured takes precedence over a declined leg that the network asked for in the same transaction.
  insert into network_legs (txn_id, leg, rrn, amount_paise, account_ref, transfer_id, code, posted_at)
  select r.item ->> 'txn_id', 'DEBIT', r.item ->> 'rrn', h.amount_paise, b.id::text, (r.item ->> 'capture_id')::uuid,
    '00', date_trunc('milliseconds', v_at[r.n])
  from jsonb_array_elements(items) with ordinality as r (item, n)
  join holds h on h.id = (r.item ->> 'id')::uuid
  join bank_accounts b on b.ledger_account_id = h.debit_account
  where v_codes[r.n] = '00' and v_new[r.n] and v_outcomes[r.n] = 'capture'
  on conflict (txn_id, leg) do update set rrn = excluded.rrn, amount_paise = excluded.amount_paise,
    account_ref = excluded.account_ref, transfer_id = excluded.transfer_id, code = excluded.code,
    posted_at = excluded.posted_at
  where network_legs.code <> '00';

  return query select x.n::int, x.id, x.status, x.at, x.status <> x.requested
  from (
    select r.n, (r.item ->> 'id')::uuid as id, w.requested,
      case
        when v_codes[r.n] = '00' then case v_outcomes[r.n] when 'capture' then 'captured' else 'voided' end
        when v_codes[r.n] = '!missing' then 'none'
        when v_codes[r.n] = '!closed' then case when h.outcome = 'captured' then 'captured' else 'voided' end
        when v_codes[r.n] = '!expired' then null
        else 'fault'
      end as status,
      case v_codes[r.n] when '00' then v_at[r.n] when '!closed' then t.posted_at end as at
    from jsonb_array_elements(items) with ordinality as r (item, n)
    cross join lateral (
      select case r.item ->> 'outcome' when 'capture' then 'captured' else 'voided' end as requested
    ) w
    left join holds h on h.id = (r.item ->> 'id')::uuid
    left join transfers t on t.id = h.closed_by
  ) x order by x.n;
end $$;
