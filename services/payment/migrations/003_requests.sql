-- Payment requests (UPI's collect): who asks whom for how much, and whose requests a person does not take.

create table payment_requests (
  id uuid primary key,
  -- Of the last event of its stream.
  version int not null check (version > 0),
  payee_user_id uuid not null,
  payee_vpa text not null,
  payee_name text not null,
  payee_bank text,
  payee_masked text,
  payer_user_id uuid not null check (payer_user_id <> payee_user_id),
  payer_vpa text not null,
  payer_name text not null,
  amount_paise bigint not null check (amount_paise > 0),
  note text,
  status text not null check (status in ('pending', 'paid', 'declined', 'cancelled', 'expired')),
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  completed_at timestamptz,
  reminders int not null default 0,
  reminded_at timestamptz,
  -- The payment that is in progress for it, or that paid it. No other one begins while it is set.
  payment_id uuid,
  -- SHA-256 of what was asked for: the same id with other content is refused.
  input_hash bytea not null check (length(input_hash) = 32),
  constraint final_is_final check ((status = 'pending') = (completed_at is null)),
  constraint paid_by_a_payment check (
    case status when 'paid' then payment_id is not null when 'pending' then true else payment_id is null end)
);
create index payment_requests_of_payer on payment_requests (payer_user_id, created_at, id);
create index payment_requests_of_payee on payment_requests (payee_user_id, created_at, id);

create table blocked_requesters (
  user_id uuid not null,
  requester_user_id uuid not null,
  vpa text not null,
  name text not null,
  blocked_at timestamptz not null,
  primary key (user_id, requester_user_id)
);

grant select, insert on payment_requests to bahi_payment;
grant update (version, status, completed_at, reminders, reminded_at, payment_id) on payment_requests to bahi_payment;
grant select, insert, delete on blocked_requesters to bahi_payment;
