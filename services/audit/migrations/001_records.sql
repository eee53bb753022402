-- The chain of records and its head. Two walls keep it append-only: the rights of the role, and triggers for all.

create table records (
  seq bigint primary key check (seq > 0),
  event_id uuid not null unique,
  source text not null,
  type text not null,
  subject text not null,
  version int not null check (version > 0),
  -- Milliseconds, as hashed: nothing finer could be changed unseen.
  at timestamptz(3) not null,
  -- The canonical text of the data, exactly what was hashed.
  data_text text not null check (data_text::jsonb is json object),
  data jsonb generated always as (data_text::jsonb) virtual,
  hash bytea not null check (length(hash) = 32)
);
create index records_subject on records (subject, seq);
create index records_type on records (type, seq);
create index records_at on records using brin (at);

-- One row: the last record. Locking it is what puts all writers into one line.
create table head (
  one boolean primary key default true check (one),
  seq bigint not null default 0 check (seq >= 0),
  hash bytea not null default decode(repeat('00', 32), 'hex') check (length(hash) = 32)
);
insert into head default values;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: no %', tg_table_name, lower(tg_op) using errcode = 'insufficient_privilege';
end $$;

create function refuse_going_back() returns trigger language plpgsql as $$
begin
  if new.seq <= old.seq then
    raise exception 'the head goes forward only' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;

create trigger append_only before update or delete or truncate on records
  for each statement execute function refuse_change();
create trigger keep before delete or truncate on head for each statement execute function refuse_change();
create trigger forward before update on head for each row execute function refuse_going_back();
-- In the session of a replica too, where triggers are otherwise silent.
alter table records enable always trigger append_only;
alter table head enable always trigger keep;
alter table head enable always trigger forward;

grant select, insert on records to bahi_audit;
grant select, update (seq, hash) on head to bahi_audit;
