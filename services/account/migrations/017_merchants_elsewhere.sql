-- The category (MCC) of a business whose account is at another bank, as that bank said when the account was linked.

alter table linked_accounts add column mcc text check (mcc ~ '^[0-9]{4}$' and mcc <> '0000');
grant update (mcc) on linked_accounts to bahi_account;
