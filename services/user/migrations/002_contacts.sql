-- Contacts: UPI IDs that people save. Removed ones are kept for a while, so that older changes cannot restore them.

create table contacts (
  user_id uuid not null references profiles,
  vpa text collate "C" not null check (vpa = lower(vpa) and length(vpa) between 3 and 255),
  name text not null check (length(name) between 1 and 99),
  favourite boolean not null,
  changed_at timestamptz not null,
  removed boolean not null default false,
  primary key (user_id, vpa)
);

create index contacts_favourites on contacts (user_id, vpa) where favourite and not removed;
create index contacts_removed on contacts (user_id, changed_at) where removed;

grant select, insert, delete on contacts to bahi_user;
grant update (name, favourite, changed_at, removed) on contacts to bahi_user;
