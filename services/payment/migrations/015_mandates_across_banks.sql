-- Mandates whose payee uses another app: the transaction of the network that asked for one, and those that debit it.

alter table mandates
  -- Null: both are our customers, or our payer made it.
  add column txn_id text unique check (length(txn_id) = 35),
  add column rrn text check (length(rrn) = 12),
  -- The message that asked our customer: their answer names it.
  add column req_msg_id text,
  add constraint asked_through_the_network check (
    (txn_id is null) = (rrn is null) and (txn_id is null) = (req_msg_id is null)
    and (txn_id is null or payee_user_id is null));

-- Of the newest attempt that the payee's PSP began.
alter table mandate_debits
  add column txn_id text unique check (length(txn_id) = 35),
  add column rrn text check (length(rrn) = 12),
  add column req_msg_id text,
  -- Which attempt it is, from 1: in progress while no more than those before have failed.
  add column txn_attempt int check (txn_attempt > 0),
  add constraint attempt_of_the_network check (
    (txn_id is null) = (rrn is null) and (txn_id is null) = (req_msg_id is null)
    and (txn_id is null) = (txn_attempt is null));

grant update (txn_id, rrn, req_msg_id, txn_attempt) on mandate_debits to bahi_payment;
