// `npm run verify`: proves on a running system's database that no money was lost or doubled; read-only.
import { connect } from '@bahi/kit/sql/sql.ts'
import { inspect, type Verdict } from '@bahi/platform/checker/check.ts'
import { parseArguments, exitWith } from '@bahi/platform/arguments.ts'
import { databaseAt, databaseOptions } from '@bahi/platform/local-database.ts'

const help = `npm run verify -- [options]

Checks every rule of the checker in one read-only snapshot: ledger, payments, limits, events, audit chain, messages, and
the network if it is simulated. May run beside a running system: work in flight is no fault, stuck work is one.
Exits with 0 when all rules hold, with 1 when there are faults, with 2 when it could not check.

  --database <url>  PostgreSQL, as a role that may read all schemas (or DATABASE_ADMIN_URL)
  --data <folder>   the data of npm start, without a URL (default .bahi); its PostgreSQL is started if it does not run
  --as-of <time>    ages are as they were at that time: for a copy of the past, such as a restored backup
  --quiescent       nothing is in flight: pending payments, open holds and unpublished events are faults too
  --json            the whole result as JSON
  --help            this text`

const { values } = parseArguments(help, {
  ...databaseOptions,
  quiescent: { type: 'boolean', default: false },
  'as-of': { type: 'string' },
  json: { type: 'boolean' },
})

const asOf = values['as-of'] === undefined ? undefined : new Date(values['as-of'])
if (asOf && Number.isNaN(asOf.getTime())) exitWith(`--as-of ${values['as-of']}: no time`)

function print(verdicts: Verdict[]): void {
  const widest = Math.max(...verdicts.map((one) => one.rule.length))
  for (const { rule, says, examined, faults, total, ms } of verdicts) {
    const state = examined === undefined ? 'absent' : total === 0 ? 'ok' : 'FAULTS'
    const rows = examined === undefined ? '' : `${examined.toLocaleString('en-IN')} rows, ${ms} ms`
    console.log(`${state.padEnd(7)} ${rule.padEnd(widest)}  ${rows}`)
    if (total === 0) continue
    console.log(`        ${says}`)
    for (const detail of faults) console.log(`        - ${detail}`)
    if (total > faults.length) console.log(`        … ${total} in all`)
  }
  const broken = verdicts.filter((one) => one.total > 0)
  const examined = verdicts.filter((one) => one.examined !== undefined).length
  console.log(
    broken.length === 0
      ? `\n${examined} rules, no fault: no money is lost or doubled.`
      : `\n${broken.length} of ${examined} rules are violated.`,
  )
}

try {
  const database = await databaseAt(values)
  const sql = connect(database.url, { max: 1, name: 'bahi-verify' })
  try {
    const verdicts = await inspect(sql, { quiescent: values.quiescent, ...(asOf ? { asOf } : {}) })
    if (verdicts.every((one) => one.examined === undefined))
      exitWith('nothing to check: this database has no schema of bahi')
    if (values.json) console.log(JSON.stringify(verdicts, undefined, 2))
    else print(verdicts)
    process.exitCode = verdicts.some((one) => one.total > 0) ? 1 : 0
  } finally {
    await sql.end({ timeout: 5 })
    await database.close()
  }
} catch (error) {
  exitWith(`not checked: ${(error as Error).message}`)
}
