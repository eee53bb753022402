-- Payments counted by the minute in which they began, for the console's charts. Not a book: it can be counted anew.

create table payment_minutes (
  minute timestamptz primary key check (date_trunc('minute', minute) = minute),
  settled integer not null check (settled >= 0),
  failed integer not null check (failed >= 0),
  -- Those without an outcome when they were counted last.
  pending integer not null check (pending >= 0),
  -- 99 of 100 of those that have ended took this long from beginning to end, or less.
  p99_ms integer check (p99_ms >= 0),
  -- Age of the oldest payment without an outcome as the minute ended; null: nobody looked then.
  oldest_pending_s integer check (oldest_pending_s >= 0)
);
create index payment_minutes_pending on payment_minutes (minute) where pending > 0;
grant select, insert, delete, update (settled, failed, pending, p99_ms) on payment_minutes to bahi_payment;
