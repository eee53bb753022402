-- Posting to the ledger: `post_transfers`, the only function that moves money, and its two implementations.

-- In a currency that is open.
create or replace function open_ledger_account(floor bigint default 0, currency char(3) default 'INR') returns bigint
language plpgsql as $$
declare
  v_id bigint;
begin
  insert into ledger_accounts (floor_paise, currency)
  select floor, c.code from currencies c where c.code = open_ledger_account.currency and c.opened_from <= now()
  returning id into v_id;
  if v_id is null then
    raise 'the currency % is not open', open_ledger_account.currency using errcode = 'check_violation';
  end if;
  return v_id;
end $$;

-- The set-based way, for what nearly all sets are: plain transfers with new ids between open accounts in one currency,
-- no balance below its floor at any step. Such a set is posted as a whole with one write per table. Of any other set it
-- writes nothing and returns no rows: `post_each` then decides it item by item. Both must give the same outcomes for
-- every set that both accept.
create or replace function post_batch(v_ids uuid[], v_debits bigint[], v_credits bigint[], v_amounts bigint[])
returns table (nth int, id uuid, code text, posted_at timestamptz, is_new boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz := clock_timestamp(); v_valid boolean; v_sorted uuid[];
  v_accounts bigint[]; v_balances bigint[]; v_available bigint[]; v_counts bigint[]; v_postable boolean;
begin
  select array_agg(x.id order by x.id),
    count(distinct x.id) = count(*) and bool_and(x.debit <> x.credit and x.amount > 0)
  into v_sorted, v_valid
  from unnest(v_ids, v_debits, v_credits, v_amounts) as x (id, debit, credit, amount);
  if v_valid is not true then
    return;
  end if;
  -- Available: what can be debited before the balance falls below its floor; practically unlimited without a floor.
  select array_agg(a.id), array_agg(a.balance_paise), array_agg(a.available), array_agg(a.entry_count),
    bool_and(a.status = 'open' and not a.is_closing) and min(a.currency) = max(a.currency)
  into v_accounts, v_balances, v_available, v_counts, v_postable
  from (
    select id, balance_paise, balance_paise - held_paise - coalesce(floor_paise, -1000000000000000000) as available,
      entry_count, status, is_closing, currency
    from ledger_accounts where id = any (v_debits || v_credits) order by id for no key update
  ) a;
  -- Read under the locks: a transaction that decided one of these ids before has committed by now. The bounds exclude
  -- partitions.
  if v_postable is not true or exists (
    select 1 from transfers t where t.id = any (v_sorted) and t.id >= v_sorted[1]
      and t.id <= v_sorted[cardinality(v_sorted)]
  ) then
    return;
  end if;

  -- Each account's steps follow a row with its present balance (n = 0); an account that does not exist has no such row.
  -- `postable` has a row when every step is covered; without it no write happens, because each depends on it.
  return query with step as materialized (
    select n, id, account, sum(amount) over w as balance, amount, sum(available) over w as available,
      sum(entry) over w as nth, first_value(n) over w = 0 as exists_here, lead(n) over w is null as is_last
    from (
      select 0 as n, null::uuid as id, account, balance as amount, available, count as entry
      from unnest(v_accounts, v_balances, v_available, v_counts) as x (account, balance, available, count)
      union all
      select n, id, debit, -amount, -amount, 1
      from unnest(v_ids, v_debits, v_amounts) with ordinality as x (id, debit, amount, n)
      union all
      select n, id, credit, amount, amount, 1
      from unnest(v_ids, v_credits, v_amounts) with ordinality as x (id, credit, amount, n)
    ) line window w as (partition by account order by n)
  ), postable as materialized (
    select 1 from step having bool_and(exists_here and (n = 0 or amount > 0 or available >= 0))
  ), moved as (
    insert into transfers (id, posted_at, amount_paise, debit_account, credit_account, kind, code)
    select id, v_now, amount, debit, credit, 't', '00'
    from unnest(v_ids, v_debits, v_credits, v_amounts) as x (id, debit, credit, amount)
    where exists (select 1 from postable)
  ), entered as (
    insert into entries (transfer_id, account_id, nth, amount_paise, balance_paise)
    select id, account, nth, amount, balance from step where n > 0 and exists (select 1 from postable)
  ), final as (
    select array_agg(account) as accounts, array_agg(balance) as balances, array_agg(nth) as counts
    from step where is_last and exists (select 1 from postable)
  ), balanced as (
    -- By position: a join would ask the index for each row.
    update ledger_accounts a set balance_paise = f.balances[array_position(f.accounts, a.id)],
      entry_count = f.counts[array_position(f.accounts, a.id)]
    from final f where a.id = any (v_accounts) and f.accounts is not null
  )
  select n::int, id, '00', v_now, true from unnest(v_ids) with ordinality as x (id, n)
  where exists (select 1 from postable) order by n;
end $$;

-- The general way: decides the items one by one in the order given, because whether an item is covered depends on which
-- of those before it were declined. Ids are in joins and in a set, so that no plan can read a whole table, however
-- small it was when the plan was made.
create or replace function post_each(
  p_ids uuid[], p_kinds text[], p_debits bigint[], p_credits bigint[], p_amounts bigint[], p_decline_codes text[],
  p_expires_in_s int[], p_pendings uuid[], p_expired boolean[], p_reversals boolean[])
returns table (nth int, id uuid, code text, posted_at timestamptz, is_new boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz := clock_timestamp();
  v_count int;
  v_ids uuid[]; v_kinds "char"[]; v_debits bigint[]; v_credits bigint[]; v_amounts bigint[];
  v_pendings uuid[]; v_expiries int[]; v_expired boolean[]; v_reversals boolean[]; v_declines text[]; v_firsts int[];
  v_accounts bigint[]; v_balances bigint[]; v_helds bigint[]; v_floors bigint[]; v_counts bigint[];
  v_statuses text[]; v_closing boolean[]; v_currencies text[]; v_before bigint[];
  v_stored_codes text[]; v_stored_at timestamptz[]; v_stored_same boolean[];
  v_hold_amounts bigint[]; v_hold_outcomes text[]; v_hold_expires timestamptz[];
  v_codes text[]; v_at timestamptz[]; v_new boolean[];
  e_transfers uuid[] := '{}'; e_accounts bigint[] := '{}'; e_nths bigint[] := '{}';
  e_amounts bigint[] := '{}'; e_balances bigint[] := '{}';
  v_closed uuid[] := '{}'; v_closers uuid[] := '{}'; v_outcomes text[] := '{}';
  i int; j int; d int; c int; v_code text; v_amount bigint;
begin
  select count(*), array_agg(x.id order by x.n), array_agg(x.kind order by x.n),
    array_agg(coalesce(x.debit, h.debit_account, 0) order by x.n),
    array_agg(coalesce(x.credit, h.credit_account, 0) order by x.n),
    array_agg(coalesce(x.amount, h.amount_paise) order by x.n),
    array_agg(x.pending order by x.n), array_agg(x.expires order by x.n), array_agg(x.expired order by x.n),
    array_agg(x.reversal order by x.n), array_agg(x.decline order by x.n), array_agg(x.first order by x.n)
  into v_count, v_ids, v_kinds, v_debits, v_credits, v_amounts,
    v_pendings, v_expiries, v_expired, v_reversals, v_declines, v_firsts
  from (
    select r.n::int as n, r.id, left(r.kind, 1)::"char" as kind, r.debit, r.credit, r.amount, r.pending, r.expires,
      coalesce(r.expired, false) as expired, coalesce(r.reversal, false) as reversal, r.decline,
      (min(r.n) over (partition by r.id))::int as first
    from unnest(p_ids, p_kinds, p_debits, p_credits, p_amounts, p_decline_codes, p_expires_in_s, p_pendings, p_expired,
      p_reversals) with ordinality
      as r (id, kind, debit, credit, amount, decline, expires, pending, expired, reversal, n)
  ) x left join holds h on h.id = x.pending;

  select array_agg(a.id), array_agg(a.balance_paise), array_agg(a.held_paise), array_agg(a.floor_paise),
    array_agg(a.entry_count), array_agg(a.status), array_agg(a.is_closing), array_agg(a.currency::text)
  into v_accounts, v_balances, v_helds, v_floors, v_counts, v_statuses, v_closing, v_currencies
  from (
    select id, balance_paise, held_paise, floor_paise, entry_count, status, is_closing, currency from ledger_accounts
    where id = any (v_debits || v_credits) order by id for no key update
  ) a;
  v_before := v_counts;

  -- Read under the locks: a transaction that decided one of these ids before has committed by now.
  select array_agg(t.code order by x.n), array_agg(t.posted_at order by x.n),
    -- A transfer that was posted as the capture of what a mandate had reserved is asked about as the transfer it is.
    array_agg(t.kind = 'n' or (t.kind = x.kind and t.pending_id is not distinct from x.pending
        or t.kind = 'c' and x.kind = 't') and t.debit_account = x.debit and t.credit_account = x.credit
      and t.amount_paise = x.amount order by x.n),
    array_agg(h.amount_paise order by x.n), array_agg(h.outcome order by x.n), array_agg(h.expires_at order by x.n)
  into v_stored_codes, v_stored_at, v_stored_same, v_hold_amounts, v_hold_outcomes, v_hold_expires
  from unnest(v_ids, v_kinds, v_debits, v_credits, v_amounts, v_pendings)
    with ordinality as x (id, kind, debit, credit, amount, pending, n)
  left join transfers t on t.id = x.id and t.id = any (v_ids)
  left join holds h on h.id = x.pending and h.id = any (v_pendings);

  for i in 1 .. v_count loop
    v_at[i] := v_now;
    v_new[i] := false;
    j := v_firsts[i];
    if j < i then
      v_at[i] := v_at[j];
      v_codes[i] := case when v_kinds[j] = v_kinds[i] and v_debits[j] = v_debits[i] and v_credits[j] = v_credits[i]
        and v_amounts[j] = v_amounts[i] and v_pendings[j] is not distinct from v_pendings[i]
        then v_codes[j] else '!reused' end;
      continue;
    end if;
    if v_stored_codes[i] is not null then
      v_at[i] := v_stored_at[i];
      v_codes[i] := case when v_stored_same[i] then v_stored_codes[i] else '!reused' end;
      continue;
    end if;
    -- A linear search: sets are small, and a join of arrays has no index either.
    d := array_position(v_accounts, v_debits[i]);
    c := array_position(v_accounts, v_credits[i]);
    v_amount := v_amounts[i];
    v_code := case
      when v_declines[i] is not null then v_declines[i]
      when v_kinds[i] in ('c', 'v') and v_hold_amounts[i] is null then '!missing'
      when v_kinds[i] in ('c', 'v') and v_hold_outcomes[i] is not null then '!closed'
      when v_kinds[i] in ('c', 'v') and v_pendings[i] = any (v_closed) then '!closed'
      when v_kinds[i] = 'c' and v_hold_expires[i] <= v_now then '!expired'
      when v_kinds[i] = 'c' and v_amount > v_hold_amounts[i] then '!exceeds'
      when d is null then 'XH'
      when c is null then 'XI'
      when v_debits[i] = v_credits[i] then 'U96'
      when v_currencies[d] <> v_currencies[c] then 'XB'
      when v_kinds[i] = 'v' then '00'
      when v_statuses[c] = 'closed' then 'XI'
      when v_statuses[c] = 'frozen' and not v_reversals[i] then 'YF'
      when v_kinds[i] = 'c' then '00'
      when v_closing[c] and not v_reversals[i] then 'ZY'
      when v_statuses[d] = 'closed' then 'XH'
      when v_statuses[d] = 'frozen' then 'YE'
      when v_floors[d] is not null and v_balances[d] - v_helds[d] - v_amount < v_floors[d] then 'Z9'
      else '00'
    end;
    v_codes[i] := v_code;
    continue when left(v_code, 1) = '!';
    v_new[i] := true;
    continue when v_code <> '00';
    -- Point of no return: this item is posted.
    if v_kinds[i] = 'h' then
      v_helds[d] := v_helds[d] + v_amount;
    end if;
    if v_kinds[i] in ('c', 'v') then
      v_helds[d] := v_helds[d] - v_hold_amounts[i];
      v_closed := v_closed || v_pendings[i];
      v_closers := v_closers || v_ids[i];
      v_outcomes := v_outcomes || case
        when v_kinds[i] = 'c' then 'captured' when v_expired[i] then 'expired' else 'voided' end;
    end if;
    if v_kinds[i] in ('t', 'c') then
      v_balances[d] := v_balances[d] - v_amount;
      v_counts[d] := v_counts[d] + 1;
      v_balances[c] := v_balances[c] + v_amount;
      v_counts[c] := v_counts[c] + 1;
      e_transfers := e_transfers || v_ids[i] || v_ids[i];
      e_accounts := e_accounts || v_debits[i] || v_credits[i];
      e_nths := e_nths || v_counts[d] || v_counts[c];
      e_amounts := e_amounts || -v_amount || v_amount;
      e_balances := e_balances || v_balances[d] || v_balances[c];
    end if;
  end loop;

  insert into transfers (id, posted_at, amount_paise, debit_account, credit_account, pending_id, kind, code)
  select x.id, v_now, x.amount, x.debit, x.credit, x.pending, x.kind, x.code
  from unnest(v_ids, v_kinds, v_debits, v_credits, v_amounts, v_pendings, v_codes, v_new)
    as x (id, kind, debit, credit, amount, pending, code, is_new)
  where x.is_new;

  insert into entries (transfer_id, account_id, nth, amount_paise, balance_paise)
  select x.transfer, x.account, x.nth, x.amount, x.balance
  from unnest(e_transfers, e_accounts, e_nths, e_amounts, e_balances) as x (transfer, account, nth, amount, balance);

  insert into holds (id, debit_account, credit_account, amount_paise, expires_at)
  select x.id, x.debit, x.credit, x.amount, v_now + make_interval(secs => coalesce(x.expires, 300))
  from unnest(v_ids, v_kinds, v_debits, v_credits, v_amounts, v_expiries, v_codes, v_new)
    as x (id, kind, debit, credit, amount, expires, code, is_new)
  where x.is_new and x.kind = 'h' and x.code = '00';

  update holds h set closed_by = x.closer, outcome = x.outcome
  from unnest(v_closed, v_closers, v_outcomes) as x (id, closer, outcome)
  where h.id = x.id and h.id = any (v_closed);

  update ledger_accounts a set balance_paise = x.balance, held_paise = x.held, entry_count = x.entries
  from unnest(v_accounts, v_balances, v_helds, v_counts) as x (id, balance, held, entries)
  where a.id = x.id and a.id = any (v_accounts) and (a.entry_count <> x.entries or a.held_paise <> x.held);

  return query select x.n::int, x.id, x.code, x.at, x.is_new
  from unnest(v_ids, v_codes, v_at, v_new) with ordinality as x (id, code, at, is_new, n) order by x.n;
end $$;

-- Decides and posts a set of items, in the order given, in one statement: the only function that moves money. It has
-- two implementations, which give the same outcomes: `post_batch` when only a lack of money could decline an item, else
-- `post_each`. An item has an id, a kind (transfer, hold, capture, void), the accounts debited and credited, an amount,
-- and
--   decline code: record it as declined with this code
--   expires_in_s: of a hold, 300 when null
--   pending: of a capture or void, the id of its hold, which gives accounts and amount where they are null
--   expired: of a void, that the hold expired
--   reversal: the money goes back to where it came from, and enters a frozen account, or one that is to be closed, too
-- Codes: 00 posted; a UPI code: declined, and recorded under the id. A code with ! is an error of the caller and is not
-- recorded: !reused (the id is known with other content), !missing (no such hold), !closed, !expired, !exceeds.
-- is_new: decided by this call, not before. Accounts are locked in the order of their ids, so that two sets cannot
-- deadlock.
create or replace function post_transfers(
  ids uuid[], kinds text[], debits bigint[], credits bigint[], amounts bigint[], decline_codes text[],
  expires_in_s int[] default null, pendings uuid[] default null, expired boolean[] default null,
  reversals boolean[] default null)
returns table (nth int, id uuid, code text, posted_at timestamptz, is_new boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  v_plain boolean := kinds <@ array['transfer'] and coalesce(num_nonnulls(variadic decline_codes), 0) = 0;
begin
  if v_plain then
    return query select p.nth, p.id, p.code, p.posted_at, p.is_new
    from post_batch(ids, debits, credits, amounts) p;
  end if;
  if not (v_plain and found) then
    return query select p.nth, p.id, p.code, p.posted_at, p.is_new
    from post_each(ids, kinds, debits, credits, amounts, decline_codes, expires_in_s, pendings, expired, reversals) p;
  end if;
end $$;

-- The same for items as JSON objects: {id, kind, debit_account, credit_account, amount_paise, decline_code,
-- expires_in_s, pending_id, expired, reversal}.
create or replace function post_transfers(items jsonb)
returns table (nth int, id uuid, code text, posted_at timestamptz, is_new boolean)
language sql as $$
  select p.nth, p.id, p.code, p.posted_at, p.is_new
  from (
    select array_agg(x.id order by x.n) as ids, array_agg(x.kind order by x.n) as kinds,
      array_agg(x.debit order by x.n) as debits, array_agg(x.credit order by x.n) as credits,
      array_agg(x.amount order by x.n) as amounts, array_agg(x.decline order by x.n) as declines,
      array_agg(x.expires order by x.n) as expiries, array_agg(x.pending order by x.n) as pendings,
      array_agg(x.expired order by x.n) as expired, array_agg(x.reversal order by x.n) as reversals
    from rows from (jsonb_to_recordset(items) as (id uuid, kind text, debit_account bigint, credit_account bigint,
        amount_paise bigint, decline_code text, expires_in_s int, pending_id uuid, expired boolean, reversal boolean))
      with ordinality as x (id, kind, debit, credit, amount, decline, expires, pending, expired, reversal, n)
  ) i
  cross join lateral post_transfers(i.ids, i.kinds, i.debits, i.credits, i.amounts, i.declines, i.expiries, i.pendings,
    i.expired, i.reversals) p
$$;
