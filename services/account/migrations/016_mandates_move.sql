-- A mandate can be moved to another account of the same person at our bank.

grant update (account_id, bank_account_id) on mandates to bahi_account;
