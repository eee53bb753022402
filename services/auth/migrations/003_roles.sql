-- Which roles there are is written in the contracts alone.
alter table role_grants drop constraint role_grants_role_check;
alter table role_grants add constraint role_grants_role_check check (role ~ '^[a-z-]{1,40}$');
