-- Whom people block and report, and what they hide from their own history.

create table blocked_people (
  user_id uuid not null,
  -- As it was named; who has a user id is blocked at all of their UPI IDs.
  vpa text not null,
  blocked_user_id uuid check (blocked_user_id <> user_id),
  name text not null,
  blocked_at timestamptz not null,
  primary key (user_id, vpa)
);
create index blocked_people_by_user on blocked_people (user_id, blocked_user_id) where blocked_user_id is not null;
insert into blocked_people (user_id, vpa, blocked_user_id, name, blocked_at)
select user_id, vpa, requester_user_id, name, blocked_at from blocked_requesters on conflict do nothing;
drop table blocked_requesters;

create table reports (
  id uuid primary key,
  user_id uuid not null,
  vpa text not null,
  reported_user_id uuid,
  reason text not null check (reason in ('fraud', 'impersonation', 'spam', 'other')),
  text text,
  payment_id uuid,
  at timestamptz not null
);
create index reports_of_user on reports (user_id, at);
create index reports_at on reports (at);
create index reports_of_vpa on reports (vpa, at);

create table hidden_payments (
  user_id uuid not null,
  payment_id uuid not null,
  hidden_at timestamptz not null,
  primary key (user_id, payment_id)
);

grant select, insert, delete on blocked_people, hidden_payments to bahi_payment;
grant select, insert on reports to bahi_payment;
