// The dashboard of PostgreSQL: as the services see it, its log, standbys and disks, its leader, its replica,
// its archive and its backups.
import { maxBy, rate, type DashboardSpec } from './panels.ts'

export const postgresSpec: DashboardSpec = {
  uid: 'bahi-postgres',
  title: 'bahi: PostgreSQL',
  rows: {
    'As the services see it': [
      {
        title: 'Reached',
        queries: { '{{service}}': maxBy('bahi_dependency_up{dependency="database"}', 'service') },
      },
      {
        title: 'Connections in use',
        unit: 'percentunit',
        queries: {
          '{{service}}': maxBy(
            'bahi_pool_connections{state="used"} / on (service, instance) bahi_pool_max_connections',
            'service',
          ),
        },
      },
      {
        title: 'Idle connections',
        queries: { '{{service}}': 'sum by (service) (bahi_pool_connections{state="idle"})' },
      },
      { title: 'Statements that wait', queries: { '{{service}}': 'sum by (service) (bahi_pool_waiting)' } },
      {
        title: 'Waits',
        unit: 'reqps',
        queries: { '{{service}}': rate('bahi_pool_waits_total', 'service') },
      },
      {
        title: 'Time that they waited',
        unit: 's',
        queries: { '{{service}}': rate('bahi_pool_wait_seconds_total', 'service') },
      },
      {
        title: 'Transactions that were run again',
        unit: 'reqps',
        queries: { '{{service}} {{why}}': rate('bahi_transactions_repeated_total', 'service, why') },
      },
    ],
    'What it has left': [
      {
        title: 'Connections of those that it takes',
        unit: 'percentunit',
        queries: { used: 'max(bahi_database_connections / bahi_database_connections_max)' },
        description: 'Beyond 80 % there is a ticket, beyond 95 % a page.',
      },
      {
        title: 'Transaction ids since the oldest that is not frozen',
        queries: { age: 'max(bahi_database_transaction_ids_age)' },
        description: 'Beyond 800 million there is a ticket, beyond 1.4 billion a page.',
      },
      {
        title: 'Oldest open transaction',
        unit: 's',
        queries: { age: 'max(bahi_database_oldest_transaction_seconds)' },
        description: 'Beyond a minute for half an hour there is an alert.',
      },
      {
        title: 'Replication slots that nobody reads',
        queries: { slots: 'max(bahi_database_slots_unused)' },
      },
    ],
    'Log, standbys and disks': [
      {
        title: 'Oldest segment of the log that is not archived',
        unit: 's',
        queries: { age: 'max(bahi_database_unarchived_seconds)' },
        description:
          'With the disk it would be lost, and what is written now. Beyond 60 s there is an alert.',
      },
      {
        title: 'Size of the log that is kept',
        unit: 'bytes',
        queries: { kept: 'max(bahi_database_log_bytes)' },
        description: 'It grows while it is not archived, or a slot keeps it for a standby that is away.',
      },
      {
        title: 'Standbys',
        queries: {
          stream: 'max(bahi_database_standbys)',
          expected: 'max(bahi_database_standbys_expected)',
          'a commit waits for': 'max(bahi_database_standbys_of_commit)',
          'it may wait for': 'max(bahi_database_standbys_synchronous)',
        },
      },
      {
        title: 'Free on disks',
        unit: 'percentunit',
        queries: {
          '{{instance}} {{mountpoint}}{{persistentvolumeclaim}}':
            'min by (instance, mountpoint, persistentvolumeclaim) (bahi:disk_free:ratio)',
        },
        description: 'Below 20 % there is a ticket, below 10 % a page; earlier where it fills.',
      },
    ],
    'Leader, as leader watches see it': [
      {
        title: 'Who leads',
        queries: { '{{leader}}': maxBy('bahi_leader_watch_leader', 'leader') },
        description: 'Where Patroni decides it: one leader watch in each zone.',
      },
      {
        title: 'Since a leader answered',
        unit: 's',
        queries: { '{{instance}}': 'bahi_leader_watch_silent_seconds' },
        description:
          'Beyond 6 s for most of the zones its lock is ended; beyond 30 s for all there is an alert.',
      },
      {
        title: 'Since etcd answered',
        unit: 's',
        queries: { '{{instance}}': 'bahi_leader_watch_look_age_seconds' },
      },
      {
        title: 'Changes of the leader',
        queries: {
          changes: 'max(increase(bahi_leader_watch_changes_total[$__rate_interval]))',
          'by a takeover': 'sum(increase(bahi_leader_watch_takeovers_total[$__rate_interval]))',
        },
      },
    ],
    Replica: [
      {
        title: 'Reads by where they went',
        unit: 'reqps',
        queries: { '{{service}} {{place}}': rate('bahi_reads_total', 'service, place') },
      },
      {
        title: 'Behind the primary',
        unit: 's',
        queries: { '{{service}}': maxBy('bahi_replica_lag_seconds', 'service') },
        description: 'Beyond BAHI_REPLICA_MAX_LAG_S the primary is read.',
      },
      {
        title: 'Why the primary was read',
        unit: 'reqps',
        queries: { '{{service}} {{why}}': rate('bahi_reads_total{place="primary"}', 'service, why') },
      },
    ],
    Archive: [
      {
        title: 'Months past their retention',
        queries: { months: 'max(bahi_months_to_archive)' },
        description: 'Moved by npm run archive; beyond three there is an alert.',
      },
      {
        title: 'Since the last archive',
        unit: 's',
        queries: {
          done: 'time() - max(bahi_archive_last_success_timestamp_seconds)',
          failed: 'time() - max(bahi_archive_last_failure_timestamp_seconds)',
        },
        description: 'The one that failed last must be older than the one that was done.',
      },
      {
        title: 'Size of the month that was archived last',
        unit: 'bytes',
        queries: { written: 'max(bahi_archive_written_bytes)' },
      },
    ],
    Backup: [
      {
        title: 'Age of the last good backup',
        unit: 's',
        queries: {
          good: 'time() - max(bahi_backup_last_success_timestamp_seconds)',
          verified: 'time() - max(bahi_backup_last_verified_timestamp_seconds)',
        },
      },
      {
        title: 'Size of the newest backup',
        unit: 'bytes',
        queries: { stored: 'max(bahi_backup_stored_bytes)' },
      },
      {
        title: 'Time of the last verified restore',
        unit: 's',
        queries: { restored: 'max(bahi_backup_restore_seconds)' },
      },
    ],
  },
}
