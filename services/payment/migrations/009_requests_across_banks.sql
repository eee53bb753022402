-- Requests through the network: one side uses another app, so it has no user here.

alter table payment_requests
  alter payee_user_id drop not null,
  alter payer_user_id drop not null,
  add column payee_account_id uuid,
  -- Of the network's transaction; null: both are our customers.
  add column txn_id text unique check (length(txn_id) = 35),
  add column rrn text check (length(rrn) = 12),
  -- The message that asked our customer: their answer names it.
  add column req_msg_id text,
  -- UPI response code of what ended it.
  add column code text,
  drop constraint payment_requests_status_check,
  add constraint payment_requests_status_check
    check (status in ('pending', 'paid', 'declined', 'cancelled', 'expired', 'failed')),
  add constraint network_has_one_side check (
    (txn_id is null) = (payee_user_id is not null and payer_user_id is not null)
    and (payee_user_id is not null or payer_user_id is not null)
    and (txn_id is null) = (rrn is null) and (req_msg_id is not null) = (payee_user_id is null)),
  add constraint failed_by_a_code check ((status = 'failed') <= (code is not null));

grant update (code) on payment_requests to bahi_payment;
