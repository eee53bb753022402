-- Mandates whose payer uses another app: asked for through the network, announced and debited there.

alter table mandates
  alter column payer_user_id drop not null,
  alter column payer_account_id drop not null,
  -- Of a payer elsewhere: the number that its app gave, once the payer has agreed.
  add column umn text unique,
  -- When the newest of what its app told of it was said.
  add column reported_at timestamptz,
  drop constraint asked_through_the_network,
  add constraint asked_through_the_network check (
    (txn_id is null) = (rrn is null) and (req_msg_id is null or txn_id is not null)
    and (txn_id is null or payer_user_id is null or payee_user_id is null)),
  add constraint one_side_is_ours check (
    (payer_user_id is null) = (payer_account_id is null)
    and (payer_user_id is not null or (payee_user_id is not null and txn_id is not null))),
  add constraint agreed_elsewhere_has_umn check (
    umn is null and (payer_user_id is not null or status not in ('active', 'completed'))
    or umn is not null and payer_user_id is null);

alter table mandate_debits
  -- When the app of a payer elsewhere took the notice, without which nothing is debited.
  add column noticed_at timestamptz,
  -- When our newest attempt at it began.
  add column begun_at timestamptz,
  drop constraint attempt_of_the_network,
  add constraint attempt_of_the_network check (
    (txn_id is null) = (rrn is null) and (txn_id is null) = (txn_attempt is null)
    and (txn_id is null) = (req_msg_id is null and begun_at is null) and (req_msg_id is null or begun_at is null));

grant update (umn, reported_at) on mandates to bahi_payment;
grant update (noticed_at, begun_at, amount_paise, due_on, note, period, announced_at, execute_at) on mandate_debits
  to bahi_payment;
