-- The chain of records and its head. Two mechanisms keep it append-only: the privileges of the service's role, and
-- triggers for every role (sql/append-only.sql).

create table records (
  seq bigint primary key check (seq > 0),
  event_id uuid not null unique,
  source text not null,
  type text not null,
  subject text not null,
  version int not null check (version > 0),
  -- Milliseconds, as hashed: a change of anything finer would not be detected.
  at timestamptz(3) not null,
  -- The canonical text of the data, exactly what was hashed.
  data_text text not null check (data_text::jsonb is json object),
  data jsonb generated always as (data_text::jsonb) virtual,
  hash bytea not null check (length(hash) = 32)
);
create index records_subject on records (subject, seq);
create index records_type on records (type, seq);
create index records_at on records using brin (at);

-- One row: the last record. Writers lock it, so they append one after the other.
create table head (
  single boolean primary key default true check (single),
  seq bigint not null default 0 check (seq >= 0),
  hash bytea not null default decode(repeat('00', 32), 'hex') check (length(hash) = 32)
);
insert into head default values;

grant select, insert on records to bahi_audit;
grant select, update (seq, hash) on head to bahi_audit;
