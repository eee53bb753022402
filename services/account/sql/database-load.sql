-- How much of what the server of the database has is used up: connections, transaction ids, and what holds rows and log
-- back. Runs as the owner: how long transactions of others are open is shown to members of pg_monitor alone. Where the
-- owner is none that is null, and the rest is there.
create or replace function database_load(out connections int, out connections_max int,
  out transaction_ids_age bigint, out oldest_transaction_s double precision, out slots_unused int)
language plpgsql stable security definer set search_path = account, pg_temp as $$
begin
  select sum(d.numbackends) into connections from pg_stat_database d;
  connections_max := current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true)::int, 0);
  select max(greatest(age(d.datfrozenxid), mxid_age(d.datminmxid))) into transaction_ids_age from pg_database d;
  select count(*) into slots_unused
  from pg_replication_slots s where not s.active and s.restart_lsn is not null;
  if pg_has_role('pg_read_all_stats', 'usage') then
    select coalesce(greatest(extract(epoch from clock_timestamp() - min(a.xact_start)), 0), 0)
    into oldest_transaction_s
    from pg_stat_activity a where a.backend_type = 'client backend';
  end if;
end $$;
