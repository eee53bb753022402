-- What payers allow themselves: limits, hours, payments to people, a stop of everything. A change writes the rows of
-- the next version: what counts from the change on, and what loosens later. `personal_limits` is of the version before.

create table payment_controls (
  user_id uuid not null,
  version int not null check (version > 0),
  -- When the change was made; its first row counts from then on, whatever another process's clock says.
  set_at timestamptz not null,
  effective_from timestamptz not null check (effective_from >= set_at),
  controls jsonb not null check (jsonb_typeof(controls) = 'object'),
  primary key (user_id, version, effective_from)
);

insert into payment_controls (user_id, version, set_at, effective_from, controls)
select user_id, row_number() over (partition by user_id order by effective_from), effective_from, effective_from,
  jsonb_strip_nulls(jsonb_build_object('perTransactionPaise', per_transaction_paise, 'perDayPaise', per_day_paise,
    'perDayCount', per_day_count))
from personal_limits;

grant select, insert on payment_controls to bahi_payment;
