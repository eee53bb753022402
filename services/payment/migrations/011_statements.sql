-- Statements: which were made for whom, about what, and the hash of each file. The files are blobs.
create table statements (
  id uuid primary key,
  user_id uuid not null,
  account_id uuid,
  from_on date not null,
  to_on date not null check (to_on >= from_on),
  format text not null check (format in ('csv', 'pdf', 'xlsx')),
  language text not null check (language in ('en', 'hi')),
  status text not null check (status in ('waiting', 'ready', 'failed', 'expired')),
  -- Payments that are written, of all.
  done int not null default 0,
  total int not null default 0,
  created_at timestamptz not null,
  made_at timestamptz,
  expires_at timestamptz,
  sha256 text check (length(sha256) = 64),
  audit_hash text check (length(audit_hash) = 64),
  constraint ready_has_a_file check (
    (status in ('ready', 'expired')) = (sha256 is not null) and (sha256 is null) = (expires_at is null)
    and (sha256 is null) = (made_at is null) and (sha256 is null) = (audit_hash is null))
);
create index statements_of_person on statements (user_id, created_at);

grant select, insert, delete on statements to bahi_payment;
grant update (status, done, total, made_at, expires_at, sha256, audit_hash) on statements to bahi_payment;
