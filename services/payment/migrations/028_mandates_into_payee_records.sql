-- Both sides of such a mandate are here. The checks hold for what is written from now on; the next migration looks at
-- what there is, without keeping anybody from it.

alter table mandates
  drop constraint agreed_elsewhere_has_umn,
  add constraint agreed_elsewhere_has_umn check (
    umn is not null or payer_user_id is not null or status not in ('active', 'completed')) not valid,
  drop constraint asked_through_the_network,
  add constraint asked_through_the_network check (
    (txn_id is null) = (rrn is null) and (req_msg_id is null or txn_id is not null)
    and (txn_id is null or payer_user_id is null or payee_user_id is null or umn is not null)
    and (umn is null or payer_user_id is null or payee_user_id is not null and txn_id is not null)) not valid;

grant update (payer_user_id) on mandates to bahi_payment;
