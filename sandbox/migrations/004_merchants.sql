-- The category (MCC) of a business whose account another bank holds.

alter table other_accounts add column mcc text check (mcc ~ '^[0-9]{4}$' and mcc <> '0000');
