-- What every service's schema holds: its events (history and outbox in one), how far the relay came, its inbox.

create table events (
  seq bigint generated always as identity,
  stream text not null,
  version int not null check (version > 0),
  id uuid not null,
  type text not null,
  data jsonb not null,
  at timestamptz not null,
  traceparent text,
  -- Its data says only what the stream's first event does not.
  is_delta boolean not null default false check (version > 1 or not is_delta),
  -- What the relay goes by: the writing transaction, or the latest that had ended when the event was written, whichever
  -- is later. So it is final below the oldest running transaction, and never falls within a stream: an event's
  -- predecessor had ended, even when a transaction that began earlier writes later.
  xid xid8 not null
    default greatest(pg_current_xact_id(), ((pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text)::xid8),
  primary key (stream, version)
);
-- The order in which the relay publishes.
create unique index events_xid on events (xid, seq);

-- One row: the last event that was published, and who publishes now.
create table relay (
  one boolean primary key default true check (one),
  after_xid xid8 not null default '0',
  after_seq bigint not null default 0,
  lease_holder text,
  lease_until timestamptz not null default '-infinity'
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
