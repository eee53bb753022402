#!/bin/sh
# Restores the latest backup of pgBackRest into a server of its own, runs verify and verify:audit there, and removes it.
# What was found is noted where `npm run backup -- --verify` notes it: so the alerts and the console know. Ends with 0 when
# the backup is whole. Run it as the user of PostgreSQL, on a machine with pgBackRest, PostgreSQL 18 and room for the data.
#
# BAHI     a checkout with its packages
# METRICS  the folder of the metrics of backups, as --repository of npm run backup
# STANZA   of pgBackRest (bahi); DATABASE (bahi), and ROLE, which reads all of it (postgres); PORT (5499)
# WORK     where the data is restored (/var/lib/postgresql); TIMEOUT of the restored log, in seconds (14400)
set -eu
: "${BAHI:?a checkout with its packages}" "${METRICS:?the folder of the metrics of backups}"
work=$(mktemp -d "${WORK:-/var/lib/postgresql}/verify-XXXXXX")
data=$work/data
output=$work/output
took=

run() { npm --prefix "$BAHI" run --silent "$@"; }

finish() {
  status=$?
  trap - EXIT
  trap '' HUP INT TERM
  if [ -f "$data/postmaster.pid" ]; then pg_ctl -D "$data" -m immediate -w stop >>"$output" 2>&1 || :; fi
  if [ "$status" -eq 0 ]; then
    run backup -- --repository "$METRICS" --note verified --restore-seconds "$took" || status=1
  else
    cat "$output" "$work/log" >&2 2>/dev/null || :
    echo "the backup of pgBackRest was not verified" >&2
    run backup -- --repository "$METRICS" --note failed || :
  fi
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 143' HUP INT TERM

began=$(date +%s)
as_of=$(date -u +%Y-%m-%dT%H:%M:%SZ)
# It archives nothing, whatever the restored settings say, and only who may enter the folder reaches it.
mkdir -m 700 "$data"
pgbackrest --stanza="${STANZA:-bahi}" --pg1-path="$data" --archive-mode=off restore >"$output" 2>&1
echo 'local all all trust' >"$work/hba.conf"
: >"$work/postgresql.conf"
pg_ctl -D "$data" -l "$work/log" -w -t "${TIMEOUT:-14400}" -o "-c config_file=$work/postgresql.conf -c hba_file=$work/hba.conf \
 -c port=${PORT:-5499} -c listen_addresses= -c unix_socket_directories=$work -c archive_mode=off -c hot_standby=off \
 -c ssl=off -c shared_preload_libraries= -c synchronous_standby_names= -c max_locks_per_transaction=256" start >>"$output"

export PGHOST="$work" PGPORT="${PORT:-5499}" PGUSER="${ROLE:-postgres}"
database="postgres:///${DATABASE:-bahi}"
format='YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
# It refuses until the log is replayed. Ages count to the last commit that was restored.
until last=$(psql -Atqd "${DATABASE:-bahi}" \
  -c "select to_char(pg_last_xact_replay_timestamp() at time zone 'UTC', '$format')" 2>"$work/refused"); do
  if [ ! -f "$data/postmaster.pid" ] || [ "$(date +%s)" -gt $((began + ${TIMEOUT:-14400})) ]; then
    cat "$work/refused" >>"$output"
    exit 1
  fi
  sleep 1
done
took=$(($(date +%s) - began))
run verify -- --database "$database" --as-of "${last:-$as_of}" >>"$output" 2>&1
run verify:audit -- --database "$database" --until "${last:-$as_of}" >>"$output" 2>&1
