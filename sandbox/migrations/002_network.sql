-- The switch: transactions and their state, messages in and out, what the other banks moved, and settlement.

create table transactions (
  txn_id text primary key,
  rrn text not null,
  -- Txn.ts: when it began.
  txn_ts timestamptz not null,
  origin text not null check (origin in ('member', 'outside', 'unknown')),
  phase text not null,
  -- When the switch goes on by itself; null when it doesn't.
  due_at timestamptz,
  -- The message whose answer decides how it goes on.
  waiting_for text,
  taken_at timestamptz not null,
  -- What was told, first and, after a deemed one was settled, at last.
  decided_at timestamptz,
  result text check (result in ('SUCCESS', 'FAILURE', 'DEEMED')),
  err_code text,
  amount_paise bigint not null,
  -- Parties, note, effects chosen, what each side's bank said.
  content jsonb not null,
  -- For people to read: what happened, in order.
  steps jsonb not null default '[]',
  check ((result is null) = (decided_at is null))
);
create index transactions_due on transactions (due_at) where due_at is not null;
create index transactions_undecided on transactions (txn_ts) where decided_at is null;
create index transactions_recent on transactions (taken_at desc, txn_id desc);

-- Reference numbers of transactions that begin here.
create sequence rrns;

-- Messages taken, so that none is taken twice.
create table messages_taken (
  msg_id text primary key,
  txn_id text not null,
  api text not null,
  ack jsonb not null,
  at timestamptz not null
);
create index messages_taken_at on messages_taken (at);

create table outbox (
  msg_id text primary key,
  txn_id text not null,
  door text not null check (door in ('psp', 'bank')),
  api text not null,
  -- What it is about: answer, confirmation, address, debit, credit, a reversal, check.
  what text not null,
  body jsonb not null,
  copies integer not null default 1,
  -- Waits for the answer of another transaction, until due at the latest.
  held boolean not null default false,
  due_at timestamptz not null,
  -- Until then one process has it in its hands.
  leased_until timestamptz,
  tries integer not null default 0,
  ended_at timestamptz
);
create index outbox_due on outbox (due_at) where ended_at is null;
create index outbox_ended on outbox (ended_at) where ended_at is not null;
create index outbox_held on outbox (due_at) where held and ended_at is null;

-- What the other banks moved: each leg of a transaction once. The account of the sandbox's own addresses has no end.
create table bank_entries (
  txn_id text not null,
  leg text not null check (leg in ('OPENING', 'DEBIT', 'CREDIT', 'DEBIT-REVERSAL', 'CREDIT-REVERSAL')),
  account_ref uuid not null,
  amount_paise bigint not null,
  at timestamptz not null,
  primary key (txn_id, leg)
);
create index bank_entries_of on bank_entries (account_ref, at desc);

-- What counts between the banks, by the cycle in which it was decided.
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

-- A cycle that was closed gets no further row.
create table closed_cycles (
  cycle text primary key,
  to_at timestamptz not null,
  complete_until timestamptz not null
);

-- Faults that somebody has ordered; the first rule that matches a transaction is the one.
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

grant select, insert, update, delete on transactions, messages_taken, outbox to {{role}};
grant select, insert on bank_entries, closed_cycles to {{role}};
grant select, insert, update on settlement_rows to {{role}};
grant select, insert, update, delete on scenario_rules, scenario_seed to {{role}};
grant usage on sequence rrns to {{role}};
