-- Takes personal data out of events that were consumed long ago. It can remove fields, and neither add nor change any.
-- Runs as the owner: a service may not change its events.
create or replace function redact_events(changes json) returns void language sql security definer
set search_path = {{schema}}, pg_temp as $$
  update events e set data = x.data
  from json_to_recordset(changes) as x (stream text, version int, data jsonb)
  where e.stream = x.stream and e.version = x.version and e.data @> x.data
$$;
