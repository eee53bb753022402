-- Mandates of payees at other banks, as their PSP keeps them, and the debits that it announces and makes.

create table mandates (
  -- The transaction that asked for it.
  txn_id text primary key,
  rrn text not null,
  payer_addr text not null,
  payee jsonb not null,
  name text not null,
  terms jsonb not null,
  status text not null check (status in ('asked', 'active', 'paused', 'declined', 'revoked')),
  -- Since the payer's bank authorised it.
  umn text unique,
  -- Why it was declined.
  code text,
  check ((status in ('active', 'paused')) <= (umn is not null))
);

create table mandate_debits (
  mandate_txn_id text not null references mandates,
  sequence int not null check (sequence > 0),
  amount_paise bigint not null check (amount_paise > 0),
  due_on date not null,
  note text,
  -- announced: the payer's PSP has not answered; taken: it is to be made.
  status text not null check (status in ('announced', 'taken', 'made', 'refused')),
  attempts int not null default 0,
  -- When it is announced again or made; null: nothing is to be done now.
  due_at timestamptz,
  -- Of the newest attempt.
  txn_id text unique,
  code text,
  primary key (mandate_txn_id, sequence)
);
create index mandate_debits_due on mandate_debits (due_at) where due_at is not null;

grant select, insert, update on mandates, mandate_debits to {{role}};
