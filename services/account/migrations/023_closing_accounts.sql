-- Accounts whose person has asked to have them closed: strangers' credits do not enter, or they would postpone the end.
alter table ledger_accounts add column is_closing boolean not null default false;
