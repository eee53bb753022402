// What one payment costs, by statement and by function: the settings that measure it, and how it is printed.
import { join } from 'node:path'
import type { Sql } from '@bahi/kit/sql/sql.ts'
import { hottest } from './cpu-profile.ts'
import type { SystemOptions } from './system.ts'

/** @param profiles the folder of CPU profiles; undefined: none, which are what is slow */
export const profiled = (
  profiles: string | undefined,
): Pick<SystemOptions, 'postgres' | 'nodeOptionsOf'> => ({
  postgres: {
    shared_preload_libraries: 'pg_stat_statements',
    'pg_stat_statements.max': '2000',
    track_io_timing: 'on',
  },
  ...(profiles === undefined
    ? {}
    : { nodeOptionsOf: (name) => ['--cpu-prof', `--cpu-prof-dir=${join(profiles, name)}`] }),
})

export async function resetStatements(sql: Sql): Promise<void> {
  await sql`create extension if not exists pg_stat_statements`
  await sql`select pg_stat_statements_reset()`
}

/** Since they were reset, for each of `count`. */
export async function printStatements(sql: Sql, count: number, what: string): Promise<void> {
  const per = (n: number) => (n / count).toFixed(3)
  console.log(`\nStatements a ${what}, by service: all, commits; milliseconds in the database`)
  const statements = await sql<{ role: string; calls: number; commits: number; ms: number }[]>`
    select rolname as role, sum(calls) as calls,
      sum(calls) filter (where query ilike 'commit%') as commits, sum(total_exec_time) as ms
    from pg_stat_statements s join pg_roles r on r.oid = s.userid
    where rolname like 'bahi\\_%' group by 1 order by 4 desc`
  for (const { role, calls, commits, ms } of statements)
    console.log(
      `  ${role.padEnd(20)} ${per(calls).padStart(7)} ${per(commits).padStart(7)} ${per(ms).padStart(8)}`,
    )

  console.log(`\nThe most costly statements: milliseconds a ${what}, calls a ${what}, rows a call`)
  const costly = await sql<{ role: string; calls: number; ms: number; rows: number; query: string }[]>`
    select rolname as role, calls, total_exec_time as ms, rows, regexp_replace(query, '\\s+', ' ', 'g') as query
    from pg_stat_statements s join pg_roles r on r.oid = s.userid
    where rolname like 'bahi\\_%' order by total_exec_time desc limit 24`
  for (const { role, calls, ms, rows, query } of costly) {
    const numbers = `${per(ms)} ${per(calls)} ${(rows / calls).toFixed(1).padStart(6)}`
    console.log(`  ${numbers}  ${role.slice(5).padEnd(12)} ${query.trim().slice(0, 90)}`)
  }
}

/** Of each of these processes, once they have stopped: profiles are written then. */
export async function printFunctions(profiles: string, names: string[], top: number): Promise<void> {
  for (const name of names) {
    const { busyMs, byFunction, byFile } = await hottest(join(profiles, name), top)
    console.log(`\n${name}: ${busyMs} ms busy`)
    console.log(`  ${byFile.map(({ where, share }) => `${where} ${(share * 100).toFixed(0)} %`).join(', ')}`)
    for (const { where, share } of byFunction)
      console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${where}`)
  }
}
