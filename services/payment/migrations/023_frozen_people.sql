-- Whose payments staff have frozen: none of theirs begins.

create table frozen_people (
  user_id uuid primary key,
  frozen_at timestamptz not null
);
grant select, insert, delete on frozen_people to bahi_payment;
