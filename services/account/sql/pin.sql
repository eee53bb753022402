-- The UPI PIN: its tries and locks, and payments that it authorises.

-- Tries a keyed PIN digest at each account, in the order given, under the lock of the account: however many guess at
-- once, none passes the count. A wrong one costs a try, the last try locks, a right one gives all tries back, and a
-- lock that is over begins anew. Codes: 00 right, ZM wrong, Z6 locked, AM no PIN set, YE frozen, XH closed or unknown.
create or replace function try_pins(accounts uuid[], presented bytea[], at timestamptz, max_tries int, lock_hours int)
returns table (nth int, code text, tries_left int, locked_now boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  v_ids uuid[]; v_verifiers bytea[]; v_wrong int[]; v_until timestamptz[]; v_states text[];
  v_before int[]; v_until_before timestamptz[];
  v_codes text[]; v_left int[]; v_locked boolean[];
  i int; p int;
begin
  select array_agg(b.id), array_agg(b.pin_verifier), array_agg(b.pin_wrong_tries::int), array_agg(b.pin_locked_until),
    array_agg(b.status)
  into v_ids, v_verifiers, v_wrong, v_until, v_states
  from (
    select b.id, b.pin_verifier, b.pin_wrong_tries, b.pin_locked_until, a.status
    from bank_accounts b join ledger_accounts a on a.id = b.ledger_account_id
    where b.id = any (accounts) order by b.id for no key update of b
  ) b;
  v_before := v_wrong;
  v_until_before := v_until;
  for i in 1 .. cardinality(accounts) loop
    p := array_position(v_ids, accounts[i]);
    v_locked[i] := false;
    if v_until[p] <= at then
      v_until[p] := null;
      v_wrong[p] := 0;
    end if;
    v_codes[i] := case
      when p is null or v_states[p] = 'closed' then 'XH'
      when v_states[p] = 'frozen' then 'YE'
      when v_verifiers[p] is null then 'AM'
      when v_until[p] is not null then 'Z6'
      when v_verifiers[p] = presented[i] then '00'
      else 'ZM'
    end;
    if v_codes[i] = '00' then
      v_wrong[p] := 0;
    elsif v_codes[i] = 'Z6' then
      v_left[i] := 0;
    elsif v_codes[i] = 'ZM' then
      v_wrong[p] := v_wrong[p] + 1;
      v_left[i] := greatest(max_tries - v_wrong[p], 0);
      v_locked[i] := v_left[i] = 0;
      if v_locked[i] then
        v_until[p] := at + make_interval(hours => lock_hours);
      end if;
    end if;
  end loop;

  update bank_accounts b set pin_wrong_tries = x.wrong, pin_locked_until = x.until
  from unnest(v_ids, v_wrong, v_until, v_before, v_until_before) as x (id, wrong, until, wrong_before, until_before)
  where b.id = x.id and b.id = any (v_ids) and (x.wrong <> x.wrong_before or x.until is distinct from x.until_before);

  return query select x.n::int, x.code, v_left[x.n], x.locked
  from unnest(v_codes, v_locked) with ordinality as x (code, locked, n) order by x.n;
end $$;

-- Pays or holds a set with PINs, in the order given, in one statement. An item is
--   {id, kind: transfer|hold, bank_account_id, debit_account, credit_account, amount_paise, expires_in_s (hold),
--    presented (hex of the PIN's digest), refused (a code: record it as declined and try no PIN)}
-- An id that has an outcome tries no PIN and gets that outcome. An item without a PIN that has none is declined.
-- Locks bank accounts before ledger accounts, both in the order of their ids: two sets never wait in a circle.
create or replace function authorise_and_post(items json, at timestamptz, max_tries int, lock_hours int)
returns table (nth int, id uuid, code text, posted_at timestamptz, fresh boolean, tries_left int, locked_now boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  v_ids uuid[]; v_firsts int[]; v_payers uuid[]; v_debits bigint[]; v_credits bigint[]; v_amounts bigint[];
  v_presented bytea[]; v_refused text[]; v_kinds text[]; v_expiries int[];
  v_asked int[]; v_codes text[]; v_left int[]; v_locked boolean[];
  i int; t record;
begin
  select array_agg(x.id order by x.n), array_agg(x.first order by x.n), array_agg(x.payer order by x.n),
    array_agg(x.debit order by x.n), array_agg(x.credit order by x.n), array_agg(x.amount order by x.n),
    array_agg(x.presented order by x.n), array_agg(x.refused order by x.n), array_agg(x.kind order by x.n),
    array_agg(x.expires order by x.n)
  into v_ids, v_firsts, v_payers, v_debits, v_credits, v_amounts, v_presented, v_refused, v_kinds, v_expiries
  from (
    select r.n, r.id, r.payer, r.debit, r.credit, r.amount, decode(r.presented, 'hex') as presented, r.refused, r.kind,
      r.expires, (min(r.n) over (partition by r.id))::int as first
    from rows from (json_to_recordset(items) as (id uuid, bank_account_id uuid, debit_account bigint,
      credit_account bigint, amount_paise bigint, presented text, refused text, kind text, expires_in_s int))
      with ordinality as r (id, payer, debit, credit, amount, presented, refused, kind, expires, n)
  ) x;

  -- Whoever tried one of these ids before holds this lock, or has committed: what is read below is the last word.
  perform 1 from bank_accounts b where b.id = any (v_payers) order by b.id for no key update;

  select coalesce(array_agg(x.n order by x.n), '{}') into v_asked
  from unnest(v_ids, v_firsts, v_presented, v_refused) with ordinality as x (id, first, presented, refused, n)
  where x.refused is null and x.presented is not null and x.first = x.n
    and not exists (select 1 from transfers known where known.id = x.id and known.id = any (v_ids));

  if cardinality(v_asked) > 0 then
    for t in
      select v_asked[p.nth] as n, p.code, p.tries_left, p.locked_now
      from try_pins(
        array(select v_payers[a] from unnest(v_asked) with ordinality as q (a, k) order by k),
        array(select v_presented[a] from unnest(v_asked) with ordinality as q (a, k) order by k),
        at, max_tries, lock_hours) p
    loop
      v_codes[t.n] := t.code;
      v_left[t.n] := t.tries_left;
      v_locked[t.n] := t.locked_now;
    end loop;
  end if;

  -- All of them with the right PIN, as nearly always: by what stands here already.
  if not exists (
    select 1 from unnest(v_ids, v_kinds, v_refused) with ordinality as x (id, kind, refused, n)
    where x.kind <> 'transfer' or x.refused is not null or v_codes[x.n] is distinct from '00'
  ) then
    return query select o.nth, o.id, o.code, o.posted_at, o.fresh, null::int, false
    from post_plainly(v_ids, v_debits, v_credits, v_amounts) o order by o.nth;
    if found then
      return;
    end if;
  end if;

  return query select o.nth, o.id, o.code, o.posted_at, o.fresh,
    case when o.code in ('ZM', 'Z6') then coalesce(v_left[v_firsts[o.nth]], (
      select case when b.pin_locked_until > at then 0 else greatest(max_tries - b.pin_wrong_tries, 0) end
      from bank_accounts b where b.id = v_payers[o.nth])) end,
    coalesce(v_locked[o.nth], false)
  from post((
    select jsonb_agg(jsonb_build_object('id', x.id, 'kind', x.kind, 'debit_account', x.debit,
      'credit_account', x.credit, 'amount_paise', x.amount, 'expires_in_s', x.expires,
      -- Nothing moves without a PIN that was found right just now.
      'refused', coalesce(x.refused, case when v_codes[x.n] = '00' then null else coalesce(v_codes[x.n], 'XB') end)
    ) order by x.n)
    from unnest(v_ids, v_kinds, v_debits, v_credits, v_amounts, v_expiries, v_refused)
      with ordinality as x (id, kind, debit, credit, amount, expires, refused, n)
  )) o
  order by o.nth;
end $$;
