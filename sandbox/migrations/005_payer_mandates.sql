-- Mandates of payers at other banks for payees of ours, as the payers' PSP keeps them, and the debits that it was told
-- of.

create table payer_mandates (
  -- The transaction that asked for it.
  txn_id text primary key,
  rrn text not null,
  -- The message that asked for it: the answer names it.
  req_msg_id text not null,
  payer jsonb not null,
  payee jsonb not null,
  name text not null,
  terms jsonb not null,
  pause jsonb,
  status text not null check (status in ('asked', 'active', 'declined', 'expired', 'revoked')),
  -- Since its payer has agreed.
  umn text unique,
  -- Why nobody agreed to it.
  code text,
  -- While it is asked for.
  expires_at timestamptz,
  asked_at timestamptz not null,
  check ((status = 'active') <= (umn is not null))
);
create index payer_mandates_asked on payer_mandates (expires_at) where status = 'asked';
create index payer_mandates_newest on payer_mandates (asked_at, txn_id);

create table payer_mandate_debits (
  mandate_txn_id text not null references payer_mandates,
  sequence int not null check (sequence > 0),
  amount_paise bigint not null check (amount_paise > 0),
  due_on date not null,
  noticed_at timestamptz not null,
  status text not null check (status in ('noticed', 'being-made', 'made')),
  -- Of the newest attempt.
  txn_id text unique,
  primary key (mandate_txn_id, sequence)
);

grant select, insert, update on payer_mandates, payer_mandate_debits to {{role}};
