-- Proofs that it is the person who makes a change: for one purpose and one session, used once. A session is bound to
-- its device's key, so a proof is too.

create table step_up_proofs (
  hash bytea primary key,
  user_id uuid not null references people,
  session_id uuid not null,
  purpose text not null check (purpose ~ '^[a-z-]{1,40}$'),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index step_up_proofs_expiry on step_up_proofs (expires_at);

grant select, insert, update, delete on step_up_proofs to bahi_auth;
