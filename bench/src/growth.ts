// `npm run bench:growth`: payments, history and balance with nothing stored, and with millions of payments.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { connect } from '@bahi/kit/sql/sql.ts'
import { parseArguments } from '@bahi/platform/arguments.ts'
import { baseline } from './baseline.ts'
import { writeStoredPayments } from './stored-payments.ts'
import { describeMachine, medians, summary, writeReport, type Report } from './report.ts'
import { startBench, runLoad } from './run.ts'

const help = `npm run bench:growth -- [options]

The peak of the whole system, and the latency of history, status and resolve beside it, with growing numbers of stored
payments: rows of payment and ledger, written in between. Needs about 1.3 GiB of disk per million.

  --stored <list>    millions, with commas between, growing (default 0,1,10)
  --seconds <n>      of each run (default 30)
  --runs <n>         at each size (default 3)
  --people <n>       (default 50000)
  --report <file>    (default .bench/growth.json)
  --data <folder>    (default: temporary, removed afterwards)
  --help             this text`

const { values } = parseArguments(help, {
  stored: { type: 'string', default: '0,1,10' },
  seconds: { type: 'string', default: '30' },
  runs: { type: 'string', default: '3' },
  people: { type: 'string', default: '50000' },
  report: { type: 'string', default: '.bench/growth.json' },
  data: { type: 'string' },
})
const folder =
  values.data === undefined ? await mkdtemp(join(tmpdir(), 'bahi-growth-')) : resolve(values.data)
const log = (what: string) => console.log(`  ${what}`)
const bench = await startBench(Number(values.people), { folder, log, postgres: { max_wal_size: '8GB' } })
try {
  const pgbenchPerS = await baseline(bench.adminUrl, 15)
  log(`pgbench TPC-B: ${pgbenchPerS} a second`)
  let stored = 0
  const rows: string[] = []
  for (const millions of values.stored.split(',').map(Number)) {
    if (millions * 1e6 > stored) {
      const sql = connect(bench.adminUrl, { max: 1, name: 'bahi-bench' })
      stored += await writeStoredPayments(sql, { count: millions * 1e6 - stored, log })
      await sql.end()
    }
    const report: Report = {
      at: new Date().toISOString(),
      command: `npm run bench:growth -- ${process.argv.slice(2).join(' ')}`.trim(),
      machine: describeMachine(),
      baseline: pgbenchPerS,
      runs: [],
    }
    for (let nth = 0; nth < Number(values.runs); nth++) {
      report.runs.push(
        await runLoad(bench, {
          ...{
            senders: 192,
            seconds: Number(values.seconds),
            warmupS: 10,
            streams: 1_000,
            pattern: 'uniform',
          },
          ...{ networkShare: 0, readsPerS: 50, seed: millions * 10 + nth, connections: 320, unchecked: true },
          log,
          progress: (line) => console.log(line),
        }),
      )
      console.log(summary(report.runs.at(-1)!, pgbenchPerS))
    }
    const page = await writeReport(values.report.replace(/(\.json)?$/, `-${millions}m.json`), report)
    rows.push(`${millions} million stored: ${medians(report)}; ${page}`)
  }
  console.log(`\n${rows.join('\n')}`)
} finally {
  await bench.stop()
  if (values.data === undefined) await rm(folder, { recursive: true, force: true })
}
