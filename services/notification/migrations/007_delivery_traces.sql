-- The request that a delivery belongs to, where its trace is kept: its sending is a part of that trace.
alter table deliveries add column traceparent text;
