-- Monthly partitions of tables whose primary key is a UUIDv7.

-- The smallest UUIDv7 of a moment.
create or replace function uuid_at(at timestamptz) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;

-- Makes the monthly partitions of every table of this schema that is partitioned by range, from last month to `ahead`
-- months from now; returns how many were new. They take the storage options of the table's default partition.
-- Runs as the owner: a service may not create tables.
create or replace function make_partitions(ahead int) returns int language plpgsql security definer
set search_path = {{schema}}, pg_temp as $$
declare
  month timestamptz;
  parent record;
  part text;
  made int := 0;
begin
  perform pg_advisory_xact_lock(6214472, '{{schema}}'::regnamespace::oid::int);
  for month in
    select generate_series(
      date_trunc('month', now(), 'UTC') - interval '1 month',
      date_trunc('month', now(), 'UTC') + make_interval(months => least(ahead, 24)), interval '1 month')
  loop
    for parent in
      select c.relname as name, coalesce(' with (' || array_to_string(d.reloptions, ', ') || ')', '') as options
      from pg_partitioned_table p
      join pg_class c on c.oid = p.partrelid
      left join pg_class d on d.oid = p.partdefid
      where p.partstrat = 'r' and c.relnamespace = '{{schema}}'::regnamespace
      order by c.relname
    loop
      part := parent.name || to_char(month at time zone 'UTC', '_YYYY_MM');
      continue when to_regclass(part) is not null;
      execute format('create table %I partition of %I for values from (%L) to (%L)',
        part, parent.name, uuid_at(month), uuid_at(month + interval '1 month')) || parent.options;
      made := made + 1;
    end loop;
  end loop;
  return made;
end $$;
