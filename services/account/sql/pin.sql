-- The UPI PIN: its tries and locks, and payments that it authorises.

-- Tries a keyed PIN digest at each account, in the order given, under the lock of the account, so that parallel guesses
-- cannot exceed the tries allowed. A wrong PIN costs a try, the last try locks, a right PIN resets the tries, and they
-- start again when a lock has expired. Codes: 00 right, ZM wrong, Z6 locked, AM no PIN set, YE frozen, XH closed or
-- unknown.
create or replace function try_pins(accounts uuid[], digests bytea[], at timestamptz, max_tries int, lock_hours int)
returns table (nth int, code text, tries_left int, locked_now boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  v_ids uuid[]; v_verifiers bytea[]; v_wrong int[]; v_until timestamptz[]; v_statuses text[];
  v_before int[]; v_until_before timestamptz[];
  v_codes text[]; v_left int[]; v_locked boolean[];
  i int; p int;
begin
  select array_agg(b.id), array_agg(b.pin_verifier), array_agg(b.pin_wrong_tries::int), array_agg(b.pin_locked_until),
    array_agg(b.status)
  into v_ids, v_verifiers, v_wrong, v_until, v_statuses
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
      when p is null or v_statuses[p] = 'closed' then 'XH'
      when v_statuses[p] = 'frozen' then 'YE'
      when v_verifiers[p] is null then 'AM'
      when v_until[p] is not null then 'Z6'
      when v_verifiers[p] = digests[i] then '00'
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

-- Authorises and posts a set of transfers and holds, in the order given, in one statement. An item is
--   {id, kind: transfer|hold, bank_account_id, debit_account, credit_account, amount_paise, expires_in_s (hold),
--    pin_digest (hex of the digest of the PIN presented), decline_code (record it as declined with it and try no PIN),
--    umn and sequence (of the mandate that allows it instead of a PIN, or beside one), payee_vpa (with umn)}
-- An id that has an outcome tries no PIN and gets that outcome. A new item without a PIN, mandate or decline code is
-- declined. A debit by a mandate is recorded with it in the same commit.
-- Locks bank accounts before ledger accounts, both in the order of their ids, so that two sets cannot deadlock.
create or replace function authorise_and_post(items json, at timestamptz, max_tries int, lock_hours int)
returns table (nth int, id uuid, code text, posted_at timestamptz, is_new boolean, tries_left int, locked_now boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  v_ids uuid[]; v_firsts int[]; v_payers uuid[]; v_debits bigint[]; v_credits bigint[]; v_amounts bigint[];
  v_digests bytea[]; v_declines text[]; v_kinds text[]; v_expiries int[];
  v_umns text[]; v_sequences int[]; v_payees text[]; v_pendings uuid[]; v_mandated boolean;
  v_tried int[]; v_codes text[]; v_left int[]; v_locked boolean[];
  i int; t record;
begin
  select array_agg(x.id order by x.n), array_agg(x.first order by x.n), array_agg(x.payer order by x.n),
    array_agg(x.debit order by x.n), array_agg(x.credit order by x.n), array_agg(x.amount order by x.n),
    array_agg(x.digest order by x.n), array_agg(x.decline order by x.n), array_agg(x.kind order by x.n),
    array_agg(x.expires order by x.n), array_agg(x.umn order by x.n), array_agg(x.sequence order by x.n),
    array_agg(x.payee order by x.n), bool_or(x.umn is not null)
  into v_ids, v_firsts, v_payers, v_debits, v_credits, v_amounts, v_digests, v_declines, v_kinds, v_expiries, v_umns,
    v_sequences, v_payees, v_mandated
  from (
    select r.n, r.id, r.payer, r.debit, r.credit, r.amount, decode(r.digest, 'hex') as digest, r.decline, r.kind,
      r.expires, r.umn, r.sequence, r.payee, (min(r.n) over (partition by r.id))::int as first
    from rows from (json_to_recordset(items) as (id uuid, bank_account_id uuid, debit_account bigint,
      credit_account bigint, amount_paise bigint, pin_digest text, decline_code text, kind text, expires_in_s int,
      umn text, sequence int, payee_vpa text))
      with ordinality as r (id, payer, debit, credit, amount, digest, decline, kind, expires, umn, sequence, payee, n)
  ) x;

  -- A transaction that decided one of these ids before held these locks and has committed by now.
  perform 1 from bank_accounts b where b.id = any (v_payers) order by b.id for no key update;

  select coalesce(array_agg(x.n order by x.n), '{}') into v_tried
  from unnest(v_ids, v_firsts, v_digests, v_declines) with ordinality as x (id, first, digest, decline, n)
  where x.decline is null and x.digest is not null and x.first = x.n
    and not exists (select 1 from transfers known where known.id = x.id and known.id = any (v_ids));

  if cardinality(v_tried) > 0 then
    for t in
      select v_tried[p.nth] as n, p.code, p.tries_left, p.locked_now
      from try_pins(
        array(select v_payers[a] from unnest(v_tried) with ordinality as q (a, k) order by k),
        array(select v_digests[a] from unnest(v_tried) with ordinality as q (a, k) order by k),
        at, max_tries, lock_hours) p
    loop
      v_codes[t.n] := t.code;
      v_left[t.n] := t.tries_left;
      v_locked[t.n] := t.locked_now;
    end loop;
  end if;

  if v_mandated then
    v_pendings := array_fill(null::uuid, array[cardinality(v_ids)]);
    -- Neither what was decided before nor what repeats an item of this set.
    select array_agg(case when x.decline is null and x.first = x.n
        and not exists (select 1 from transfers known where known.id = x.id and known.id = any (v_ids)) then x.umn end
      order by x.n)
    into v_umns
    from unnest(v_ids, v_firsts, v_declines, v_umns) with ordinality as x (id, first, decline, umn, n);
    for t in
      select m.nth as n, m.code, m.hold
      from check_mandates(v_umns, v_sequences, v_payers, v_payees, v_amounts, at) m where m.code is not null
    loop
      -- A debit that is approved with the PIN needs both.
      continue when coalesce(v_codes[t.n], '00') <> '00';
      v_codes[t.n] := t.code;
      if t.code = '00' and t.hold is not null then
        if v_kinds[t.n] = 'transfer' then
          v_kinds[t.n] := 'capture';
          v_pendings[t.n] := t.hold;
        else
          -- A hold for the network cannot use what is reserved for a payee of this bank.
          v_codes[t.n] := 'IC';
        end if;
      end if;
    end loop;
  end if;

  -- Nothing moves without a PIN that was found right just now, or a mandate.
  select array_agg(coalesce(x.decline, case when v_codes[x.n] = '00' then null else coalesce(v_codes[x.n], 'XB') end)
    order by x.n)
  into v_declines
  from unnest(v_declines) with ordinality as x (decline, n);

  if v_mandated then
    return query with posted as materialized (
      select o.nth, o.id, o.code, o.posted_at, o.is_new
      from post_transfers(v_ids, v_kinds, v_debits, v_credits, v_amounts, v_declines, v_expiries, v_pendings) o
    ), recorded as (
      insert into mandate_debits (umn, sequence, transfer_id, amount_paise, posted_at)
      select v_umns[o.nth], v_sequences[o.nth], o.id, v_amounts[o.nth], o.posted_at
      from posted o where o.is_new and o.code = '00' and v_umns[o.nth] is not null
      -- One that was given back, or it would not have been allowed.
      on conflict (umn, sequence) do update set transfer_id = excluded.transfer_id,
        amount_paise = excluded.amount_paise, posted_at = excluded.posted_at
    )
    select o.nth, o.id, o.code, o.posted_at, o.is_new,
      case when o.code in ('ZM', 'Z6') then coalesce(v_left[v_firsts[o.nth]], (
        select case when b.pin_locked_until > at then 0 else greatest(max_tries - b.pin_wrong_tries, 0) end
        from bank_accounts b where b.id = v_payers[o.nth])) end,
      coalesce(v_locked[o.nth], false)
    from posted o order by o.nth;
    return;
  end if;

  return query select o.nth, o.id, o.code, o.posted_at, o.is_new,
    case when o.code in ('ZM', 'Z6') then coalesce(v_left[v_firsts[o.nth]], (
      select case when b.pin_locked_until > at then 0 else greatest(max_tries - b.pin_wrong_tries, 0) end
      from bank_accounts b where b.id = v_payers[o.nth])) end,
    coalesce(v_locked[o.nth], false)
  from post_transfers(v_ids, v_kinds, v_debits, v_credits, v_amounts, v_declines, v_expiries) o
  order by o.nth;
end $$;
