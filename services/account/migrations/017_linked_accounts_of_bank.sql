-- A credit to an account at our bank finds who linked it.

create index linked_accounts_of_bank on linked_accounts (bank_account_id) where unlinked_at is null;
