-- A conversion: a transfer in each of two currencies, between an account and the platform's own position in that
-- currency, with the rate that made one amount of the other. No transfer is in two currencies.

create table conversions (
  id uuid primary key,
  sold_transfer uuid not null unique,
  bought_transfer uuid not null unique,
  -- Units of the bought currency for one unit of the sold one: units, not minor units.
  rate numeric(24, 12) not null check (rate > 0),
  at timestamptz not null
);

grant select, insert on conversions to bahi_account;
