-- KYC: submissions with their forms and documents, and the tier that each person has. Forms are sealed by the service.

create table kyc_submissions (
  id uuid primary key,
  user_id uuid not null references profiles,
  tier text not null check (tier in ('minimum', 'full')),
  status text not null check (
    status in ('draft', 'submitted', 'in-review', 'revision', 'approved', 'rejected', 'expired')),
  form_sealed text not null,
  -- Keyed hash: to find who else was approved with it.
  pan_fingerprint bytea check (length(pan_fingerprint) = 32),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  submitted_at timestamptz,
  reviewer_id uuid check (reviewer_id <> user_id),
  decided_at timestamptz,
  decided_by uuid check (decided_by <> user_id),
  -- Of the person's eyes: why it was rejected, or what is to be changed.
  reason text,
  -- It was rejected once: nobody approves it alone, and never whoever rejected it.
  rejected_by uuid,
  -- The first of the two who approve it.
  proposed_by uuid check (proposed_by <> rejected_by),
  valid_until timestamptz,
  constraint reviewed_by_somebody check ((status = 'in-review') = (reviewer_id is not null)),
  constraint submitted_once check (status = 'draft' or submitted_at is not null),
  constraint approved_until check ((status in ('approved', 'expired')) = (valid_until is not null)),
  constraint approved_by_two check (
    status <> 'approved' or rejected_by is null
    or (proposed_by is not null and decided_by not in (proposed_by, rejected_by)))
);
create unique index kyc_submissions_open on kyc_submissions (user_id)
  where status in ('draft', 'submitted', 'in-review', 'revision');
create index kyc_submissions_of_person on kyc_submissions (user_id, created_at desc);
create index kyc_submissions_queue on kyc_submissions (status, submitted_at, id) where submitted_at is not null;
create index kyc_submissions_pan on kyc_submissions (pan_fingerprint) where status = 'approved';

create table kyc_documents (
  id uuid primary key,
  submission_id uuid not null references kyc_submissions on delete cascade,
  kind text not null check (kind in ('pan', 'address', 'selfie')),
  status text not null check (status in ('uploaded', 'scanned', 're-encoded', 'readable', 'refused')),
  fault text,
  -- SHA-256 of the file as it came, and of each page as it is stored, in hex.
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  page_hashes text[] not null default '{}',
  uploaded_at timestamptz not null,
  -- Another one has taken its place.
  replaced boolean not null default false,
  -- Why a reviewer asks for another one.
  revision text,
  constraint refused_for_a_fault check ((status = 'refused') = (fault is not null)),
  constraint readable_has_pages check (
    (status in ('re-encoded', 'readable')) = (cardinality(page_hashes) > 0))
);
create unique index kyc_documents_current on kyc_documents (submission_id, kind) where not replaced;

-- What counts now; nobody without a row has a tier.
create table kyc_tiers (
  user_id uuid primary key references profiles,
  tier text not null check (tier in ('minimum', 'full')),
  submission_id uuid not null references kyc_submissions,
  until timestamptz not null
);

grant select, insert, delete on kyc_submissions to bahi_user;
grant update (tier, status, form_sealed, pan_fingerprint, changed_at, submitted_at, reviewer_id, decided_at,
  decided_by, reason, rejected_by, proposed_by, valid_until) on kyc_submissions to bahi_user;
grant select, insert, delete on kyc_documents to bahi_user;
grant update (status, fault, page_hashes, replaced, revision) on kyc_documents to bahi_user;
grant select, insert, delete on kyc_tiers to bahi_user;
grant update (tier, submission_id, until) on kyc_tiers to bahi_user;
