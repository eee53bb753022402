-- What the server of the database says of its log and its standbys. Runs as the owner: details of standbys and the
-- folder of the log are shown to members of pg_monitor alone, and no service is one. Where the owner is none either
-- they are null, and the rest is there.
create or replace function database_server(out archives boolean, out archive_fails boolean,
  out unarchived_s double precision, out log_bytes bigint, out standby_names text, out streaming int,
  out synchronous int)
language plpgsql stable security definer set search_path = account, pg_temp as $$
begin
  archives := current_setting('archive_mode') <> 'off';
  select coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false) into archive_fails
  from pg_stat_archiver a;
  standby_names := current_setting('synchronous_standby_names');
  if has_function_privilege('pg_ls_archive_statusdir()', 'execute') then
    select coalesce(greatest(extract(epoch from clock_timestamp() - min(f.modification)), 0), 0) into unarchived_s
    from pg_ls_archive_statusdir() f where f.name like '%.ready';
    select coalesce(sum(f.size), 0) into log_bytes from pg_ls_waldir() f;
  end if;
  if pg_has_role('pg_read_all_stats', 'usage') then
    select count(*), count(*) filter (where r.sync_state in ('sync', 'quorum')) into streaming, synchronous
    from pg_stat_replication r where r.state = 'streaming';
  end if;
end $$;
