-- Signed heads of the chain, as they were written outside the database; what counts is out there.

create table checkpoints (
  n bigint primary key check (n > 0),
  seq bigint not null check (seq > 0),
  -- The signed document, word for word.
  document text not null,
  at timestamptz not null,
  stored_at timestamptz
);

grant select, insert, update (stored_at) on checkpoints to bahi_audit;
