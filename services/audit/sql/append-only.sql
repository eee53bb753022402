-- The records are append-only for every role: triggers refuse what the privileges of the owner would allow.

create or replace function reject_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: no %', tg_table_name, lower(tg_op) using errcode = 'insufficient_privilege';
end $$;

create or replace function reject_rewind() returns trigger language plpgsql as $$
begin
  if new.seq <= old.seq then
    raise exception 'the head can only move forward' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

create or replace trigger append_only before update or delete or truncate on records
  for each statement execute function reject_change();
create or replace trigger append_only before update or delete or truncate on acts
  for each statement execute function reject_change();
create or replace trigger no_delete before delete or truncate on head
  for each statement execute function reject_change();
create or replace trigger forward_only before update on head for each row execute function reject_rewind();
-- Always: also in sessions with session_replication_role = replica, where triggers are otherwise off.
alter table records enable always trigger append_only;
alter table acts enable always trigger append_only;
alter table head enable always trigger no_delete;
alter table head enable always trigger forward_only;
