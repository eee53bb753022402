// `npm run verify`: proves on a living database that no paisa was lost or doubled, rule by rule, changing nothing.
import { connect } from '@bahi/kit/sql/sql.ts'
import { inspect, type Verdict } from '../checker/check.ts'
import { parseArguments, exitWith } from '@bahi/platform/arguments.ts'
import { databaseAt, databaseOptions } from '@bahi/platform/local-database.ts'

const help = `npm run verify -- [options]

Checks every rule of the money in one read-only snapshot: ledger, payments, limits, events, audit chain, messages, and
the network where there is one. May run beside a living system: what is on its way is no fault, what is stuck is one.
Ends with 0 when all is right, with 1 when there are faults, with 2 when it could not be checked.

  --database <url>  PostgreSQL, as a role that may read all schemas (or DATABASE_ADMIN_URL)
  --data <folder>   the data of npm start, when there is no URL (default .bahi); started for the check if need be
  --quiescent       nothing is in flight: pending payments, open holds and unpublished events are faults too
  --json            the whole result as JSON
  --help            this text`

const { values } = parseArguments(help, {
  ...databaseOptions,
  quiescent: { type: 'boolean', default: false },
  json: { type: 'boolean' },
})

function print(verdicts: Verdict[]): void {
  const widest = Math.max(...verdicts.map((one) => one.rule.length))
  for (const { rule, says, looked, faults, total, ms } of verdicts) {
    const state = looked === undefined ? 'absent' : total === 0 ? 'ok' : 'FAULTS'
    const rows = looked === undefined ? '' : `${looked.toLocaleString('en-IN')} rows, ${ms} ms`
    console.log(`${state.padEnd(7)} ${rule.padEnd(widest)}  ${rows}`)
    if (total === 0) continue
    console.log(`        ${says}`)
    for (const detail of faults) console.log(`        - ${detail}`)
    if (total > faults.length) console.log(`        … ${total} in all`)
  }
  const broken = verdicts.filter((one) => one.total > 0)
  const looked = verdicts.filter((one) => one.looked !== undefined).length
  console.log(
    broken.length === 0
      ? `\n${looked} rules, no fault: no paisa is lost or doubled.`
      : `\n${broken.length} of ${looked} rules are broken.`,
  )
}

try {
  const database = await databaseAt(values)
  const sql = connect(database.url, { max: 1, name: 'bahi-verify' })
  try {
    const verdicts = await inspect(sql, { quiescent: values.quiescent })
    if (verdicts.every((one) => one.looked === undefined)) exitWith('nothing to check: bahi was never there')
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
