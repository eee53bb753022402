-- The bank's record of mandates: what payers of our bank allowed, what was done to it, and what was debited.

create table mandates (
  umn text primary key check (umn = lower(umn)),
  mandate_id uuid not null unique,
  user_id uuid not null,
  account_id uuid not null references linked_accounts,
  bank_account_id uuid not null references bank_accounts,
  payee_vpa text not null,
  amount_rule text not null check (amount_rule in ('EXACT', 'MAX')),
  amount_paise bigint not null check (amount_paise > 0),
  -- Days of India, both included.
  valid_from date not null,
  valid_to date not null check (valid_to >= valid_from),
  paused_from date,
  paused_until date check ((paused_from is null) = (paused_until is null)),
  -- Only one debit is ever made.
  one_time boolean not null,
  revoked_at timestamptz,
  -- Reserves the amount for the one debit.
  hold_id uuid
);

-- One row for each operation that was decided: the same number gets the same answer for ever.
create table mandate_operations (
  umn text not null,
  nth int not null check (nth > 0),
  type text not null,
  code text not null,
  tries_left int,
  decided_at timestamptz not null,
  primary key (umn, nth)
);

-- One row for each debit that was posted: no sequence number is debited twice.
create table mandate_debits (
  umn text not null references mandates,
  sequence int not null check (sequence > 0),
  transfer_id uuid not null unique,
  amount_paise bigint not null,
  posted_at timestamptz not null,
  primary key (umn, sequence)
);

grant select, insert, update (amount_paise, valid_to, paused_from, paused_until, revoked_at)
  on mandates to bahi_account;
grant select, insert on mandate_operations, mandate_debits to bahi_account;
