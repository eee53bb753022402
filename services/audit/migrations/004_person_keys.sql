-- The keys under which the chain holds personal data: a record is never changed, a key can be shredded.

create table person_keys (
  user_id uuid primary key,
  -- Without one nothing of the person opens any more.
  key_sealed text,
  shredded_at timestamptz,
  constraint key_or_shredded check ((key_sealed is null) = (shredded_at is not null))
);

grant select, insert, update (key_sealed, shredded_at) on person_keys to bahi_audit;
