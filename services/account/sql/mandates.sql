-- Debits by a mandate: whether the bank's record of it allows one.

-- Whether a debit took nothing after all: the network declined it, and what was held for it is free again, or the
-- network had another app's debit given back.
create or replace function was_given_back(transfer_id uuid) returns boolean language sql stable as $$
  select exists (select 1 from holds h where h.id = transfer_id and h.outcome in ('voided', 'expired'))
    or exists (
      select 1 from network_legs d join network_legs r on r.txn_id = d.txn_id and r.leg = 'DEBIT-REVERSAL'
      where d.transfer_id = was_given_back.transfer_id and d.leg = 'DEBIT' and r.code = '00')
$$;

-- UPI codes of debits that are to be posted now, null for those that are not by a mandate; decided in the order given.
-- 00: allowed, and then `hold` is what reserves its money. The caller holds the locks of the payers' bank accounts,
-- under which alone mandates change and are debited. Two debits of one number in one set: the first is the one. A debit
-- that was given back can be made again under its number.
create or replace function check_mandates(
  umns text[], sequences int[], payers uuid[], payees text[], amounts bigint[], at timestamptz)
returns table (nth int, code text, hold uuid)
language sql stable as $$
  select x.n::int,
    case
      when x.umn is null then null
      when m.umn is null or m.bank_account_id is distinct from x.payer then 'VF'
      when m.payee_vpa <> x.payee then 'VG'
      when m.revoked_at is not null then 'QC'
      when d.made or row_number() over (
          partition by x.umn, case when m.one_time then 0 else x.sequence end order by x.n) > 1 then 'QB'
      when t.today < m.valid_from or t.today > m.valid_to then 'QD'
      when t.today between m.paused_from and m.paused_until then 'QA'
      when case m.amount_rule when 'EXACT' then x.amount <> m.amount_paise else x.amount > m.amount_paise end then 'QH'
      when m.hold_id is not null and h.outcome is distinct from 'captured'
        and (h.id is null or h.outcome is not null or h.expires_at <= clock_timestamp()) then 'IC'
      when h.outcome is null and x.amount > h.amount_paise then 'ID'
      else '00'
    end,
    -- What a debit took from it and the network gave back is free again: a further one is of what is free.
    case when h.outcome is null then m.hold_id end
  from unnest(umns, sequences, payers, payees, amounts) with ordinality
    as x (umn, sequence, payer, payee, amount, n)
  cross join (select (at at time zone 'Asia/Kolkata')::date as today) t
  left join mandates m on m.umn = x.umn and m.umn = any (umns)
  left join lateral (
    select exists (
      select 1 from mandate_debits d
      where d.umn = m.umn and (m.one_time or d.sequence = x.sequence) and not was_given_back(d.transfer_id)
    ) as made
  ) d on true
  left join holds h on h.id = m.hold_id
  order by x.n
$$;
