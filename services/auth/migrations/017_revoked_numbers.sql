-- Lists of mobile numbers that were disconnected (MNRL), and whose numbers are on one.

-- No number is kept: what a list did is in its counts, and of lines that could not be read two digits stay.
create table revoked_number_lists (
  id uuid primary key,
  -- Of the content: the same list twice does nothing.
  sha256 bytea not null unique check (length(sha256) = 32),
  listed_on date not null,
  part int not null check (part > 0),
  parts int not null check (parts >= part),
  -- Without a person a feed sent it.
  uploaded_by uuid references people,
  uploaded_at timestamptz not null,
  rows int not null,
  revoked int not null,
  already_revoked int not null,
  proven_since int not null,
  refused int not null,
  refused_lines jsonb not null
);
create index revoked_number_lists_whole on revoked_number_lists (uploaded_at) where part = parts;
grant select, insert on revoked_number_lists to bahi_auth;

-- The day on which the phone was disconnected, as a list says: it proves nothing. And when the person proved it last;
-- null for who has not since this migration: then their registration and their newest device say it.
alter table people add column phone_revoked_on date, add column phone_proven_at timestamptz;
