-- Measures about a person, by maker and checker; and who is frozen by one.

create table measures (
  id uuid primary key,
  user_id uuid not null references people (id),
  kind text not null check (kind in ('freeze', 'unfreeze', 'end-sessions')),
  state text not null check (state in ('requested', 'approved', 'declined')),
  note text not null,
  requested_at timestamptz not null,
  requested_by uuid not null references people (id),
  decided_at timestamptz,
  decided_by uuid references people (id),
  decision_note text,
  constraint decided check (
    (state = 'requested') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
  constraint maker_and_checker check (state <> 'approved' or decided_by <> requested_by),
  constraint not_about_oneself check (requested_by <> user_id and (state = 'declined' or decided_by <> user_id))
);
create unique index measures_requested on measures (user_id, kind) where state = 'requested';
create index measures_of_person on measures (user_id, id);
create index measures_by_state on measures (state, id);
grant select, insert, update (state, decided_at, decided_by, decision_note) on measures to bahi_auth;

-- No sign-in while it is set.
alter table people add column frozen_at timestamptz;
