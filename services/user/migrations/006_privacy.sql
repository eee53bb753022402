-- Who wants to be erased, copies of personal data that people asked for, and the keys of what is sealed for one person.

create table erasures (
  user_id uuid primary key,
  state text not null check (state in ('waiting', 'closed', 'erased')),
  requested_at timestamptz not null,
  -- Moved on while something is in the way.
  closes_at timestamptz not null,
  closed_at timestamptz,
  erases_at timestamptz,
  erased_at timestamptz,
  constraint closed_then_erased check (
    (state = 'waiting') = (closed_at is null) and (closed_at is null) = (erases_at is null)
    and (state = 'erased') = (erased_at is not null))
);
grant select, insert, delete, update (state, closes_at, closed_at, erases_at, erased_at) on erasures to bahi_user;

create table exports (
  id uuid primary key,
  user_id uuid not null,
  status text not null check (status in ('waiting', 'ready', 'failed', 'expired')),
  requested_at timestamptz not null,
  expires_at timestamptz,
  sha256 text,
  constraint ready_has_file check ((status in ('ready', 'expired')) = (sha256 is not null))
);
create index exports_of_person on exports (user_id, requested_at desc);
create index exports_requested on exports (requested_at);
grant select, insert, delete, update (status, expires_at, sha256) on exports to bahi_user;

create table person_keys (
  user_id uuid primary key,
  key_sealed text,
  shredded_at timestamptz,
  constraint key_or_shredded check ((key_sealed is null) = (shredded_at is not null))
);
grant select, insert, update (key_sealed, shredded_at) on person_keys to bahi_user;
grant delete on profiles to bahi_user;

-- Of whoever saved it, when its UPI ID is nobody's any more.
create index contacts_of_vpa on contacts (vpa);

-- Nothing of KYC is left of somebody who is erased, but that there was some: a tier and a submission need no profile.
alter table kyc_submissions drop constraint kyc_submissions_user_id_fkey;
alter table kyc_tiers drop constraint kyc_tiers_user_id_fkey;
