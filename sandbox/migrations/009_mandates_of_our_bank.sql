-- What another app asks our bank to do with a mandate that it keeps for a customer of that bank, until it is answered.

alter table payer_mandates
  -- The operation, with its message as it is sent again.
  add column asking jsonb,
  add column ask_again_at timestamptz,
  add constraint payer_mandates_asking check ((asking is null) = (ask_again_at is null));
create unique index payer_mandates_asking_in on payer_mandates ((asking ->> 'txnId')) where asking is not null;
create index payer_mandates_ask_again on payer_mandates (ask_again_at) where asking is not null;
