-- A bank account of a business: whoever is paid into it by UPI is a merchant of this category (MCC, ISO 18245).

alter table bank_accounts add column mcc text check (mcc ~ '^[0-9]{4}$' and mcc <> '0000');
