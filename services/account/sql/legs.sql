-- Legs of transactions that the network asks of our bank.

-- Null for what is no UUID: other systems name accounts in their own way.
create or replace function uuid_or_null(text) returns uuid language sql immutable as $$
  select case when $1 ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then $1::uuid end
$$;

-- Posts legs that the network asks for, in the order given, in one statement. An item is
--   {txn_id, leg, rrn, amount_paise, account_ref, addr, transfer_id, pin_digest (DEBIT: hex of the digest of
--    the PIN presented), decline_code (record it as declined with it and try no PIN), umn and sequence (DEBIT: of the
--    mandate that allows it instead of a PIN, or beside one), payee_vpa (with umn)}
-- A leg that has an outcome gets that outcome. !reused: known with other content; nothing is posted or recorded. A set
-- has one kind of leg of a transaction. Of a reversal: 00 reversed; CS a credit that cannot be taken back; 96 a debit
-- that cannot be given back; NC, ND there was no credit or debit, and now there never will be.
create or replace function post_legs(items jsonb, at timestamptz, max_tries int, lock_hours int)
returns table (nth int, code text, posted_at timestamptz, bank_account_id uuid, locked_now boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  v_settlement bigint := (select ledger_account_id from internal_accounts where name = 'settlement');
  v_count int;
  v_txns text[]; v_legs text[]; v_rrns text[]; v_amounts bigint[]; v_refs text[]; v_addrs text[]; v_transfers uuid[];
  v_digests bytea[]; v_declines text[]; v_firsts int[]; v_banks uuid[]; v_accounts bigint[];
  v_umns text[]; v_sequences int[]; v_payees text[]; v_pendings uuid[];
  s_codes text[]; s_at timestamptz[]; s_same boolean[]; o_codes text[]; o_same boolean[]; o_refs text[];
  v_codes text[]; v_at timestamptz[]; v_locked boolean[]; v_new boolean[]; v_tried int[]; v_posted int[] := '{}';
  i int; j int; t record;
begin
  select count(*), array_agg(x.txn order by x.n), array_agg(x.leg order by x.n), array_agg(x.rrn order by x.n),
    array_agg(x.amount order by x.n), array_agg(x.ref order by x.n), array_agg(x.addr order by x.n),
    array_agg(x.transfer order by x.n), array_agg(x.digest order by x.n), array_agg(x.decline order by x.n),
    array_agg(x.first order by x.n), array_agg(b.id order by x.n), array_agg(x.umn order by x.n),
    array_agg(x.sequence order by x.n), array_agg(x.payee order by x.n)
  into v_count, v_txns, v_legs, v_rrns, v_amounts, v_refs, v_addrs, v_transfers, v_digests, v_declines, v_firsts,
    v_banks, v_umns, v_sequences, v_payees
  from (
    select r.n, r.item ->> 'txn_id' as txn, r.item ->> 'leg' as leg, r.item ->> 'rrn' as rrn,
      (r.item ->> 'amount_paise')::bigint as amount, r.item ->> 'account_ref' as ref, r.item ->> 'addr' as addr,
      (r.item ->> 'transfer_id')::uuid as transfer, decode(r.item ->> 'pin_digest', 'hex') as digest,
      r.item ->> 'decline_code' as decline, r.item ->> 'umn' as umn, (r.item ->> 'sequence')::int as sequence,
      r.item ->> 'payee_vpa' as payee,
      (min(r.n) over (partition by r.item ->> 'txn_id', r.item ->> 'leg'))::int as first
    from jsonb_array_elements(items) with ordinality as r (item, n)
  ) x left join bank_accounts b on x.leg = 'DEBIT' and b.id = uuid_or_null(x.ref);

  -- Bank accounts before ledger accounts, each in the order of their ids: settlement's is the smallest used here.
  perform 1 from bank_accounts b where b.id = any (v_banks) order by b.id for no key update;
  perform 1 from ledger_accounts a where a.id = v_settlement for no key update;

  -- A transaction that posted one of these legs before held the lock of settlement and has committed by now.
  select array_agg(s.code order by x.n), array_agg(s.posted_at order by x.n),
    array_agg(s.rrn = x.rrn and s.amount_paise = x.amount and s.account_ref is not distinct from x.ref order by x.n),
    array_agg(o.code order by x.n),
    array_agg(o.rrn = x.rrn and o.amount_paise = x.amount and coalesce(x.ref, o.account_ref) = o.account_ref
      order by x.n),
    array_agg(o.account_ref order by x.n)
  into s_codes, s_at, s_same, o_codes, o_same, o_refs
  from unnest(v_txns, v_legs, v_rrns, v_amounts, v_refs) with ordinality as x (txn, leg, rrn, amount, ref, n)
  left join network_legs s on s.txn_id = x.txn and s.leg = x.leg
  left join network_legs o on o.txn_id = x.txn and o.leg || '-REVERSAL' = x.leg;

  for i in 1 .. v_count loop
    v_new[i] := false;
    v_locked[i] := false;
    j := v_firsts[i];
    if j < i then
      continue;
    elsif s_codes[i] is not null then
      v_at[i] := s_at[i];
      -- What was reversed before it arrived is declined, whatever its content.
      v_codes[i] := case when s_same[i] or v_legs[i] = 'CREDIT' and s_codes[i] = 'NC'
        or v_legs[i] = 'DEBIT' and s_codes[i] = 'ND' then s_codes[i] else '!reused' end;
    elsif v_legs[i] like '%-REVERSAL' and o_codes[i] = '00' and not o_same[i] then
      v_codes[i] := '!reused';
    elsif v_legs[i] like '%-REVERSAL' and o_codes[i] is distinct from '00' then
      v_codes[i] := case v_legs[i] when 'CREDIT-REVERSAL' then 'NC' else 'ND' end;
      v_at[i] := clock_timestamp();
      v_new[i] := true;
      v_transfers[i] := null;
    else
      v_posted := v_posted || i;
      v_new[i] := true;
    end if;
  end loop;

  select array_agg(b.ledger_account_id order by x.n), array_agg(b.id order by x.n) into v_accounts, v_banks
  from unnest(v_refs, o_refs) with ordinality as x (ref, base, n)
  left join bank_accounts b on b.id = uuid_or_null(coalesce(x.base, x.ref));

  select coalesce(array_agg(p order by k), '{}') into v_tried from unnest(v_posted) with ordinality as q (p, k)
  where v_legs[p] = 'DEBIT' and v_declines[p] is null and (v_umns[p] is null or v_digests[p] is not null);
  if cardinality(v_tried) > 0 then
    for t in
      select v_tried[p.nth] as n, p.code, p.locked_now
      from try_pins(
        array(select v_banks[a] from unnest(v_tried) with ordinality as q (a, k) order by k),
        array(select coalesce(v_digests[a], '') from unnest(v_tried) with ordinality as q (a, k) order by k),
        at, max_tries, lock_hours) p
    loop
      v_declines[t.n] := nullif(t.code, '00');
      v_locked[t.n] := t.locked_now;
    end loop;
  end if;

  v_pendings := array_fill(null::uuid, array[v_count]);
  if cardinality(array_remove(v_umns, null)) > 0 then
    for t in
      select v_posted[m.nth] as n, m.code, h.id as hold, h.credit_account
      from (
        select array_agg(case when v_declines[p] is null then v_umns[p] end order by k) as umns,
          array_agg(v_sequences[p] order by k) as sequences, array_agg(v_banks[p] order by k) as payers,
          array_agg(v_payees[p] order by k) as payees, array_agg(v_amounts[p] order by k) as amounts
        from unnest(v_posted) with ordinality as q (p, k)
      ) i
      cross join lateral check_mandates(i.umns, i.sequences, i.payers, i.payees, i.amounts, at) m
      left join holds h on h.id = m.hold
      where m.code is not null
    loop
      -- What is reserved for a payee of this bank is debited by no other app.
      v_declines[t.n] := case when t.code <> '00' then t.code when t.credit_account <> v_settlement then 'IC' end;
      if v_declines[t.n] is null then
        v_pendings[t.n] := t.hold;
      end if;
    end loop;
  end if;

  if cardinality(v_posted) > 0 then
    for t in
      select v_posted[o.nth] as n, o.code, o.posted_at
      from (
        select array_agg(v_transfers[p] order by k) as ids, array_agg(v_amounts[p] order by k) as amounts,
          array_agg(case when w.debits then coalesce(v_accounts[p], 0) else v_settlement end order by k) as debits,
          array_agg(case when w.debits then v_settlement else coalesce(v_accounts[p], 0) end order by k) as credits,
          array_agg(v_declines[p] order by k) as declines,
          array_agg(v_legs[p] = 'DEBIT-REVERSAL' order by k) as reversals,
          array_agg(case when v_pendings[p] is null then 'transfer' else 'capture' end order by k) as kinds,
          array_agg(v_pendings[p] order by k) as pendings
        from unnest(v_posted) with ordinality as q (p, k)
        cross join lateral (select v_legs[p] in ('DEBIT', 'CREDIT-REVERSAL') as debits) w
      ) i
      cross join lateral post_transfers(i.ids, i.kinds, i.debits, i.credits, i.amounts, i.declines,
        pendings => i.pendings, reversals => i.reversals) o
    loop
      v_at[t.n] := t.posted_at;
      v_new[t.n] := left(t.code, 1) <> '!';
      v_codes[t.n] := case
        when t.code = '00' or not v_new[t.n] or v_legs[t.n] in ('DEBIT', 'CREDIT') then t.code
        when v_legs[t.n] = 'CREDIT-REVERSAL' then 'CS' else '96' end;
    end loop;
  end if;

  for i in 1 .. v_count loop
    j := v_firsts[i];
    v_at[i] := date_trunc('milliseconds', coalesce(v_at[j], clock_timestamp()));
    if j < i then
      v_codes[i] := case when v_rrns[j] = v_rrns[i] and v_amounts[j] = v_amounts[i]
        and v_refs[j] is not distinct from v_refs[i] or v_legs[j] = 'CREDIT' and v_codes[j] = 'NC'
        or v_legs[j] = 'DEBIT' and v_codes[j] = 'ND' then v_codes[j] else '!reused' end;
    end if;
  end loop;

  insert into network_legs (txn_id, leg, rrn, amount_paise, account_ref, addr, transfer_id, code, posted_at)
  select x.txn, x.leg, x.rrn, x.amount, x.ref, x.addr, x.transfer, x.code, x.at
  from unnest(v_txns, v_legs, v_rrns, v_amounts, v_refs, v_addrs, v_transfers, v_codes, v_at, v_new)
    as x (txn, leg, rrn, amount, ref, addr, transfer, code, at, is_new)
  where x.is_new
  union all
  select x.txn, left(x.leg, -9), x.rrn, x.amount, x.ref, x.addr, null, x.code, x.at
  from unnest(v_txns, v_legs, v_rrns, v_amounts, v_refs, v_addrs, v_codes, v_at, v_new, o_codes)
    as x (txn, leg, rrn, amount, ref, addr, code, at, is_new, base)
  where x.is_new and x.code in ('NC', 'ND') and x.base is null;

  insert into mandate_debits (umn, sequence, transfer_id, amount_paise, posted_at, unreported)
  select x.umn, x.sequence, x.transfer, x.amount, x.at, 'debited'
  from unnest(v_umns, v_sequences, v_transfers, v_amounts, v_at, v_codes, v_new)
    as x (umn, sequence, transfer, amount, at, code, is_new)
  where x.is_new and x.code = '00' and x.umn is not null
  -- One that was given back, or it would not have been allowed.
  on conflict (umn, sequence) do update set transfer_id = excluded.transfer_id,
    amount_paise = excluded.amount_paise, posted_at = excluded.posted_at, unreported = excluded.unreported;

  if 'DEBIT-REVERSAL' = any (v_legs) then
    update mandate_debits d set unreported = 'returned'
    from unnest(v_txns, v_legs, v_codes, v_new) as x (txn, leg, code, is_new)
    join network_legs l on l.txn_id = x.txn and l.leg = 'DEBIT'
    where x.is_new and x.leg = 'DEBIT-REVERSAL' and x.code = '00' and d.transfer_id = l.transfer_id;
  end if;

  return query select x.n::int, x.code, x.at, x.bank, x.locked
  from unnest(v_codes, v_at, v_banks, v_locked) with ordinality as x (code, at, bank, locked, n) order by x.n;
end $$;
