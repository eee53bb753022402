-- No version that runs knows the columns with names in clear. Their bytes are overwritten when the tables are rewritten
-- (vacuum full).

alter table profiles drop column name;
alter table contacts drop column name;
