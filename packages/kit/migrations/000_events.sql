-- What every service's schema holds: its events (history and outbox in one), how far the relay came, what it has heard.

create table events (
  seq bigint generated always as identity,
  stream text not null,
  version int not null check (version > 0),
  id uuid not null,
  type text not null,
  data jsonb not null,
  at timestamptz not null,
  traceparent text,
  -- The writing transaction: what is below the oldest running one can no longer change.
  xid xid8 not null default pg_current_xact_id(),
  primary key (stream, version)
);
create unique index events_seq on events (seq);
create index events_xid on events (xid, seq);

-- One row: the window of transactions being published, and who publishes now.
create table relay (
  one boolean primary key default true check (one),
  low xid8 not null default '0',
  high xid8 not null default '0',
  after_seq bigint not null default 0,
  holder text,
  held_until timestamptz not null default '-infinity'
);
insert into relay default values;

create table inbox (
  event_id uuid primary key,
  at timestamptz not null default now()
);
create index inbox_at on inbox using brin (at);

grant select, insert on events to {{role}};
grant select, update on relay to {{role}};
grant select, insert, delete on inbox to {{role}};
