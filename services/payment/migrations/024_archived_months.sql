-- Months whose partitions are in an archive and gone from here: no row with such an id is written again.

create table archived_months (
  -- Its first day, in UTC.
  month date primary key,
  from_id uuid not null,
  to_id uuid not null check (to_id > from_id),
  -- Of all tables of this schema.
  rows bigint not null check (rows >= 0),
  archived_at timestamptz not null
);
grant select on archived_months to bahi_payment;
