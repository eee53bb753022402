-- The ledger: accounts, transfers, entries and holds.

create table ledger_accounts (
  id bigint generated always as identity primary key,
  currency char(3) not null default 'INR',
  balance_paise bigint not null default 0,
  -- Reserved by open holds; what can be spent is the balance less this.
  held_paise bigint not null default 0 check (held_paise >= 0),
  -- The balance never goes below it; null: no floor (the treasury, whose balance is minus the sum of all others).
  floor_paise bigint,
  -- Entries so far: the next entry's number is one more.
  entry_count bigint not null default 0,
  status text not null default 'open' check (status in ('open', 'frozen', 'closed')),
  opened_at timestamptz not null default now(),
  constraint no_overdraft check (floor_paise is null or balance_paise - held_paise >= floor_paise)
) with (fillfactor = 70);

-- One row for each decision, declines included: the same id gets the same answer for ever.
-- kind: t transfer, h hold, c capture of a hold, v void of a hold, n tombstone: bars the id from ever being
-- posted. The id is a UUIDv7, so its time gives its monthly partition.
create table transfers (
  id uuid primary key,
  posted_at timestamptz not null,
  amount_paise bigint not null,
  debit_account bigint not null,
  credit_account bigint not null,
  pending_id uuid,
  kind "char" not null check (kind in ('t', 'h', 'c', 'v', 'n')),
  code text not null,
  check (case when kind = 'n' then amount_paise = 0 and code <> '00' else amount_paise > 0 end)
) partition by range (id);

-- Two for each movement: minus on the debit side, plus on the credit side, each with the balance after it.
create table entries (
  transfer_id uuid not null,
  account_id bigint not null,
  nth bigint not null check (nth > 0),
  amount_paise bigint not null check (amount_paise <> 0),
  balance_paise bigint not null,
  primary key (transfer_id, account_id)
) partition by range (transfer_id);
create unique index entries_of_account on entries (account_id, nth, transfer_id);

create table holds (
  id uuid primary key,
  debit_account bigint not null,
  credit_account bigint not null,
  amount_paise bigint not null check (amount_paise > 0),
  expires_at timestamptz not null,
  closed_by uuid,
  outcome text check (outcome in ('captured', 'voided', 'expired')),
  check ((closed_by is null) = (outcome is null))
);
create index holds_open on holds (expires_at) where closed_by is null;

create table transfers_default partition of transfers default;
create table entries_default partition of entries default;

grant select, insert, update on ledger_accounts to bahi_account;
grant select, insert on transfers, entries to bahi_account;
grant select, insert, update on holds to bahi_account;
