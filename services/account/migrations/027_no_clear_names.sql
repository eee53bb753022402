-- No version that runs knows the columns with names in clear. Their bytes are overwritten when the tables are rewritten
-- (vacuum full).

alter table bank_accounts drop column holder_name;
alter table linked_accounts drop column holder_name;
