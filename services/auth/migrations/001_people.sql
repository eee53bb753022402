-- People, their credentials, their sessions, and the keys that sign access tokens.

create table people (
  id uuid primary key,
  -- A keyed fingerprint to find the row by, and the sealed value.
  phone_fingerprint bytea not null unique,
  phone_sealed text not null,
  -- Set last: a person without a password is still registering.
  password_hash text,
  created_at timestamptz not null,
  registered_at timestamptz,
  constraint registered_with_password check ((password_hash is null) = (registered_at is null))
);

-- Staff roles; the role `customer` is everybody's and has no row. A grant that ends is deleted.
create table role_grants (
  user_id uuid not null references people,
  role text not null check (role in ('operator', 'auditor')),
  granted_at timestamptz not null default now(),
  -- The service that granted it, or the database user who inserted the row.
  granted_by text not null default current_user,
  primary key (user_id, role)
);

create table devices (
  user_id uuid not null references people,
  device_id text not null,
  name text not null,
  bound_at timestamptz not null,
  primary key (user_id, device_id)
);

-- One row a phone, so one active code a phone. Without a code it was used or could not be sent.
create table otps (
  phone_fingerprint bytea primary key,
  code_fingerprint bytea,
  attempts_left smallint not null check (attempts_left >= 0),
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  -- When unused codes were sent.
  unused_sends timestamptz[] not null
);
create index otps_sent on otps (sent_at);

-- For any phone, registered or not: a lock must not reveal who is registered.
create table login_attempts (
  phone_fingerprint bytea primary key,
  failed int not null check (failed > 0),
  last_at timestamptz not null
);
create index login_attempts_last on login_attempts (last_at);

create table sessions (
  id uuid primary key,
  user_id uuid not null,
  device_id text not null,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  -- When its newest refresh token expires.
  expires_at timestamptz not null,
  ended_at timestamptz,
  foreign key (user_id, device_id) references devices
);
create index sessions_open on sessions (user_id, last_used_at desc) where ended_at is null;
create index sessions_ended on sessions (ended_at) where ended_at is not null;
create index sessions_expiry on sessions (expires_at);

-- Used ones are kept until they expire: a second use reveals a stolen token.
create table refresh_tokens (
  hash bytea primary key,
  session_id uuid not null references sessions on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_tokens_session on refresh_tokens (session_id);
create index refresh_tokens_expiry on refresh_tokens (expires_at);

-- The primary key lets one replica add a generation, however many rotate at once.
create table signing_keys (
  generation int primary key check (generation > 0),
  kid text not null unique,
  public_jwk jsonb not null,
  private_sealed text not null,
  signs_from timestamptz not null
);

grant select, insert, update on people, devices to bahi_auth;
grant select, insert on role_grants to bahi_auth;
grant select, insert, update, delete on otps, login_attempts, sessions to bahi_auth;
grant select, insert, update, delete on refresh_tokens to bahi_auth;
grant select, insert, delete on signing_keys to bahi_auth;
