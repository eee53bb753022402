-- Schedules: payments that a person plans, and each of their dates so far.

create table schedules (
  id uuid primary key,
  -- Of the last event of its stream.
  version int not null check (version > 0),
  payer_user_id uuid not null,
  payer_vpa text not null,
  payer_name text not null,
  -- Null: the payee's UPI ID belongs to another app.
  payee_user_id uuid,
  payee_vpa text not null check (payee_vpa <> payer_vpa),
  payee_name text not null,
  payee_bank text,
  amount_paise bigint not null check (amount_paise > 0),
  note text,
  recurrence text not null,
  -- The date that the next ones follow from; days are those of India.
  starts_on date not null,
  until_on date check (until_on >= starts_on),
  max_count int check (max_count > 0),
  status text not null check (status in ('active', 'paused', 'completed', 'ended')),
  created_at timestamptz not null,
  ended_at timestamptz,
  -- SHA-256 of what was planned: the same id with other content is refused.
  input_hash bytea not null check (length(input_hash) = 32),
  constraint final_has_a_time check ((status in ('completed', 'ended')) = (ended_at is not null))
);
create index schedules_of_payer on schedules (payer_user_id, created_at, id);

create table schedule_occurrences (
  -- Fixed before it is due: also the id of the first payment for it.
  id uuid primary key,
  schedule_id uuid not null references schedules,
  number int not null check (number > 0),
  due_on date not null,
  status text not null check (status in ('upcoming', 'due', 'paid', 'skipped', 'missed')),
  reminded_at timestamptz,
  -- When the payer was asked to pay.
  announced_at timestamptz,
  payable_until timestamptz,
  -- The payment that is in progress for it, or that paid it. No other one begins while it is set.
  payment_id uuid,
  completed_at timestamptz,
  unique (schedule_id, number),
  constraint final_has_a_time check ((status in ('upcoming', 'due')) = (completed_at is null)),
  constraint due_is_announced check (
    case status when 'upcoming' then announced_at is null
      when 'due' then announced_at is not null and payable_until is not null
      when 'paid' then announced_at is not null
      else true end),
  constraint paid_by_a_payment check (
    case status when 'paid' then payment_id is not null when 'due' then true else payment_id is null end)
);
create unique index one_upcoming_occurrence on schedule_occurrences (schedule_id) where status = 'upcoming';
create index due_occurrences on schedule_occurrences (schedule_id) where status = 'due';

grant select, insert on schedules to bahi_payment;
grant update (version, payer_vpa, payer_name, amount_paise, note, recurrence, starts_on, until_on, max_count, status,
  ended_at) on schedules to bahi_payment;
grant select, insert, delete on schedule_occurrences to bahi_payment;
grant update (status, reminded_at, announced_at, payable_until, payment_id, completed_at) on schedule_occurrences
  to bahi_payment;
