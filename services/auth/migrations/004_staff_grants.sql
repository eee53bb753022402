-- Each grant of a staff role with its maker, its checker and its end; `role_grants` is of the version before.

create table staff_grants (
  id uuid primary key,
  user_id uuid not null references people,
  role text not null check (role ~ '^[a-z-]{1,40}$'),
  state text not null check (state in ('requested', 'active', 'declined', 'ended')),
  origin text not null check (origin in ('administrators', 'command', 'sandbox')),
  note text not null,
  ends_at timestamptz not null,
  requested_at timestamptz not null,
  requested_by uuid references people,
  decided_at timestamptz,
  decided_by uuid references people,
  ended_at timestamptz,
  ended_by uuid references people,
  end_note text,
  constraint not_for_oneself check (requested_by <> user_id and (state = 'declined' or decided_by <> user_id)),
  constraint maker_and_checker check (
    origin <> 'administrators' or state in ('requested', 'declined') or decided_by <> requested_by
  ),
  constraint has_maker check (origin <> 'administrators' or requested_by is not null),
  constraint has_checker check (
    origin <> 'administrators' or state in ('requested', 'declined') or decided_by is not null
  )
);
create unique index staff_grants_active on staff_grants (user_id, role) where state = 'active';
create unique index staff_grants_requested on staff_grants (user_id, role) where state = 'requested';
create index staff_grants_role on staff_grants (role, id) where state = 'active';

insert into staff_grants (id, user_id, role, state, origin, note, ends_at, requested_at)
select gen_random_uuid(), user_id, role, 'active', 'command', 'granted before grants had an end',
  now() + interval '1 year', granted_at
from role_grants;

grant select, insert, update on staff_grants to bahi_auth;
