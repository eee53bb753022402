-- Mandates (UPI AutoPay): what payers allowed, the operations that changed it, and the debits that were announced.

create table mandates (
  id uuid primary key,
  -- Of the last event of its stream.
  version int not null,
  payer_user_id uuid not null,
  payer_account_id uuid not null,
  payer_vpa text not null,
  payer_name text not null,
  payer_bank text,
  payer_masked text,
  payee_user_id uuid,
  payee_account_id uuid,
  payee_vpa text not null,
  payee_name text not null,
  payee_bank text,
  payee_masked text,
  -- Category of the payee.
  mcc text not null,
  name text not null,
  terms jsonb not null,
  presented_by text not null check (presented_by in ('payee', 'platform')),
  status text not null check (
    status in ('requested', 'active', 'declined', 'failed', 'revoked', 'expired', 'completed')),
  -- Days of India, both included.
  paused_from date,
  paused_until date check ((paused_from is null) = (paused_until is null)),
  -- How many there were, and the one whose outcome is not known.
  operations int not null default 0,
  pending_operation int check (pending_operation <= operations),
  -- Of the last operation that was declined.
  code text,
  tries_left int,
  created_at timestamptz not null,
  expires_at timestamptz,
  ended_at timestamptz,
  -- Of its debits: the last sequence number, and the last period that was planned.
  last_sequence int not null default 0,
  last_period int not null default -1,
  -- SHA-256 of what was asked for: the same id with other content is refused.
  input_hash bytea not null check (length(input_hash) = 32),
  constraint final_has_ended check ((status in ('requested', 'active')) = (ended_at is null))
);
create index mandates_of_payer on mandates (payer_user_id, created_at, id);
create index mandates_of_payee on mandates (payee_user_id, created_at, id);

create table mandate_operations (
  mandate_id uuid not null references mandates,
  nth int not null check (nth > 0),
  type text not null,
  -- As it is sent to the bank, without the PIN.
  operation jsonb not null,
  made_at timestamptz not null,
  decided_at timestamptz,
  code text,
  primary key (mandate_id, nth)
);

create table mandate_debits (
  id uuid primary key,
  mandate_id uuid not null references mandates,
  sequence int not null check (sequence > 0),
  -- Null: of a mandate without periods.
  period int,
  amount_paise bigint not null check (amount_paise > 0),
  note text,
  due_on date not null,
  announced_at timestamptz not null,
  execute_at timestamptz not null,
  status text not null check (status in ('planned', 'awaiting-approval', 'paid', 'failed', 'skipped')),
  attempts int not null default 0,
  code text,
  -- The payment that is in progress for it, or that paid it. No other one begins while it is set.
  payment_id uuid,
  completed_at timestamptz,
  unique (mandate_id, sequence),
  constraint final_is_final check ((status in ('planned', 'awaiting-approval')) = (completed_at is null)),
  constraint paid_by_a_payment check (
    case status when 'paid' then payment_id is not null when 'planned' then true when 'awaiting-approval' then true
    else payment_id is null end)
);
create unique index mandate_debits_one_a_period on mandate_debits (mandate_id, period)
  where period is not null and status not in ('failed', 'skipped');

grant select, insert on mandates, mandate_operations, mandate_debits to bahi_payment;
grant update (version, terms, status, paused_from, paused_until, operations, pending_operation, code, tries_left,
  expires_at, ended_at, last_sequence, last_period) on mandates to bahi_payment;
grant update (decided_at, code) on mandate_operations to bahi_payment;
grant update (status, attempts, code, payment_id, completed_at) on mandate_debits to bahi_payment;
