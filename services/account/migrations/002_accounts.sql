-- Bank accounts of our bank with card and UPI PIN, accounts that people linked, and their UPI IDs.

-- Internal accounts of the platform, without a floor. The balance of treasury is minus the sum of all others;
-- settlement is what we owe the network, negative when it owes us.
create table internal_accounts (
  name text primary key,
  ledger_account_id bigint not null unique references ledger_accounts
);
with opened as (insert into ledger_accounts (floor_paise) values (null) returning id)
insert into internal_accounts (name, ledger_account_id) select 'treasury', id from opened;
with opened as (insert into ledger_accounts (floor_paise) values (null) returning id)
insert into internal_accounts (name, ledger_account_id) select 'settlement', id from opened;

-- Our bank's side. The ledger has the status of an account: open, frozen or closed.
create table bank_accounts (
  id uuid primary key,
  ledger_account_id bigint not null unique references ledger_accounts,
  number_fingerprint bytea not null unique,
  number_sealed text not null,
  phone_fingerprint bytea not null,
  phone_sealed text not null,
  holder_name text not null,
  type text not null check (type in ('savings', 'current')),
  -- Keyed fingerprint of last six digits and expiry: the card itself is returned once and not stored.
  card_fingerprint bytea not null,
  card_wrong_tries smallint not null default 0 check (card_wrong_tries >= 0),
  card_locked_until timestamptz,
  -- HMAC under a key that the database never sees; null: no PIN yet.
  pin_verifier bytea check (octet_length(pin_verifier) = 32),
  pin_wrong_tries smallint not null default 0 check (pin_wrong_tries >= 0),
  pin_locked_until timestamptz,
  pin_set_at timestamptz,
  opened_at timestamptz not null,
  check ((pin_verifier is null) = (pin_set_at is null))
) with (fillfactor = 70);
create index bank_accounts_of_phone on bank_accounts (phone_fingerprint, opened_at desc);

-- The app's side: who uses which account. What another bank reported of its account is stored as it was.
create table linked_accounts (
  id uuid primary key,
  user_id uuid not null,
  bank text not null check (bank ~ '^[A-Z]{4}$'),
  bank_name text not null,
  ifsc text not null,
  -- The name by which its bank knows the account.
  account_ref text not null,
  -- Null: at another bank.
  bank_account_id uuid references bank_accounts,
  masked_number text not null,
  holder_name text not null,
  type text not null check (type in ('savings', 'current')),
  pin_length smallint not null check (pin_length in (4, 6)),
  pin_set boolean not null default false,
  linked_at timestamptz not null,
  constraint linked_once unique (user_id, bank, account_ref),
  -- So that a UPI ID can only point at an account of its own person.
  unique (id, user_id)
);

-- A UPI ID never changes its person: paying relies on it.
create table vpas (
  vpa text constraint vpa_free primary key check (vpa = lower(vpa)),
  user_id uuid not null,
  account_id uuid not null,
  is_primary boolean not null,
  created_at timestamptz not null,
  foreign key (account_id, user_id) references linked_accounts (id, user_id)
);
create index vpas_of_user on vpas (user_id);
create index vpas_of_account on vpas (account_id);
create unique index vpas_one_primary on vpas (user_id) where is_primary;

-- Encrypted PIN blocks that were used already, kept for as long as one may be used.
create table used_pin_blocks (
  digest bytea primary key,
  used_at timestamptz not null
);
create index used_pin_blocks_at on used_pin_blocks (used_at);

grant select on internal_accounts to bahi_account;
grant select, insert,
  update (card_wrong_tries, card_locked_until, pin_verifier, pin_wrong_tries, pin_locked_until, pin_set_at)
  on bank_accounts to bahi_account;
grant select, insert, update (pin_set) on linked_accounts to bahi_account;
grant select, insert, update (account_id, is_primary) on vpas to bahi_account;
grant select, insert, delete on used_pin_blocks to bahi_account;
