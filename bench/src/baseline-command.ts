// `npm run bench:baseline`: what this machine's PostgreSQL does by the field's own measure.
import { parseArguments } from '@bahi/platform/arguments.ts'
import { baseline, withPostgres } from './baseline.ts'
import { medianOf } from '@bahi/testing/quantiles.ts'

const help = `npm run bench:baseline -- [options]

pgbench TPC-B (scale 10, 32 clients, prepared) on the PostgreSQL that the benchmarks use, fsync on.

  --seconds <n>   of each run (default 20)
  --runs <n>      the median of so many (default 3)
  --help          this text`

const { values } = parseArguments(help, {
  seconds: { type: 'string', default: '20' },
  runs: { type: 'string', default: '3' },
})
await withPostgres({}, async (adminUrl) => {
  const all: number[] = []
  for (let nth = 0; nth < Number(values.runs); nth++) {
    all.push(await baseline(adminUrl, Number(values.seconds)))
    console.log(`  ${all.at(-1)} transactions/s`)
  }
  console.log(`median ${medianOf(all)} transactions/s`)
})
