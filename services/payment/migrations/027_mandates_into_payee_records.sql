-- A mandate that a payee here asked for elsewhere, and that its payer has moved here: both sides are here, and the
-- record keeps the number that the other app gave it.

alter table mandates
  drop constraint agreed_elsewhere_has_umn,
  add constraint agreed_elsewhere_has_umn check (
    umn is not null or payer_user_id is not null or status not in ('active', 'completed')),
  drop constraint asked_through_the_network,
  add constraint asked_through_the_network check (
    (txn_id is null) = (rrn is null) and (req_msg_id is null or txn_id is not null)
    and (txn_id is null or payer_user_id is null or payee_user_id is null or umn is not null)
    and (umn is null or payer_user_id is null or payee_user_id is not null and txn_id is not null));

create index mandates_by_number on mandates (split_part(umn, '@', 1)) where umn is not null;

grant update (payer_user_id) on mandates to bahi_payment;
