-- The schema audit after its migrations. Written by npm run schema, not by hand.

create table acts (
  seq bigint not null,
  kind text not null,
  actor uuid,
  object text,
  constraint acts_pkey PRIMARY KEY (seq)
);
CREATE INDEX acts_actor ON audit.acts USING btree (actor, seq) WHERE (actor IS NOT NULL);
CREATE INDEX acts_kind ON audit.acts USING btree (kind, seq);
CREATE INDEX acts_object ON audit.acts USING btree (object, seq) WHERE (object IS NOT NULL);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.acts FOR EACH STATEMENT EXECUTE FUNCTION reject_change(); -- always

create table checkpoints (
  n bigint not null,
  seq bigint not null,
  document text not null,
  at timestamp with time zone not null,
  stored_at timestamp with time zone,
  constraint checkpoints_n_check CHECK ((n > 0)),
  constraint checkpoints_seq_check CHECK ((seq > 0)),
  constraint checkpoints_pkey PRIMARY KEY (n)
);

create table due_work (
  kind text not null,
  key text not null,
  due_at timestamp with time zone not null,
  payload jsonb not null,
  created_id uuid not null,
  attempts integer default 0 not null,
  lease_holder uuid,
  lease_until timestamp with time zone default '-infinity'::timestamp with time zone not null,
  error text,
  gave_up_at timestamp with time zone,
  constraint due_work_attempts_check CHECK ((attempts >= 0)),
  constraint due_work_pkey PRIMARY KEY (kind, key)
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=1000);
CREATE INDEX due_work_due ON audit.due_work USING btree (kind, due_at) WHERE (gave_up_at IS NULL);
CREATE INDEX due_work_given_up ON audit.due_work USING btree (kind) WHERE (gave_up_at IS NOT NULL);

create table events (
  seq bigint generated always as identity not null,
  stream text not null,
  version integer not null,
  id uuid not null,
  type text not null,
  data jsonb not null,
  at timestamp with time zone not null,
  traceparent text,
  is_delta boolean default false not null,
  xid xid8 default GREATEST(pg_current_xact_id(), (((((pg_snapshot_xmax(pg_current_snapshot()))::text)::bigint - 1))::text)::xid8) not null,
  constraint events_check CHECK (((version > 1) OR (NOT is_delta))),
  constraint events_version_check CHECK ((version > 0)),
  constraint events_pkey PRIMARY KEY (stream, version)
);
CREATE UNIQUE INDEX events_xid ON audit.events USING btree (xid, seq);

create table head (
  single boolean default true not null,
  seq bigint default 0 not null,
  hash bytea default decode(repeat('00'::text, 32), 'hex'::text) not null,
  constraint head_hash_check CHECK ((length(hash) = 32)),
  constraint head_seq_check CHECK ((seq >= 0)),
  constraint head_single_check CHECK (single),
  constraint head_pkey PRIMARY KEY (single)
);
CREATE TRIGGER forward_only BEFORE UPDATE ON audit.head FOR EACH ROW EXECUTE FUNCTION reject_rewind(); -- always
CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON audit.head FOR EACH STATEMENT EXECUTE FUNCTION reject_change(); -- always

create table inbox (
  event_id uuid not null,
  at timestamp with time zone default now() not null,
  constraint inbox_pkey PRIMARY KEY (event_id)
);
CREATE INDEX inbox_at ON audit.inbox USING brin (at);

create table migrations (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone default now() not null,
  constraint migrations_pkey PRIMARY KEY (name)
);

create table person_keys (
  user_id uuid not null,
  key_sealed text,
  shredded_at timestamp with time zone,
  constraint key_or_shredded CHECK (((key_sealed IS NULL) = (shredded_at IS NOT NULL))),
  constraint person_keys_pkey PRIMARY KEY (user_id)
);

create table records (
  seq bigint not null,
  event_id uuid not null,
  source text not null,
  type text not null,
  subject text not null,
  version integer not null,
  at timestamp(3) with time zone not null,
  data_text text not null,
  data jsonb generated always as ((data_text)::jsonb) virtual,
  hash bytea not null,
  constraint records_data_text_check CHECK (((data_text)::jsonb IS JSON OBJECT)),
  constraint records_hash_check CHECK ((length(hash) = 32)),
  constraint records_seq_check CHECK ((seq > 0)),
  constraint records_version_check CHECK ((version > 0)),
  constraint records_pkey PRIMARY KEY (seq),
  constraint records_event_id_key UNIQUE (event_id)
);
CREATE INDEX records_at ON audit.records USING brin (at);
CREATE INDEX records_source ON audit.records USING btree (source, seq);
CREATE INDEX records_subject ON audit.records USING btree (subject, seq);
CREATE INDEX records_type ON audit.records USING btree (type, seq);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.records FOR EACH STATEMENT EXECUTE FUNCTION reject_change(); -- always

create table relay (
  one boolean default true not null,
  after_xid xid8 default '0'::xid8 not null,
  after_seq bigint default 0 not null,
  lease_holder text,
  lease_until timestamp with time zone default '-infinity'::timestamp with time zone not null,
  constraint relay_one_check CHECK (one),
  constraint relay_pkey PRIMARY KEY (one)
);

create table repeatables (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone not null,
  constraint repeatables_pkey PRIMARY KEY (name, sha256)
);

create view events_full as
 SELECT seq,
    stream,
    version,
    id,
    type,
        CASE
            WHEN is_delta THEN (( SELECT f.data
               FROM events f
              WHERE f.stream = e.stream AND f.version = 1)) || data
            ELSE data
        END AS data,
    at,
    traceparent,
    xid
   FROM events e;

create function make_partitions(ahead integer)
  returns integer
  language plpgsql security definer set search_path=audit, pg_temp
  -- body 3f8ae2f32fc3483a

create function redact_events(changes json)
  returns void
  language sql security definer set search_path=audit, pg_temp
  -- body 27d5d662e033884a

create function reject_change()
  returns trigger
  language plpgsql
  -- body 79561fb87bd3ef04

create function reject_rewind()
  returns trigger
  language plpgsql
  -- body 01f24de7c6cd96da

create function uuid_at(at timestamp with time zone)
  returns uuid
  language sql immutable
  -- body 38d291279bd6e52e

grant usage on schema audit to bahi_audit;
grant usage on schema audit to bahi_reporting;
grant insert, select on acts to bahi_audit;
grant select on acts to bahi_reporting;
grant insert, select, update (stored_at) on checkpoints to bahi_audit;
grant select on checkpoints to bahi_reporting;
grant delete, insert, select, update on due_work to bahi_audit;
grant select on due_work to bahi_reporting;
grant insert, select on events to bahi_audit;
grant select on events to bahi_reporting;
grant select on events_full to bahi_audit;
grant select on events_full to bahi_reporting;
grant select, update (seq, hash) on head to bahi_audit;
grant select on head to bahi_reporting;
grant delete, insert, select on inbox to bahi_audit;
grant select on inbox to bahi_reporting;
grant select on migrations to bahi_audit;
grant select on migrations to bahi_reporting;
grant insert, select, update (key_sealed, shredded_at) on person_keys to bahi_audit;
grant select on person_keys to bahi_reporting;
grant insert, select on records to bahi_audit;
grant select on records to bahi_reporting;
grant select, update on relay to bahi_audit;
grant select on relay to bahi_reporting;
grant select on repeatables to bahi_audit;
grant select on repeatables to bahi_reporting;
grant execute on function make_partitions(integer) to bahi_audit;
grant execute on function redact_events(json) to bahi_audit;
grant execute on function reject_change() to bahi_audit;
grant execute on function reject_rewind() to bahi_audit;
grant execute on function uuid_at(timestamp with time zone) to bahi_audit;
