-- Passkeys of people, and what they sign.

create table passkeys (
  id uuid primary key,
  user_id uuid not null references people,
  credential_id text not null unique,
  public_key bytea not null,
  -- How often it was used, as it says itself; 0 for one that does not count.
  sign_count bigint not null check (sign_count >= 0),
  transports text[] not null,
  name text not null,
  is_synced boolean not null,
  -- Added in a session with a second factor of staff.
  is_second_factor boolean not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkeys_of_person on passkeys (user_id, created_at);

-- Each is good once, for its person, session and purpose. `change-passkeys`: to add one.
create table passkey_challenges (
  hash bytea primary key,
  user_id uuid not null references people,
  session_id uuid not null,
  purpose text not null check (purpose ~ '^[a-z-]{1,40}$'),
  expires_at timestamptz not null
);
create index passkey_challenges_expiry on passkey_challenges (expires_at);
create index passkey_challenges_of_person on passkey_challenges (user_id);

grant select, insert, update, delete on passkeys, passkey_challenges to bahi_auth;
