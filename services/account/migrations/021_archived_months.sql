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
grant select on archived_months to bahi_account;

-- What the archived entries of an account add up to, by month: a balance is that and the entries which are here.
create table archived_entries (
  month date not null references archived_months,
  account_id bigint not null,
  entries bigint not null check (entries > 0),
  amount_paise bigint not null,
  -- The numbers of the first and the last one.
  first_nth bigint not null,
  last_nth bigint not null,
  primary key (account_id, month)
);
grant select on archived_entries to bahi_account;
