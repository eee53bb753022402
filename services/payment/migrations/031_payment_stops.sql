-- Stops of payments by staff: what they cover does not begin while they are in force.

create table payment_stops (
  id uuid primary key,
  scope text not null
    check (scope in ('everything', 'payments', 'requests', 'mandates', 'across-banks', 'handle')),
  handle text check ((handle is not null) = (scope = 'handle')),
  reason text not null,
  -- What people who are refused read besides.
  message text,
  set_by uuid not null,
  set_at timestamptz not null,
  ended_by uuid,
  ended_at timestamptz check (ended_at >= set_at),
  end_reason text,
  check ((ended_at is null) = (ended_by is null)),
  check ((ended_at is null) = (end_reason is null))
);
-- What every payment looks into as it begins; two of the same scope would have to be ended twice.
create unique index payment_stops_in_force on payment_stops (scope, coalesce(handle, '')) where ended_at is null;
grant select, insert, update (ended_by, ended_at, end_reason) on payment_stops to bahi_payment;
