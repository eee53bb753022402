-- A mandate can be moved to another UPI ID of its payer: when that was last, and from which.

alter table mandates
  add column ported_at timestamptz,
  add column ported_from text,
  add constraint moved_from_somewhere check ((ported_at is null) = (ported_from is null));

grant update (payer_account_id, payer_vpa, payer_name, payer_bank, payer_masked, ported_at, ported_from)
  on mandates to bahi_payment;
