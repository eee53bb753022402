-- What mandates reserve of an account is looked for at each debit of it.

create index bank_mandates_of_account on bank_mandates (account_ref) where revoked_at is null;
