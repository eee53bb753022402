-- People, what they sign in with, their sessions, and the keys that access tokens are signed with.

create table people (
  id uuid primary key,
  -- Keyed fingerprint to find by, sealed text to read.
  phone_fingerprint bytea not null unique,
  phone_sealed text not null,
  -- Set last: who has no password yet is still registering.
  password_hash text,
  role text not null default 'person' check (role in ('person', 'operator', 'auditor')),
  created_at timestamptz not null,
  registered_at timestamptz,
  constraint registered_with_password check ((password_hash is null) = (registered_at is null))
);

create table devices (
  user_id uuid not null references people,
  device_id text not null,
  name text not null,
  bound_at timestamptz not null,
  primary key (user_id, device_id)
);

-- One row a phone, so one live code a phone. No code: it was spent or never arrived.
create table otps (
  phone_fingerprint bytea primary key,
  code_fingerprint bytea,
  tries_left smallint not null check (tries_left >= 0),
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  -- When codes were sent that nobody spent.
  unspent_sends timestamptz[] not null
);
create index otps_sent on otps (sent_at);

-- Kept for any phone, registered or not: a lock must not tell who is registered.
create table login_tries (
  phone_fingerprint bytea primary key,
  wrong int not null check (wrong > 0),
  last_at timestamptz not null
);
create index login_tries_last on login_tries (last_at);

create table sessions (
  id uuid primary key,
  user_id uuid not null,
  device_id text not null,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  -- That of its newest refresh token.
  expires_at timestamptz not null,
  ended_at timestamptz,
  foreign key (user_id, device_id) references devices
);
create index sessions_open on sessions (user_id, last_used_at desc) where ended_at is null;
create index sessions_ended on sessions (ended_at) where ended_at is not null;
create index sessions_expiry on sessions (expires_at);

-- Used ones stay until they would have expired: a second use tells of a thief.
create table refresh_tokens (
  hash bytea primary key,
  session_id uuid not null references sessions on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_tokens_session on refresh_tokens (session_id);
create index refresh_tokens_expiry on refresh_tokens (expires_at);

-- The number is taken by one replica only, however many rotate at once.
create table signing_keys (
  generation int primary key check (generation > 0),
  kid text not null unique,
  public_jwk jsonb not null,
  private_sealed text not null,
  signs_from timestamptz not null
);

grant select, insert, update on people, devices to bahi_auth;
grant select, insert, update, delete on otps, login_tries, sessions to bahi_auth;
grant select, insert, update, delete on refresh_tokens to bahi_auth;
grant select, insert, delete on signing_keys to bahi_auth;
