-- The events as they are published to others: each with all its data.

create or replace view events_full as
  select e.seq, e.stream, e.version, e.id, e.type,
    case when e.is_delta
      then (select f.data from events f where f.stream = e.stream and f.version = 1) || e.data
      else e.data end as data,
    e.at, e.traceparent, e.xid
  from events e;

grant select on events_full to {{role}};
