-- OAuth 2.0 and OpenID Connect: apps of others, and what they and the people who use them hold.

create table oauth_clients (
  id text primary key,
  -- RFC 7591, as it was registered; its secret is a SHA-256 there: it is 256 random bits.
  metadata jsonb not null,
  -- Whose account the client itself acts for (client credentials); null: it only acts for people who agreed to it.
  owner_id uuid references people,
  registered_by uuid not null references people,
  registered_at timestamptz not null
);

-- Codes, tokens, grants, sessions and requests, each found by the SHA-256 of what its holder has.
create table oauth_records (
  kind text not null,
  id bytea not null,
  payload jsonb not null,
  -- Of grants, and of what was given by one.
  grant_id text,
  client_id text,
  user_id uuid references people,
  -- Of sessions.
  uid text,
  expires_at timestamptz not null,
  consumed_at timestamptz,
  primary key (kind, id)
);
create index oauth_records_grant on oauth_records (grant_id) where grant_id is not null;
create index oauth_records_client on oauth_records (client_id) where client_id is not null;
create index oauth_records_person on oauth_records (user_id) where kind = 'Grant';
create index oauth_records_uid on oauth_records (uid) where uid is not null;
create index oauth_records_expiry on oauth_records (expires_at);

grant select, insert, delete on oauth_clients to bahi_auth;
grant select, insert, update, delete on oauth_records to bahi_auth;
