-- Payments: the row of each, the lock of each payer, the list of payments whose outcome is open.

-- One row for each payment, limit refusals included. Rows are the state after the last event of their stream.
-- The id is a UUIDv7, so its time gives its monthly partition. No index has a column that the completion changes, and
-- pages keep free space: the completion is a heap-only update.
create table payments (
  id uuid primary key,
  -- Null, both: the payer uses another app.
  payer_user_id uuid,
  payer_account_id uuid,
  payee_user_id uuid,
  -- Null: the payee's UPI ID does not exist, or belongs to another app.
  payee_account_id uuid,
  amount_paise bigint not null check (amount_paise > 0),
  -- Of the last event of its stream: every update states the version that it saw.
  version int not null check (version > 0),
  created_at timestamptz not null,
  completed_at timestamptz,
  -- When the network reported that it counts as paid until the payee's bank confirms or returns it.
  deemed_at timestamptz,
  tries_left smallint,
  -- l ledger: both accounts are ours; o out: from ours to the network; t through: from another bank's account, paid
  -- with our app; i in: from another app to one of our UPI IDs.
  route "char" not null check (route in ('l', 'o', 't', 'i')),
  status text not null check (status in ('pending', 'settled', 'failed')),
  -- The UPI response code; null while pending.
  code text,
  -- Three letters before the id; of a payment that came in, the whole UPI transaction id.
  txn_prefix text not null check (length(txn_prefix) in (3, 35)),
  rrn text not null check (length(rrn) = 12),
  payer_vpa text not null,
  payer_name text not null,
  payer_bank text,
  payer_masked text,
  payee_vpa text not null,
  payee_name text not null,
  payee_bank text,
  payee_masked text,
  note text,
  -- How it began: UPI's codes of mode and purpose, the merchant's order, the merchant category, what it came from.
  initiation_mode text not null check (initiation_mode ~ '^[0-9]{2}$'),
  purpose text not null check (purpose ~ '^[0-9]{2}$'),
  reference text,
  mcc text not null check (mcc ~ '^[0-9]{4}$'),
  origin_kind text not null,
  origin_id text,
  -- The decision before it began, with its reasons; null when another app began it.
  assessment jsonb,
  -- Whose limits it counts against; null: those of everybody.
  limit_category text,
  -- SHA-256 of what the payer asked for: the same id with other content is refused.
  input_hash bytea not null check (length(input_hash) = 32),
  constraint final_is_final check (
    case status
      when 'pending' then code is null and completed_at is null
      when 'settled' then code = '00' and completed_at is not null and (payee_account_id is not null or route <> 'l')
      else code <> '00' and completed_at is not null
    end),
  constraint assessed_unless_inbound check ((assessment is null) = (route = 'i')),
  constraint payer_is_known check (
    (payer_user_id is null) = (route = 'i') and (payer_account_id is null) = (route = 'i'))
) partition by range (id);
create index payments_of_payer on payments (payer_user_id, created_at, id) where payer_user_id is not null;
create index payments_of_payee on payments (payee_user_id, created_at, id) where payee_user_id is not null;

-- Held while a payer's limits are checked and a payment of theirs begins, so that no two checks overlap.
create table payers (
  user_id uuid primary key
);

-- Limits that a payer has beyond those of everybody: the newest row that is in effect counts. They only lower.
create table personal_limits (
  user_id uuid not null,
  effective_from timestamptz not null,
  per_transaction_paise bigint check (per_transaction_paise >= 0),
  per_day_paise bigint check (per_day_paise >= 0),
  per_day_count int check (per_day_count >= 0),
  primary key (user_id, effective_from)
);

-- Pending payments: when recovery checks each next, and how often it did. `infinity`: only the settlement
-- report decides.
create table open_payments (
  payment_id uuid primary key,
  due_at timestamptz not null,
  tries int not null default 0
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index open_payments_due on open_payments (due_at);

-- What RRNs are made of: a day has a billion.
create sequence rrn_sequence minvalue 0 maxvalue 999999999 start 0 cycle cache 1;

-- Monthly partitions take its storage options.
create table payments_default partition of payments default with (fillfactor = 70);

grant select, insert on payments to bahi_payment;
grant update (version, status, code, tries_left, completed_at, deemed_at) on payments to bahi_payment;
grant select, insert, update on payers to bahi_payment;
grant select, insert on personal_limits to bahi_payment;
grant select, insert, update, delete on open_payments to bahi_payment;
grant usage on sequence rrn_sequence to bahi_payment;
