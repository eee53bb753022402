-- Messages: each person's counter and preferences, their messages, and the deliveries by SMS and mail.

-- `last_seq` is raised under the row's lock until commit, so a message never becomes visible before an earlier one.
create table people (
  user_id uuid primary key,
  last_seq bigint not null default 0,
  read_seq bigint not null default 0 check (read_seq <= last_seq),
  sms boolean not null default true,
  email boolean not null default true,
  live boolean not null default true,
  -- Copies of two facts of the profile, so that no call is made in a transaction.
  language text not null default 'en' check (language in ('en', 'hi')),
  -- Null: unknown since the profile changed.
  has_email boolean,
  -- Profile changes consumed, and how many of them the copies include: current when both are equal.
  profile_version int not null default 1,
  copied_profile_version int not null default 0,
  profile_sync_at timestamptz not null default '-infinity'
);
create index people_stale on people (profile_sync_at) where copied_profile_version < profile_version;

create table messages (
  user_id uuid not null references people,
  seq bigint not null,
  id uuid not null,
  type text not null,
  title text not null,
  text text not null,
  data jsonb not null,
  live boolean not null,
  at timestamptz not null,
  read_at timestamptz,
  primary key (user_id, seq)
);
create index messages_unread on messages (user_id, seq) where read_at is null;

create table deliveries (
  id uuid primary key,
  user_id uuid,
  channel text not null check (channel in ('sms', 'email')),
  template text not null,
  -- Values of the template; empty for secrets.
  data jsonb not null,
  subject text not null,
  -- The address as shown to operators; set when the delivery is sent.
  masked_to text,
  status text not null check (status in ('waiting', 'sent', 'failed')),
  tries int not null default 0,
  -- When it is due; while it is being sent: when its lease expires and another worker may take it over.
  next_at timestamptz not null,
  error text,
  at timestamptz not null
);
create index deliveries_due on deliveries (channel, next_at) where status = 'waiting';
create index deliveries_oldest on deliveries (at) where status = 'waiting';
create index deliveries_subject on deliveries (subject, at desc);

grant select, insert, update on people to {{role}};
grant select, insert, update on messages to {{role}};
grant select, insert, update, delete on deliveries to {{role}};
