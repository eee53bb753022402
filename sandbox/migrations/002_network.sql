-- The switch: transactions and their state, messages received and sent, entries of the other banks, and settlement.

create table transactions (
  txn_id text primary key,
  rrn text not null,
  -- Txn.ts: the time of its beginning.
  txn_ts timestamptz not null,
  origin text not null check (origin in ('member', 'outside', 'unknown')),
  phase text not null,
  -- When the timer of the phase expires; null: no timer.
  due_at timestamptz,
  -- The message whose response is awaited.
  waiting_for text,
  taken_at timestamptz not null,
  -- The first result; and, after a deemed transaction is settled, the final one.
  decided_at timestamptz,
  result text check (result in ('SUCCESS', 'FAILURE', 'DEEMED')),
  err_code text,
  amount_paise bigint not null,
  -- Parties, note, chosen effects, response codes of the banks.
  content jsonb not null,
  -- For people: what happened, in order.
  steps jsonb not null default '[]',
  check ((result is null) = (decided_at is null))
);
create index transactions_due on transactions (due_at) where due_at is not null;
create index transactions_undecided on transactions (txn_ts) where decided_at is null;
create index transactions_recent on transactions (taken_at desc, txn_id desc);

-- Reference numbers of transactions that begin at the switch.
create sequence rrns;

-- Received messages, so that each has its effect once.
create table received_messages (
  msg_id text primary key,
  txn_id text not null,
  api text not null,
  ack jsonb not null,
  at timestamptz not null
);
create index received_messages_at on received_messages (at);

create table outbox (
  msg_id text primary key,
  txn_id text not null,
  endpoint text not null check (endpoint in ('psp', 'bank')),
  api text not null,
  -- answer, confirmation, address, debit, credit, a reversal, a check.
  purpose text not null,
  body jsonb not null,
  copies integer not null default 1,
  -- Held by a scenario until the response of another transaction, or until due.
  held boolean not null default false,
  due_at timestamptz not null,
  -- The end of the lease of the process that is sending it.
  leased_until timestamptz,
  tries integer not null default 0,
  ended_at timestamptz
);
create index outbox_due on outbox (due_at) where ended_at is null;
create index outbox_ended on outbox (ended_at) where ended_at is not null;
create index outbox_held on outbox (due_at) where held and ended_at is null;

-- Entries of the other banks: each leg of a transaction once. The account of the addresses at @sandbox has unlimited
-- funds and no row in other_accounts.
create table bank_entries (
  txn_id text not null,
  leg text not null check (leg in ('OPENING', 'DEBIT', 'CREDIT', 'DEBIT-REVERSAL', 'CREDIT-REVERSAL')),
  account_ref uuid not null,
  amount_paise bigint not null,
  at timestamptz not null,
  primary key (txn_id, leg)
);
create index bank_entries_of on bank_entries (account_ref, at desc);

-- What banks owe each other, by the cycle in which the transaction was decided.
create table settlement_rows (
  cycle text not null,
  txn_id text not null,
  leg text not null check (leg in ('DEBIT', 'CREDIT', 'DEBIT-REVERSAL', 'CREDIT-REVERSAL')),
  bank text not null,
  rrn text not null,
  amount_paise bigint not null,
  result text not null check (result in ('SUCCESS', 'DEEMED')),
  at timestamptz not null,
  primary key (txn_id, leg)
);
create index settlement_rows_of on settlement_rows (bank, cycle, txn_id);

-- A closed cycle gets no further rows.
create table closed_cycles (
  cycle text primary key,
  to_at timestamptz not null,
  complete_until timestamptz not null
);

-- Fault rules; the first rule that matches a transaction is applied.
create table scenario_rules (
  position bigint generated always as identity primary key,
  id uuid not null unique,
  name text not null,
  conditions jsonb not null,
  effects jsonb not null,
  enabled boolean not null
);
create table scenario_seed (
  single boolean primary key default true check (single),
  seed text not null
);

grant select, insert, update, delete on transactions, received_messages, outbox to {{role}};
grant select, insert on bank_entries, closed_cycles to {{role}};
grant select, insert, update on settlement_rows to {{role}};
grant select, insert, update, delete on scenario_rules, scenario_seed to {{role}};
grant usage on sequence rrns to {{role}};
