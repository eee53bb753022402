-- Reconciliation: settlement cycles, the network's report of each, and the differences that people work on.

create table settlement_cycles (
  id text primary key check (id ~ '^\d{4}-\d{2}-\d{2}\.C\d{2}$'),
  from_at timestamptz not null,
  to_at timestamptz not null,
  -- Of the network's report, once it was read: what went through it before this moment is decided.
  complete_until timestamptz,
  -- Positive: owed to us. As the network reports it, and by our ledger for the same transactions.
  network_net_paise bigint,
  ledger_net_paise bigint,
  matched int,
  reconciled_at timestamptz,
  -- The process that reconciles it has a lease until then.
  leased_until timestamptz not null default '-infinity'
);

create table settlement_rows (
  txn_id text not null,
  leg text not null check (leg in ('DEBIT', 'CREDIT', 'DEBIT-REVERSAL', 'CREDIT-REVERSAL')),
  cycle text not null references settlement_cycles,
  rrn text not null,
  amount_paise bigint not null check (amount_paise > 0),
  result text not null check (result in ('SUCCESS', 'DEEMED')),
  at timestamptz not null,
  primary key (txn_id, leg, cycle)
);
create index settlement_rows_of_cycle on settlement_rows (cycle, txn_id);

-- One for each kind of difference of one side of a transaction; closed when it no longer exists, or by a person.
create table differences (
  id uuid primary key,
  txn_id text not null,
  side text not null check (side in ('DEBIT', 'CREDIT')),
  kind text not null,
  cycle text not null references settlement_cycles,
  rrn text,
  network_paise bigint,
  ledger_paise bigint,
  payment_status text,
  opened_at timestamptz not null,
  closed_at timestamptz,
  -- Null: by itself.
  closed_by uuid,
  note text,
  constraint one_of_a_kind unique (txn_id, side, kind),
  check (closed_by is null or closed_at is not null)
);
create index differences_open on differences (opened_at, id) where closed_at is null;

create index payments_inbound on payments (txn_prefix) where route = 'i';
-- Names no status, which changes at the end: what is pending is found by the list of open payments.
create index payments_through_network on payments (created_at) where route <> 'l';

grant select, insert, update on settlement_cycles, settlement_rows, differences to bahi_payment;
