-- Mandates that debit linked accounts at other banks. These banks keep and check them; this row says until when one may
-- debit, so that its account is not unlinked before.

create table mandates_elsewhere (
  umn text primary key check (umn = lower(umn)),
  account_id uuid not null references linked_accounts,
  -- The newest operation whose answer is known.
  nth int not null check (nth > 0),
  -- A day of India, included; null: it debits nothing any more.
  live_until date
);
create index mandates_elsewhere_of_account on mandates_elsewhere (account_id) where live_until is not null;

grant select, insert, update (nth, live_until) on mandates_elsewhere to bahi_account;
