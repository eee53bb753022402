-- The chain of records and its head. Two things keep it append-only: the rights of the role, and triggers for
-- everybody (sql/append-only.sql).

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

grant select, insert on records to bahi_audit;
grant select, update (seq, hash) on head to bahi_audit;
