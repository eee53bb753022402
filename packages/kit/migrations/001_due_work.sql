-- Due work: what a service does at a time or tries again, as rows with a lease.

create table due_work (
  kind text not null,
  key text not null,
  -- By the service's clock.
  due_at timestamptz not null,
  payload jsonb not null,
  -- The id of what running it creates: running it twice creates one.
  created_id uuid not null,
  -- Since it was scheduled or rescheduled.
  attempts int not null default 0 check (attempts >= 0),
  -- Whoever runs it, until a moment of the database's clock, which all copies share.
  lease_holder uuid,
  lease_until timestamptz not null default '-infinity',
  error text,
  -- Kept for a person to look at and reschedule.
  gave_up_at timestamptz,
  primary key (kind, key)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index due_work_due on due_work (kind, due_at) where gave_up_at is null;
create index due_work_given_up on due_work (kind) where gave_up_at is not null;

grant select, insert, update, delete on due_work to {{role}};
