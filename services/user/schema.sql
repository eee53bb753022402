-- The schema user after its migrations. Written by npm run schema, not by hand.

create table contacts (
  user_id uuid not null,
  vpa text collate "C" not null,
  favourite boolean not null,
  changed_at timestamp with time zone not null,
  removed boolean default false not null,
  name_sealed text,
  constraint contacts_vpa_check CHECK (((vpa = lower(vpa)) AND ((length(vpa) >= 3) AND (length(vpa) <= 255)))),
  constraint named_unless_removed CHECK (((name_sealed IS NULL) = removed)),
  constraint contacts_user_id_fkey FOREIGN KEY (user_id) REFERENCES profiles(user_id),
  constraint contacts_pkey PRIMARY KEY (user_id, vpa)
);
CREATE INDEX contacts_favourites ON "user".contacts USING btree (user_id, vpa) WHERE (favourite AND (NOT removed));
CREATE INDEX contacts_of_vpa ON "user".contacts USING btree (vpa);
CREATE INDEX contacts_removed ON "user".contacts USING btree (user_id, changed_at) WHERE removed;

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
CREATE INDEX due_work_due ON "user".due_work USING btree (kind, due_at) WHERE (gave_up_at IS NULL);
CREATE INDEX due_work_given_up ON "user".due_work USING btree (kind) WHERE (gave_up_at IS NOT NULL);

create table erasures (
  user_id uuid not null,
  state text not null,
  requested_at timestamp with time zone not null,
  closes_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  erases_at timestamp with time zone,
  erased_at timestamp with time zone,
  constraint closed_then_erased CHECK ((((state = 'waiting'::text) = (closed_at IS NULL)) AND ((closed_at IS NULL) = (erases_at IS NULL)) AND ((state = 'erased'::text) = (erased_at IS NOT NULL)))),
  constraint erasures_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'closed'::text, 'erased'::text]))),
  constraint erasures_pkey PRIMARY KEY (user_id)
);

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
CREATE UNIQUE INDEX events_xid ON "user".events USING btree (xid, seq);

create table exports (
  id uuid not null,
  user_id uuid not null,
  status text not null,
  requested_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  sha256 text,
  constraint exports_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'ready'::text, 'failed'::text, 'expired'::text]))),
  constraint ready_has_file CHECK (((status = ANY (ARRAY['ready'::text, 'expired'::text])) = (sha256 IS NOT NULL))),
  constraint exports_pkey PRIMARY KEY (id)
);
CREATE INDEX exports_of_person ON "user".exports USING btree (user_id, requested_at DESC);
CREATE INDEX exports_requested ON "user".exports USING btree (requested_at);

create table inbox (
  event_id uuid not null,
  at timestamp with time zone default now() not null,
  constraint inbox_pkey PRIMARY KEY (event_id)
);
CREATE INDEX inbox_at ON "user".inbox USING brin (at);

create table kyc_documents (
  id uuid not null,
  submission_id uuid not null,
  kind text not null,
  status text not null,
  fault text,
  sha256 text not null,
  page_hashes text[] default '{}'::text[] not null,
  uploaded_at timestamp with time zone not null,
  replaced boolean default false not null,
  revision text,
  constraint kyc_documents_kind_check CHECK ((kind = ANY (ARRAY['pan'::text, 'address'::text, 'selfie'::text]))),
  constraint kyc_documents_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint kyc_documents_status_check CHECK ((status = ANY (ARRAY['uploaded'::text, 'scanned'::text, 're-encoded'::text, 'readable'::text, 'refused'::text]))),
  constraint readable_has_pages CHECK (((status = ANY (ARRAY['re-encoded'::text, 'readable'::text])) = (cardinality(page_hashes) > 0))),
  constraint refused_for_a_fault CHECK (((status = 'refused'::text) = (fault IS NOT NULL))),
  constraint kyc_documents_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES kyc_submissions(id) ON DELETE CASCADE,
  constraint kyc_documents_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX kyc_documents_current ON "user".kyc_documents USING btree (submission_id, kind) WHERE (NOT replaced);
CREATE INDEX kyc_documents_of_submission ON "user".kyc_documents USING btree (submission_id);

create table kyc_submissions (
  id uuid not null,
  user_id uuid not null,
  tier text not null,
  status text not null,
  form_sealed text not null,
  pan_fingerprint bytea,
  created_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  submitted_at timestamp with time zone,
  reviewer_id uuid,
  decided_at timestamp with time zone,
  decided_by uuid,
  reason text,
  rejected_by uuid,
  proposed_by uuid,
  valid_until timestamp with time zone,
  constraint approved_by_two CHECK (((status <> 'approved'::text) OR (rejected_by IS NULL) OR ((proposed_by IS NOT NULL) AND ((decided_by <> proposed_by) AND (decided_by <> rejected_by))))),
  constraint approved_until CHECK (((status = ANY (ARRAY['approved'::text, 'expired'::text])) = (valid_until IS NOT NULL))),
  constraint kyc_submissions_check CHECK ((reviewer_id <> user_id)),
  constraint kyc_submissions_check1 CHECK ((decided_by <> user_id)),
  constraint kyc_submissions_check2 CHECK ((proposed_by <> rejected_by)),
  constraint kyc_submissions_pan_fingerprint_check CHECK ((length(pan_fingerprint) = 32)),
  constraint kyc_submissions_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'in-review'::text, 'revision'::text, 'approved'::text, 'rejected'::text, 'expired'::text]))),
  constraint kyc_submissions_tier_check CHECK ((tier = ANY (ARRAY['minimum'::text, 'full'::text]))),
  constraint reviewed_by_somebody CHECK (((status = 'in-review'::text) = (reviewer_id IS NOT NULL))),
  constraint submitted_once CHECK (((status = 'draft'::text) OR (submitted_at IS NOT NULL))),
  constraint kyc_submissions_pkey PRIMARY KEY (id)
);
CREATE INDEX kyc_submissions_of_person ON "user".kyc_submissions USING btree (user_id, created_at DESC);
CREATE UNIQUE INDEX kyc_submissions_open ON "user".kyc_submissions USING btree (user_id) WHERE (status = ANY (ARRAY['draft'::text, 'submitted'::text, 'in-review'::text, 'revision'::text]));
CREATE INDEX kyc_submissions_pan ON "user".kyc_submissions USING btree (pan_fingerprint) WHERE (status = 'approved'::text);
CREATE INDEX kyc_submissions_queue ON "user".kyc_submissions USING btree (status, submitted_at, id) WHERE (submitted_at IS NOT NULL);

create table kyc_tiers (
  user_id uuid not null,
  tier text not null,
  submission_id uuid not null,
  until timestamp with time zone not null,
  constraint kyc_tiers_tier_check CHECK ((tier = ANY (ARRAY['minimum'::text, 'full'::text]))),
  constraint kyc_tiers_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES kyc_submissions(id),
  constraint kyc_tiers_pkey PRIMARY KEY (user_id)
);
CREATE INDEX kyc_tiers_of_submission ON "user".kyc_tiers USING btree (submission_id);

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

create table profiles (
  user_id uuid not null,
  phone_sealed text not null,
  email_sealed text,
  language text default 'en'::text not null,
  created_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  email_verified_at timestamp with time zone,
  pending_email_sealed text,
  email_code bytea,
  email_code_expires_at timestamp with time zone,
  email_code_tries smallint default 0 not null,
  name_tokens bytea[],
  phone_released_at timestamp with time zone,
  name_sealed text not null,
  constraint profiles_email_code_tries_check CHECK ((email_code_tries >= 0)),
  constraint profiles_language_check CHECK ((language = ANY (ARRAY['en'::text, 'hi'::text]))),
  constraint profiles_pkey PRIMARY KEY (user_id)
);
CREATE INDEX profiles_by_name ON "user".profiles USING gin (name_tokens);
CREATE INDEX profiles_without_tokens ON "user".profiles USING btree (user_id) WHERE (name_tokens IS NULL);

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

create table saved_views (
  id uuid not null,
  user_id uuid not null,
  view_sealed text not null,
  created_at timestamp with time zone not null,
  constraint saved_views_user_id_fkey FOREIGN KEY (user_id) REFERENCES profiles(user_id),
  constraint saved_views_pkey PRIMARY KEY (id)
);
CREATE INDEX saved_views_of_person ON "user".saved_views USING btree (user_id, created_at, id);

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
  language plpgsql security definer set search_path="user", pg_temp
  -- body 834ca83b7c352c7f

create function redact_events(changes json)
  returns void
  language sql security definer set search_path="user", pg_temp
  -- body 27d5d662e033884a

create function uuid_at(at timestamp with time zone)
  returns uuid
  language sql immutable
  -- body 38d291279bd6e52e

grant usage on schema "user" to bahi_reporting;
grant usage on schema "user" to bahi_user;
grant select on contacts to bahi_reporting;
grant delete, insert, select, update (favourite, changed_at, removed, name_sealed) on contacts to bahi_user;
grant select on due_work to bahi_reporting;
grant delete, insert, select, update on due_work to bahi_user;
grant select on erasures to bahi_reporting;
grant delete, insert, select, update (state, closes_at, closed_at, erases_at, erased_at) on erasures to bahi_user;
grant select on events to bahi_reporting;
grant insert, select on events to bahi_user;
grant select on events_full to bahi_reporting;
grant select on events_full to bahi_user;
grant select on exports to bahi_reporting;
grant delete, insert, select, update (status, expires_at, sha256) on exports to bahi_user;
grant select on inbox to bahi_reporting;
grant delete, insert, select on inbox to bahi_user;
grant select on kyc_documents to bahi_reporting;
grant delete, insert, select, update (status, fault, page_hashes, replaced, revision) on kyc_documents to bahi_user;
grant select on kyc_submissions to bahi_reporting;
grant delete, insert, select, update (tier, status, form_sealed, pan_fingerprint, changed_at, submitted_at, reviewer_id, decided_at, decided_by, reason, rejected_by, proposed_by, valid_until) on kyc_submissions to bahi_user;
grant select on kyc_tiers to bahi_reporting;
grant delete, insert, select, update (tier, submission_id, until) on kyc_tiers to bahi_user;
grant select on migrations to bahi_reporting;
grant select on migrations to bahi_user;
grant select on person_keys to bahi_reporting;
grant insert, select, update (key_sealed, shredded_at) on person_keys to bahi_user;
grant select on profiles to bahi_reporting;
grant delete, insert, select, update (phone_sealed, email_sealed, language, changed_at, email_verified_at, pending_email_sealed, email_code, email_code_expires_at, email_code_tries, name_tokens, phone_released_at, name_sealed) on profiles to bahi_user;
grant select on relay to bahi_reporting;
grant select, update on relay to bahi_user;
grant select on repeatables to bahi_reporting;
grant select on repeatables to bahi_user;
grant select on saved_views to bahi_reporting;
grant delete, insert, select, update (view_sealed) on saved_views to bahi_user;
grant execute on function make_partitions(integer) to bahi_user;
grant execute on function redact_events(json) to bahi_user;
grant execute on function uuid_at(timestamp with time zone) to bahi_user;
