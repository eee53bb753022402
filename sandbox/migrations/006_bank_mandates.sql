-- Mandates that the banks hold for their customers, made with our app, and what was done and debited by them.

create table bank_mandates (
  umn text primary key check (umn = lower(umn)),
  account_ref uuid not null references other_accounts,
  -- What its PIN blocks are bound to.
  mandate_id uuid not null,
  payee_addr text not null,
  terms jsonb not null,
  pause jsonb,
  revoked_at timestamptz
);

-- One row for each operation that was decided: the same number gets the same answer for ever.
create table bank_mandate_operations (
  umn text not null,
  nth int not null check (nth > 0),
  code text not null,
  tries_left int,
  primary key (umn, nth)
);

-- One row for each debit that was made: no sequence number is debited twice, unless the debit was given back.
create table bank_mandate_debits (
  umn text not null references bank_mandates,
  sequence int not null check (sequence > 0),
  txn_id text not null unique,
  amount_paise bigint not null check (amount_paise > 0),
  primary key (umn, sequence)
);

grant select, insert, update on bank_mandates, bank_mandate_debits to {{role}};
grant select, insert on bank_mandate_operations to {{role}};
