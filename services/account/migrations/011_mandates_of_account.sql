-- Mandates that may debit an account are looked for when it is unlinked.

create index mandates_of_account on mandates (account_id) where revoked_at is null;
