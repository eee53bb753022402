-- Mandates that move between apps: those that other apps keep for their customers are moved to ours and back. The bank
-- keeps one record, whose number changes with the app.

alter table payer_mandates
  drop constraint payer_mandates_status_check,
  add constraint payer_mandates_status_check check (
    status in ('asked', 'active', 'declined', 'expired', 'revoked', 'leaving', 'ported', 'arriving')),
  -- The newest app that asked for it, and its try; `leaving` until it says how the bank decided.
  add column taken_as text,
  add column taken_nth int,
  -- Since when it is here, or no longer here.
  add column ported_at timestamptz,
  -- Of one that is arriving, which is asked for again as `expires_at` comes: its number in the app that has it.
  add column arriving_from text unique;
create index payer_mandates_arriving on payer_mandates (expires_at) where status = 'arriving';
create index payer_mandates_of_account on payer_mandates ((payer -> 'ac' ->> 'acnum'));

alter table bank_mandate_debits
  -- The number by which it was debited: that of the app which had the mandate then.
  add column made_by text,
  drop constraint bank_mandate_debits_umn_fkey,
  add constraint bank_mandate_debits_umn_fkey foreign key (umn) references bank_mandates on update cascade;
