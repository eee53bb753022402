-- The second factor of staff: secrets of authenticator apps, recovery codes, and their reset by two administrators.

create table totp_secrets (
  id uuid primary key,
  user_id uuid not null references people,
  secret_sealed text not null,
  created_at timestamptz not null,
  -- When a code of it was entered first: until then it counts for nothing.
  confirmed_at timestamptz,
  -- The time step of the newest code that was used: it and all before are worth nothing.
  last_step bigint
);
create unique index totp_secrets_confirmed on totp_secrets (user_id) where confirmed_at is not null;
create unique index totp_secrets_pending on totp_secrets (user_id) where confirmed_at is null;

create table recovery_codes (
  user_id uuid not null references people,
  code_fingerprint bytea not null,
  created_at timestamptz not null,
  used_at timestamptz,
  primary key (user_id, code_fingerprint)
);

create table second_factor_resets (
  id uuid primary key,
  user_id uuid not null references people,
  state text not null check (state in ('requested', 'approved', 'declined')),
  note text not null,
  requested_at timestamptz not null,
  requested_by uuid not null references people,
  expires_at timestamptz not null,
  decided_at timestamptz,
  decided_by uuid references people,
  decision_note text,
  constraint not_of_oneself check (requested_by <> user_id and (state <> 'approved' or decided_by <> user_id)),
  constraint maker_and_checker check (state <> 'approved' or decided_by <> requested_by)
);
create unique index second_factor_resets_requested on second_factor_resets (user_id) where state = 'requested';

alter table sessions
  add column second_factor text check (second_factor ~ '^[a-z-]{1,40}$'),
  add column second_factor_at timestamptz;

-- A device on which the person has proven a second factor: its tries are counted apart from those of strangers.
alter table devices add column second_factor_at timestamptz;

grant select, insert, update, delete on totp_secrets, recovery_codes to bahi_auth;
grant select, insert, update on second_factor_resets to bahi_auth;
