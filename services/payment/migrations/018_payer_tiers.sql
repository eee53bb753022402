-- The KYC tier of payers, as the events of user say it; nobody without a row has one.

create table payer_tiers (
  user_id uuid primary key,
  tier text not null check (tier in ('minimum', 'full')),
  until timestamptz not null
);

grant select, insert, delete on payer_tiers to bahi_payment;
grant update (tier, until) on payer_tiers to bahi_payment;
