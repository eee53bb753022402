-- The schema auth after its migrations. Written by npm run schema, not by hand.

create table devices (
  user_id uuid not null,
  device_id text not null,
  name text not null,
  bound_at timestamp with time zone not null,
  unbound_at timestamp with time zone,
  key_thumbprint text,
  second_factor_at timestamp with time zone,
  last_used_at timestamp with time zone,
  constraint devices_key_thumbprint_check CHECK ((key_thumbprint ~ '^[A-Za-z0-9_-]{43}$'::text)),
  constraint devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id),
  constraint devices_pkey PRIMARY KEY (user_id, device_id)
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
CREATE INDEX due_work_due ON auth.due_work USING btree (kind, due_at) WHERE (gave_up_at IS NULL);
CREATE INDEX due_work_given_up ON auth.due_work USING btree (kind) WHERE (gave_up_at IS NOT NULL);

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
CREATE INDEX events_of_sessions ON auth.events USING btree (((data ->> 'userId'::text))) WHERE (type = 'auth.session-started'::text);
CREATE UNIQUE INDEX events_xid ON auth.events USING btree (xid, seq);

create table id_token_keys (
  generation integer not null,
  kid text not null,
  public_jwk jsonb not null,
  private_sealed text not null,
  signs_from timestamp with time zone not null,
  constraint id_token_keys_generation_check CHECK ((generation > 0)),
  constraint id_token_keys_pkey PRIMARY KEY (generation),
  constraint id_token_keys_kid_key UNIQUE (kid)
);

create table inbox (
  event_id uuid not null,
  at timestamp with time zone default now() not null,
  constraint inbox_pkey PRIMARY KEY (event_id)
);
CREATE INDEX inbox_at ON auth.inbox USING brin (at);

create table login_attempts (
  phone_fingerprint bytea not null,
  failed integer not null,
  last_at timestamp with time zone not null,
  constraint login_attempts_failed_check CHECK ((failed > 0)),
  constraint login_attempts_pkey PRIMARY KEY (phone_fingerprint)
);
CREATE INDEX login_attempts_last ON auth.login_attempts USING btree (last_at);

create table measures (
  id uuid not null,
  user_id uuid not null,
  kind text not null,
  state text not null,
  note text not null,
  requested_at timestamp with time zone not null,
  requested_by uuid not null,
  decided_at timestamp with time zone,
  decided_by uuid,
  decision_note text,
  phone_sealed text,
  constraint decided CHECK ((((state = 'requested'::text) = (decided_at IS NULL)) AND ((state <> 'requested'::text) OR (decided_by IS NULL)) AND ((state <> 'approved'::text) OR (decided_by IS NOT NULL)))),
  constraint maker_and_checker CHECK (((state <> 'approved'::text) OR (decided_by <> requested_by))),
  constraint measures_kind_check CHECK ((kind = ANY (ARRAY['freeze'::text, 'unfreeze'::text, 'end-sessions'::text, 'release-phone'::text, 'restore-sign-in'::text]))),
  constraint measures_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'approved'::text, 'declined'::text]))),
  constraint not_about_oneself CHECK (((requested_by <> user_id) AND ((state = 'declined'::text) OR (decided_by <> user_id)))),
  constraint restored_with_phone CHECK (((kind = 'restore-sign-in'::text) OR (phone_sealed IS NULL))),
  constraint measures_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES people(id),
  constraint measures_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES people(id),
  constraint measures_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id),
  constraint measures_pkey PRIMARY KEY (id)
);
CREATE INDEX measures_by_state ON auth.measures USING btree (state, id);
CREATE INDEX measures_of_person ON auth.measures USING btree (user_id, id);
CREATE UNIQUE INDEX measures_requested ON auth.measures USING btree (user_id, kind) WHERE (state = 'requested'::text);

create table migrations (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone default now() not null,
  constraint migrations_pkey PRIMARY KEY (name)
);

create table oauth_clients (
  id text not null,
  metadata jsonb not null,
  owner_id uuid,
  registered_by uuid not null,
  registered_at timestamp with time zone not null,
  constraint oauth_clients_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES people(id),
  constraint oauth_clients_registered_by_fkey FOREIGN KEY (registered_by) REFERENCES people(id),
  constraint oauth_clients_pkey PRIMARY KEY (id)
);
CREATE INDEX oauth_clients_of_owner ON auth.oauth_clients USING btree (owner_id) WHERE (owner_id IS NOT NULL);

create table oauth_records (
  kind text not null,
  id bytea not null,
  payload jsonb not null,
  grant_id text,
  client_id text,
  user_id uuid,
  uid text,
  expires_at timestamp with time zone not null,
  consumed_at timestamp with time zone,
  constraint oauth_records_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id),
  constraint oauth_records_pkey PRIMARY KEY (kind, id)
);
CREATE INDEX oauth_records_client ON auth.oauth_records USING btree (client_id) WHERE (client_id IS NOT NULL);
CREATE INDEX oauth_records_expiry ON auth.oauth_records USING btree (expires_at);
CREATE INDEX oauth_records_grant ON auth.oauth_records USING btree (grant_id) WHERE (grant_id IS NOT NULL);
CREATE INDEX oauth_records_of_person ON auth.oauth_records USING btree (user_id) WHERE (user_id IS NOT NULL);
CREATE INDEX oauth_records_person ON auth.oauth_records USING btree (user_id) WHERE (kind = 'Grant'::text);
CREATE INDEX oauth_records_uid ON auth.oauth_records USING btree (uid) WHERE (uid IS NOT NULL);

create table one_time_codes (
  id uuid not null,
  phone_fingerprint bytea not null,
  code_fingerprint bytea not null,
  asker bytea not null,
  bound_device boolean not null,
  sent_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  purpose text default ''::text not null,
  constraint one_time_codes_pkey PRIMARY KEY (id)
);
CREATE INDEX one_time_codes_of_phone ON auth.one_time_codes USING btree (phone_fingerprint, sent_at);
CREATE INDEX one_time_codes_sent ON auth.one_time_codes USING btree (sent_at);

create table otps (
  phone_fingerprint bytea not null,
  code_fingerprint bytea,
  attempts_left smallint not null,
  sent_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  unused_sends timestamp with time zone[] not null,
  constraint otps_attempts_left_check CHECK ((attempts_left >= 0)),
  constraint otps_pkey PRIMARY KEY (phone_fingerprint)
);
CREATE INDEX otps_sent ON auth.otps USING btree (sent_at);

create table passkey_challenges (
  hash bytea not null,
  user_id uuid not null,
  session_id uuid not null,
  purpose text not null,
  expires_at timestamp with time zone not null,
  constraint passkey_challenges_purpose_check CHECK ((purpose ~ '^[a-z-]{1,40}$'::text)),
  constraint passkey_challenges_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id),
  constraint passkey_challenges_pkey PRIMARY KEY (hash)
);
CREATE INDEX passkey_challenges_expiry ON auth.passkey_challenges USING btree (expires_at);
CREATE INDEX passkey_challenges_of_person ON auth.passkey_challenges USING btree (user_id);

create table passkeys (
  id uuid not null,
  user_id uuid not null,
  credential_id text not null,
  public_key bytea not null,
  sign_count bigint not null,
  transports text[] not null,
  name text not null,
  is_synced boolean not null,
  is_second_factor boolean not null,
  created_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  constraint passkeys_sign_count_check CHECK ((sign_count >= 0)),
  constraint passkeys_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id),
  constraint passkeys_pkey PRIMARY KEY (id),
  constraint passkeys_credential_id_key UNIQUE (credential_id)
);
CREATE INDEX passkeys_of_person ON auth.passkeys USING btree (user_id, created_at);

create table people (
  id uuid not null,
  phone_fingerprint bytea,
  phone_sealed text,
  password_hash text,
  created_at timestamp with time zone not null,
  registered_at timestamp with time zone,
  frozen_at timestamp with time zone,
  reset_allowed_until timestamp with time zone,
  phone_revoked_on date,
  phone_proven_at timestamp with time zone,
  constraint registered_with_password CHECK (((password_hash IS NULL) = (registered_at IS NULL))),
  constraint people_pkey PRIMARY KEY (id),
  constraint people_phone_fingerprint_key UNIQUE (phone_fingerprint)
);

create table recovery_codes (
  user_id uuid not null,
  code_fingerprint bytea not null,
  created_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id),
  constraint recovery_codes_pkey PRIMARY KEY (user_id, code_fingerprint)
);

create table refresh_tokens (
  hash bytea not null,
  session_id uuid not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint refresh_tokens_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  constraint refresh_tokens_pkey PRIMARY KEY (hash)
);
CREATE INDEX refresh_tokens_expiry ON auth.refresh_tokens USING btree (expires_at);
CREATE INDEX refresh_tokens_session ON auth.refresh_tokens USING btree (session_id);

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

create table revoked_number_lists (
  id uuid not null,
  sha256 bytea not null,
  listed_on date not null,
  part integer not null,
  parts integer not null,
  uploaded_by uuid,
  uploaded_at timestamp with time zone not null,
  rows integer not null,
  revoked integer not null,
  already_revoked integer not null,
  proven_since integer not null,
  refused integer not null,
  refused_lines jsonb not null,
  sent_again_at timestamp with time zone,
  sent_again_of date,
  constraint revoked_number_lists_again CHECK (((sent_again_at IS NULL) = (sent_again_of IS NULL))),
  constraint revoked_number_lists_check CHECK ((parts >= part)),
  constraint revoked_number_lists_part_check CHECK ((part > 0)),
  constraint revoked_number_lists_sha256_check CHECK ((length(sha256) = 32)),
  constraint revoked_number_lists_uploaded_by_fkey FOREIGN KEY (uploaded_by) REFERENCES people(id),
  constraint revoked_number_lists_pkey PRIMARY KEY (id),
  constraint revoked_number_lists_sha256_key UNIQUE (sha256)
);
CREATE INDEX revoked_number_lists_whole ON auth.revoked_number_lists USING btree (uploaded_at) WHERE (part = parts);

create table role_grants (
  user_id uuid not null,
  role text not null,
  granted_at timestamp with time zone default now() not null,
  granted_by text default CURRENT_USER not null,
  constraint role_grants_role_check CHECK ((role ~ '^[a-z-]{1,40}$'::text)),
  constraint role_grants_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id),
  constraint role_grants_pkey PRIMARY KEY (user_id, role)
);

create table second_factor_resets (
  id uuid not null,
  user_id uuid not null,
  state text not null,
  note text not null,
  requested_at timestamp with time zone not null,
  requested_by uuid not null,
  expires_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  decided_by uuid,
  decision_note text,
  constraint maker_and_checker CHECK (((state <> 'approved'::text) OR (decided_by <> requested_by))),
  constraint not_of_oneself CHECK (((requested_by <> user_id) AND ((state <> 'approved'::text) OR (decided_by <> user_id)))),
  constraint second_factor_resets_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'approved'::text, 'declined'::text]))),
  constraint second_factor_resets_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES people(id),
  constraint second_factor_resets_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES people(id),
  constraint second_factor_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id),
  constraint second_factor_resets_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX second_factor_resets_requested ON auth.second_factor_resets USING btree (user_id) WHERE (state = 'requested'::text);

create table sessions (
  id uuid not null,
  user_id uuid not null,
  device_id text not null,
  created_at timestamp with time zone not null,
  last_used_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  key_thumbprint text,
  begun_by text,
  network text,
  second_factor text,
  second_factor_at timestamp with time zone,
  constraint sessions_begun_by_check CHECK ((begun_by ~ '^[a-z-]{1,40}$'::text)),
  constraint sessions_key_thumbprint_check CHECK ((key_thumbprint ~ '^[A-Za-z0-9_-]{43}$'::text)),
  constraint sessions_second_factor_check CHECK ((second_factor ~ '^[a-z-]{1,40}$'::text)),
  constraint sessions_user_id_device_id_fkey FOREIGN KEY (user_id, device_id) REFERENCES devices(user_id, device_id),
  constraint sessions_pkey PRIMARY KEY (id)
);
CREATE INDEX sessions_ended ON auth.sessions USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX sessions_expiry ON auth.sessions USING btree (expires_at);
CREATE INDEX sessions_of_person ON auth.sessions USING btree (user_id, device_id);
CREATE INDEX sessions_open ON auth.sessions USING btree (user_id, last_used_at DESC) WHERE (ended_at IS NULL);

create table signing_keys (
  generation integer not null,
  kid text not null,
  public_jwk jsonb not null,
  private_sealed text not null,
  signs_from timestamp with time zone not null,
  constraint signing_keys_generation_check CHECK ((generation > 0)),
  constraint signing_keys_pkey PRIMARY KEY (generation),
  constraint signing_keys_kid_key UNIQUE (kid)
);

create table staff_grants (
  id uuid not null,
  user_id uuid not null,
  role text not null,
  state text not null,
  origin text not null,
  note text not null,
  ends_at timestamp with time zone not null,
  requested_at timestamp with time zone not null,
  requested_by uuid,
  decided_at timestamp with time zone,
  decided_by uuid,
  ended_at timestamp with time zone,
  ended_by uuid,
  end_note text,
  constraint has_checker CHECK (((origin <> 'administrators'::text) OR (state = ANY (ARRAY['requested'::text, 'declined'::text])) OR (decided_by IS NOT NULL))),
  constraint has_maker CHECK (((origin <> 'administrators'::text) OR (requested_by IS NOT NULL))),
  constraint maker_and_checker CHECK (((origin <> 'administrators'::text) OR (state = ANY (ARRAY['requested'::text, 'declined'::text])) OR (decided_by <> requested_by))),
  constraint not_for_oneself CHECK (((requested_by <> user_id) AND ((state = 'declined'::text) OR (decided_by <> user_id)))),
  constraint staff_grants_origin_check CHECK ((origin = ANY (ARRAY['administrators'::text, 'command'::text, 'sandbox'::text]))),
  constraint staff_grants_role_check CHECK ((role ~ '^[a-z-]{1,40}$'::text)),
  constraint staff_grants_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'active'::text, 'declined'::text, 'ended'::text]))),
  constraint staff_grants_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES people(id),
  constraint staff_grants_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES people(id),
  constraint staff_grants_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES people(id),
  constraint staff_grants_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id),
  constraint staff_grants_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX staff_grants_active ON auth.staff_grants USING btree (user_id, role) WHERE (state = 'active'::text);
CREATE UNIQUE INDEX staff_grants_requested ON auth.staff_grants USING btree (user_id, role) WHERE (state = 'requested'::text);
CREATE INDEX staff_grants_role ON auth.staff_grants USING btree (role, id) WHERE (state = 'active'::text);

create table step_up_proofs (
  hash bytea not null,
  user_id uuid not null,
  session_id uuid not null,
  purpose text not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint step_up_proofs_purpose_check CHECK ((purpose ~ '^[a-z-]{1,40}$'::text)),
  constraint step_up_proofs_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id),
  constraint step_up_proofs_pkey PRIMARY KEY (hash)
);
CREATE INDEX step_up_proofs_expiry ON auth.step_up_proofs USING btree (expires_at);

create table totp_secrets (
  id uuid not null,
  user_id uuid not null,
  secret_sealed text not null,
  created_at timestamp with time zone not null,
  confirmed_at timestamp with time zone,
  last_step bigint,
  constraint totp_secrets_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id),
  constraint totp_secrets_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX totp_secrets_confirmed ON auth.totp_secrets USING btree (user_id) WHERE (confirmed_at IS NOT NULL);
CREATE UNIQUE INDEX totp_secrets_pending ON auth.totp_secrets USING btree (user_id) WHERE (confirmed_at IS NULL);

create table tries (
  kind text not null,
  key bytea not null,
  count integer not null,
  since timestamp with time zone not null,
  constraint tries_count_check CHECK ((count > 0)),
  constraint tries_pkey PRIMARY KEY (kind, key)
);
CREATE INDEX tries_since ON auth.tries USING btree (since);

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

create function close_person(person uuid)
  returns void
  language sql security definer set search_path=auth, pg_temp
  -- body 2bd1b470a515f7e9

create function make_partitions(ahead integer)
  returns integer
  language plpgsql security definer set search_path=auth, pg_temp
  -- body bee61709ae57b1d4

create function redact_events(changes json)
  returns void
  language sql security definer set search_path=auth, pg_temp
  -- body 27d5d662e033884a

create function roles_of(of_user uuid)
  returns text[]
  language sql stable
  -- body 611118dd8ab2df81

create function uuid_at(at timestamp with time zone)
  returns uuid
  language sql immutable
  -- body 38d291279bd6e52e

grant usage on schema auth to bahi_auth;
grant usage on schema auth to bahi_reporting;
grant insert, select, update on devices to bahi_auth;
grant select on devices to bahi_reporting;
grant delete, insert, select, update on due_work to bahi_auth;
grant select on due_work to bahi_reporting;
grant insert, select on events to bahi_auth;
grant select on events to bahi_reporting;
grant select on events_full to bahi_auth;
grant select on events_full to bahi_reporting;
grant delete, insert, select on id_token_keys to bahi_auth;
grant select on id_token_keys to bahi_reporting;
grant delete, insert, select on inbox to bahi_auth;
grant select on inbox to bahi_reporting;
grant delete, insert, select, update on login_attempts to bahi_auth;
grant select on login_attempts to bahi_reporting;
grant insert, select, update (state, decided_at, decided_by, decision_note) on measures to bahi_auth;
grant select on measures to bahi_reporting;
grant select on migrations to bahi_auth;
grant select on migrations to bahi_reporting;
grant delete, insert, select, update (metadata) on oauth_clients to bahi_auth;
grant select on oauth_clients to bahi_reporting;
grant delete, insert, select, update on oauth_records to bahi_auth;
grant select on oauth_records to bahi_reporting;
grant delete, insert, select, update on one_time_codes to bahi_auth;
grant select on one_time_codes to bahi_reporting;
grant delete, insert, select, update on otps to bahi_auth;
grant select on otps to bahi_reporting;
grant delete, insert, select, update on passkey_challenges to bahi_auth;
grant select on passkey_challenges to bahi_reporting;
grant delete, insert, select, update on passkeys to bahi_auth;
grant select on passkeys to bahi_reporting;
grant insert, select, update on people to bahi_auth;
grant select on people to bahi_reporting;
grant delete, insert, select, update on recovery_codes to bahi_auth;
grant select on recovery_codes to bahi_reporting;
grant delete, insert, select, update on refresh_tokens to bahi_auth;
grant select on refresh_tokens to bahi_reporting;
grant select, update on relay to bahi_auth;
grant select on relay to bahi_reporting;
grant select on repeatables to bahi_auth;
grant select on repeatables to bahi_reporting;
grant insert, select, update (sent_again_at, sent_again_of) on revoked_number_lists to bahi_auth;
grant select on revoked_number_lists to bahi_reporting;
grant insert, select on role_grants to bahi_auth;
grant select on role_grants to bahi_reporting;
grant insert, select, update on second_factor_resets to bahi_auth;
grant select on second_factor_resets to bahi_reporting;
grant delete, insert, select, update on sessions to bahi_auth;
grant select on sessions to bahi_reporting;
grant delete, insert, select on signing_keys to bahi_auth;
grant select on signing_keys to bahi_reporting;
grant insert, select, update on staff_grants to bahi_auth;
grant select on staff_grants to bahi_reporting;
grant delete, insert, select, update on step_up_proofs to bahi_auth;
grant select on step_up_proofs to bahi_reporting;
grant delete, insert, select, update on totp_secrets to bahi_auth;
grant select on totp_secrets to bahi_reporting;
grant delete, insert, select, update on tries to bahi_auth;
grant select on tries to bahi_reporting;
grant execute on function close_person(uuid) to bahi_auth;
grant execute on function make_partitions(integer) to bahi_auth;
grant execute on function redact_events(json) to bahi_auth;
grant execute on function roles_of(uuid) to bahi_auth;
grant execute on function uuid_at(timestamp with time zone) to bahi_auth;
