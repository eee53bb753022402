// What Patroni asks `pg_controldata` for, read from `global/pg_control` of PostgreSQL 18 on a 64-bit machine: the
// PostgreSQL from npm does not bring that program. Prints nothing, and ends with 1, for any other version.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const file = readFileSync(join(process.argv[2] ?? '.', 'global/pg_control'))
const states = ['starting up', 'shut down', 'shut down in recovery', 'shutting down', 'in crash recovery']
states.push('in archive recovery', 'in production')
const levels = ['minimal', 'replica', 'logical']
const number = (at: number) => file.readUInt32LE(at)
const switchOf = (at: number) => (file[at] ? 'on' : 'off')
const position = (at: number) =>
  `${number(at + 4)
    .toString(16)
    .toUpperCase()}/${number(at).toString(16).toUpperCase()}`

if (number(8) !== 1800 || number(216) !== 8192) process.exit(1)
process.stdout.write(`pg_control version number: ${number(8)}
Database system identifier: ${file.readBigUInt64LE(0)}
Database cluster state: ${states[number(16)]}
Latest checkpoint location: ${position(32)}
Latest checkpoint's REDO location: ${position(40)}
Latest checkpoint's TimeLineID: ${number(48)}
Minimum recovery ending location: ${position(136)}
wal_level setting: ${levels[number(172)]}
wal_log_hints setting: ${switchOf(176)}
max_connections setting: ${number(180)}
max_worker_processes setting: ${number(184)}
max_wal_senders setting: ${number(188)}
max_prepared_xacts setting: ${number(192)}
max_locks_per_xact setting: ${number(196)}
track_commit_timestamp setting: ${switchOf(200)}\n`)
