-- One-time codes live side by side, and tries are counted by who makes them: so a stranger can neither use up a
-- person's codes nor lock their sign-in. `otps` and `login_attempts` are of the version before, and empty themselves.

create table one_time_codes (
  id uuid primary key,
  phone_fingerprint bytea not null,
  code_fingerprint bytea not null,
  -- Keyed fingerprint of who asked: a device that is bound to the person of this phone, or else a network.
  asker bytea not null,
  bound_device boolean not null,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  -- When it, or a later one of the same phone, was used.
  used_at timestamptz
);
create index one_time_codes_of_phone on one_time_codes (phone_fingerprint, sent_at);
create index one_time_codes_sent on one_time_codes (sent_at);

-- Tries of one kind by one asker, or at one phone, within a window of time.
create table tries (
  kind text not null,
  key bytea not null,
  count int not null check (count > 0),
  since timestamptz not null,
  primary key (kind, key)
);
create index tries_since on tries (since);

-- A device that was logged out from elsewhere: its next sign-in needs a code, and is a new binding.
alter table devices add column unbound_at timestamptz;

grant select, insert, update, delete on one_time_codes, tries to bahi_auth;
