-- The schema notification after its migrations. Written by npm run schema, not by hand.

create table deliveries (
  id uuid not null,
  user_id uuid,
  channel text not null,
  template text not null,
  subject text not null,
  masked_to text,
  status text not null,
  tries integer default 0 not null,
  next_at timestamp with time zone not null,
  error text,
  at timestamp with time zone not null,
  report text,
  report_code text,
  reported_at timestamp with time zone,
  traceparent text,
  values_sealed text,
  constraint deliveries_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'email'::text, 'push'::text]))),
  constraint deliveries_report_check CHECK ((report = ANY (ARRAY['delivered'::text, 'failed'::text]))),
  constraint deliveries_say_something CHECK (((user_id IS NULL) OR (values_sealed IS NOT NULL))),
  constraint deliveries_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'sent'::text, 'failed'::text]))),
  constraint deliveries_pkey PRIMARY KEY (id)
);
CREATE INDEX deliveries_at ON notification.deliveries USING brin (at);
CREATE INDEX deliveries_due ON notification.deliveries USING btree (channel, next_at) WHERE (status = 'waiting'::text);
CREATE INDEX deliveries_of_person ON notification.deliveries USING btree (user_id) WHERE (user_id IS NOT NULL);
CREATE INDEX deliveries_oldest ON notification.deliveries USING btree (at) WHERE (status = 'waiting'::text);
CREATE INDEX deliveries_subject ON notification.deliveries USING btree (subject, at DESC);

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
CREATE INDEX due_work_due ON notification.due_work USING btree (kind, due_at) WHERE (gave_up_at IS NULL);
CREATE INDEX due_work_given_up ON notification.due_work USING btree (kind) WHERE (gave_up_at IS NOT NULL);

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
CREATE UNIQUE INDEX events_xid ON notification.events USING btree (xid, seq);

create table inbox (
  event_id uuid not null,
  at timestamp with time zone default now() not null,
  constraint inbox_pkey PRIMARY KEY (event_id)
);
CREATE INDEX inbox_at ON notification.inbox USING brin (at);

create table messages (
  user_id uuid not null,
  seq bigint not null,
  id uuid not null,
  type text not null,
  data jsonb not null,
  live boolean not null,
  at timestamp with time zone not null,
  read_at timestamp with time zone,
  template text,
  content_sealed text,
  constraint messages_say_something CHECK ((content_sealed IS NOT NULL)),
  constraint messages_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(user_id),
  constraint messages_pkey PRIMARY KEY (user_id, seq)
);
CREATE INDEX messages_at ON notification.messages USING brin (at);
CREATE INDEX messages_unread ON notification.messages USING btree (user_id, seq) WHERE (read_at IS NULL);

create table migrations (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone default now() not null,
  constraint migrations_pkey PRIMARY KEY (name)
);

create table people (
  user_id uuid not null,
  last_seq bigint default 0 not null,
  read_seq bigint default 0 not null,
  sms boolean default true not null,
  email boolean default true not null,
  live boolean default true not null,
  language text default 'en'::text not null,
  has_email boolean,
  profile_version integer default 1 not null,
  copied_profile_version integer default 0 not null,
  profile_sync_at timestamp with time zone default '-infinity'::timestamp with time zone not null,
  muted jsonb default '{}'::jsonb not null,
  has_ended boolean default false not null,
  constraint people_check CHECK ((read_seq <= last_seq)),
  constraint people_language_check CHECK ((language = ANY (ARRAY['en'::text, 'hi'::text]))),
  constraint people_pkey PRIMARY KEY (user_id)
);
CREATE INDEX people_stale ON notification.people USING btree (profile_sync_at) WHERE (copied_profile_version < profile_version);

create table push_subscriptions (
  session_id uuid not null,
  user_id uuid not null,
  subscription_sealed text not null,
  subscribed_at timestamp with time zone not null,
  constraint push_subscriptions_pkey PRIMARY KEY (session_id)
);
CREATE INDEX push_subscriptions_of_user ON notification.push_subscriptions USING btree (user_id);

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

create function delete_person(person uuid)
  returns void
  language sql security definer set search_path=notification, pg_temp
  -- body 9ee47b21c41c9cfc

create function make_partitions(ahead integer)
  returns integer
  language plpgsql security definer set search_path=notification, pg_temp
  -- body 9ed55d1e00359346

create function redact_events(changes json)
  returns void
  language sql security definer set search_path=notification, pg_temp
  -- body 27d5d662e033884a

create function uuid_at(at timestamp with time zone)
  returns uuid
  language sql immutable
  -- body 38d291279bd6e52e

grant usage on schema notification to bahi_notification;
grant usage on schema notification to bahi_reporting;
grant delete, insert, select, update on deliveries to bahi_notification;
grant select on deliveries to bahi_reporting;
grant delete, insert, select, update on due_work to bahi_notification;
grant select on due_work to bahi_reporting;
grant insert, select on events to bahi_notification;
grant select on events to bahi_reporting;
grant select on events_full to bahi_notification;
grant select on events_full to bahi_reporting;
grant delete, insert, select on inbox to bahi_notification;
grant select on inbox to bahi_reporting;
grant delete, insert, select, update on messages to bahi_notification;
grant select on messages to bahi_reporting;
grant select on migrations to bahi_notification;
grant select on migrations to bahi_reporting;
grant insert, select, update on people to bahi_notification;
grant select on people to bahi_reporting;
grant delete, insert, select, update on push_subscriptions to bahi_notification;
grant select on push_subscriptions to bahi_reporting;
grant select, update on relay to bahi_notification;
grant select on relay to bahi_reporting;
grant select on repeatables to bahi_notification;
grant select on repeatables to bahi_reporting;
grant execute on function delete_person(uuid) to bahi_notification;
grant execute on function make_partitions(integer) to bahi_notification;
grant execute on function redact_events(json) to bahi_notification;
grant execute on function uuid_at(timestamp with time zone) to bahi_notification;
