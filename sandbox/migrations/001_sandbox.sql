-- Accounts at the other banks, and the inbox of SMS and mail. Sealed fields are AES-256-GCM.

create table other_accounts (
  account_ref uuid primary key,
  bank text not null check (bank ~ '^[A-Z]{4}$'),
  phone_fingerprint bytea not null,
  holder_name text not null,
  number_fingerprint bytea not null unique,
  sealed_number text not null,
  sealed_card text not null,
  type text not null default 'savings' check (type in ('savings', 'current')),
  -- The PIN as a keyed fingerprint; null until one is set.
  pin_verifier bytea,
  pin_tries integer not null default 0,
  pin_locked_until timestamptz,
  card_tries integer not null default 0,
  balance_paise bigint not null check (balance_paise >= 0),
  opened_at timestamptz not null
);
create index other_accounts_of on other_accounts (bank, phone_fingerprint, opened_at desc);

-- UPI IDs issued by the other banks' apps.
create table other_vpas (
  vpa text primary key,
  account_ref uuid not null references other_accounts
);

create table messages (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  channel text not null check (channel in ('sms', 'email')),
  to_fingerprint bytea not null,
  sealed text not null,
  at timestamptz not null
);
create index messages_to on messages (to_fingerprint, seq desc);

grant select, insert, update on other_accounts to {{role}};
grant select, insert on other_vpas to {{role}};
grant select, insert, delete on messages to {{role}};
