-- Accounts that were unlinked stay, because payments name them; and one of a person's accounts pays by default.

alter table linked_accounts
  add column unlinked_at timestamptz,
  add column sends_by_default boolean not null default false,
  add constraint unlinked_sends_nothing check (unlinked_at is null or not sends_by_default);
create unique index linked_accounts_one_default on linked_accounts (user_id) where sends_by_default;

-- What its bank reports is taken anew when an account is linked again.
grant update (bank_name, ifsc, masked_number, holder_name, type, pin_length, linked_at, unlinked_at, sends_by_default)
  on linked_accounts to bahi_account;
