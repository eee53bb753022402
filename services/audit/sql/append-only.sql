-- The records are append-only for everybody: triggers refuse what the rights of a role would allow the owner.

create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: no %', tg_table_name, lower(tg_op) using errcode = 'insufficient_privilege';
end $$;

create or replace function refuse_going_back() returns trigger language plpgsql as $$
begin
  if new.seq <= old.seq then
    raise exception 'the head goes forward only' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

create or replace trigger append_only before update or delete or truncate on records
  for each statement execute function refuse_change();
create or replace trigger keep before delete or truncate on head for each statement execute function refuse_change();
create or replace trigger forward before update on head for each row execute function refuse_going_back();
-- In the session of a replica too, where triggers are otherwise silent.
alter table records enable always trigger append_only;
alter table head enable always trigger keep;
alter table head enable always trigger forward;
