// `npm run bench:profile`: where a payment's time goes, and what one costs in CPU, round trips, commits and bytes.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Sql } from '@bahi/kit/sql/sql.ts'
import { parseArguments } from '@bahi/platform/arguments.ts'
import { printFunctions, printStatements, profiled, resetStatements } from './costs.ts'
import { startBench, runLoad } from './run.ts'

const help = `npm run bench:profile -- [options]

Runs payments through the whole system and reports per payment: CPU by process, statements and commits by service,
WAL and stored bytes. With --cpu also where each process spends its time.

  --rate <n>        payments per second (default: as many as --senders can, each waiting for its answer)
  --senders <n>     (default 192)
  --seconds <n>     measured (default 30)
  --streams <n>     live streams (default 1000)
  --cpu             run each process under --cpu-prof; slower
  --top <n>         functions to name of each process (default 12)
  --data <folder>   for data, logs and profiles (default: temporary, removed afterwards)
  --help            this text`

const { values } = parseArguments(help, {
  rate: { type: 'string' },
  senders: { type: 'string', default: '192' },
  seconds: { type: 'string', default: '30' },
  streams: { type: 'string', default: '1000' },
  cpu: { type: 'boolean', default: false },
  top: { type: 'string', default: '12' },
  data: { type: 'string' },
})
const rate = values.rate === undefined ? undefined : Number(values.rate)
const [seconds, warmupS, peakRate] = [Number(values.seconds), 10, 2_500]
const folder =
  values.data === undefined ? await mkdtemp(join(tmpdir(), 'bahi-profile-')) : resolve(values.data)
const profiles = join(folder, 'profiles')
await mkdir(profiles, { recursive: true })
const log = (what: string) => console.log(`  ${what}`)

const bench = await startBench(
  Math.ceil(((rate ?? peakRate) * (seconds + warmupS)) / 15) + Number(values.streams),
  {
    folder,
    log,
    ...profiled(values.cpu ? profiles : undefined),
  },
)
let stopped = false
try {
  await resetStatements(bench.sql)
  const walBefore = await walAt(bench.sql)
  const sizesBefore = await sizes(bench.sql)
  const result = await runLoad(bench, {
    ...(rate === undefined ? {} : { rate }),
    senders: Number(values.senders),
    seconds,
    warmupS,
    streams: Number(values.streams),
    pattern: 'uniform',
    networkShare: 0,
    readsPerS: 0,
    seed: 1,
    connections: 256,
    log,
    progress: (line) => console.log(line),
  })
  const payments = result.counts['payments']!
  const per = (n: number, digits = 2) => (n / payments).toFixed(digits)
  console.log(
    `\n${payments} payments, ${rate === undefined ? `${values.senders} senders` : `${rate} a second offered`}, ` +
      `p50 ${result.payments.latencyMs.p50} ms, p99 ${result.payments.latencyMs.p99} ms`,
  )
  if (result.faults.length > 0) console.log(`FAULTS: ${result.faults.slice(0, 5).join('; ')}`)

  console.log('\nCPU, microseconds a payment')
  const perSecond = result.payments.accepted / seconds
  for (const [name, cores] of Object.entries(result.cpu).sort((a, b) => b[1] - a[1]))
    console.log(`  ${name.padEnd(14)} ${((cores * 1e6) / perSecond).toFixed(0).padStart(6)}`)

  await printStatements(bench.sql, payments, 'payment')

  console.log(`\nWAL a payment: ${(((await walAt(bench.sql)) - walBefore) / payments) | 0} bytes`)
  console.log('Stored bytes a payment, indexes included')
  const after = await sizes(bench.sql)
  const byTable = [...after].map(([name, size]) => [name, size - (sizesBefore.get(name) ?? 0)] as const)
  for (const [name, size] of byTable.filter(([, n]) => n > payments).sort((a, b) => b[1] - a[1]))
    console.log(`  ${name.padEnd(36)} ${per(size, 0).padStart(6)}`)
  const own = byTable.filter(([name]) => /^(payment|account)\./.test(name)).reduce((sum, [, n]) => sum + n, 0)
  console.log(`  ${'payment and ledger together'.padEnd(36)} ${per(own, 0).padStart(6)}`)

  await bench.stop()
  stopped = true
  if (values.cpu) {
    await printFunctions(profiles, Object.keys(bench.pids).filter(bench.isOurs), Number(values.top))
  }
} finally {
  if (!stopped) await bench.stop()
  if (values.data === undefined) await rm(folder, { recursive: true, force: true })
}

async function walAt(sql: Sql): Promise<number> {
  const [row] = await sql<{ at: number }[]>`select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint as at`
  return row!.at
}

/** Bytes of each table with its indexes, partitions under the name of their table. */
async function sizes(sql: Sql): Promise<Map<string, number>> {
  const rows = await sql<{ name: string; size: number }[]>`
    select schemaname || '.' || regexp_replace(relname, '_(\\d{4}_\\d{2}|else)$', '') as name,
      sum(pg_total_relation_size(relid))::bigint as size
    from pg_stat_user_tables group by 1`
  return new Map(rows.map((row) => [row.name, row.size]))
}
