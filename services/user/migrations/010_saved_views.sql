-- Filters of the console's lists that operators keep under a name. What they name and look for may be personal: sealed.

create table saved_views (
  id uuid primary key,
  user_id uuid not null references profiles,
  view_sealed text not null,
  created_at timestamptz not null
);
create index saved_views_of_person on saved_views (user_id, created_at, id);
grant select, insert, delete, update (view_sealed) on saved_views to bahi_user;
