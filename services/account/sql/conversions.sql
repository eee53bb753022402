-- Posting a conversion: both of its transfers and its rate, or nothing.

-- The bought amount in minor units; what is less than one of them is not bought.
create or replace function bought_amount(sold bigint, rate numeric, sold_exponent int, bought_exponent int)
returns bigint language sql immutable as $$
  select trunc(sold * rate * power(10::numeric, bought_exponent - sold_exponent))::bigint
$$;

-- `00`, or the code of a transfer that was declined, after which nothing of it is stored and it may be tried again. The
-- same ids again change nothing. A rate turns one currency into another one: both positions are the platform's own.
create or replace function post_conversion(
  p_id uuid, p_rate numeric, p_sold bigint, p_seller bigint, p_sold_position bigint, p_bought_position bigint,
  p_buyer bigint, p_sold_transfer uuid, p_bought_transfer uuid) returns text
language plpgsql as $$
declare
  -- As it is stored.
  v_rate numeric(24, 12) := p_rate;
  v_bought bigint;
  v_code text;
begin
  select bought_amount(p_sold, v_rate, s.exponent, b.exponent) into v_bought
  from ledger_accounts f join currencies s on s.code = f.currency
    cross join ledger_accounts t join currencies b on b.code = t.currency
  where f.id = p_seller and t.id = p_buyer and s.code <> b.code;
  if v_bought is null or v_bought < 1 then
    raise 'nothing would be bought, or in the same currency' using errcode = 'check_violation';
  end if;
  begin
    select min(p.code) filter (where p.code <> '00') into v_code
    from post_transfers(array[p_sold_transfer, p_bought_transfer], array['transfer', 'transfer'],
      array[p_seller, p_bought_position], array[p_sold_position, p_buyer], array[p_sold, v_bought],
      array[null, null]::text[]) p;
    if v_code is not null then
      raise 'a transfer was declined' using errcode = 'BC001';
    end if;
  exception when sqlstate 'BC001' then
    return v_code;
  end;
  insert into conversions (id, sold_transfer, bought_transfer, rate, at)
  values (p_id, p_sold_transfer, p_bought_transfer, v_rate, clock_timestamp())
  on conflict (id) do nothing;
  return '00';
end $$;
