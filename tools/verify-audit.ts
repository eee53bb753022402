// Verifies the chain of audit records directly in the database, for an auditor who trusts no running service.
import { verifyCheckpoints } from '@bahi/audit/checkpoints/verify-checkpoints.ts'
import { verifyStoredRecords } from '@bahi/audit/records/verify-records.ts'
import { secretOf } from '@bahi/kit/runtime/config.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { parseArguments, exitWith } from '@bahi/platform/arguments.ts'
import { databaseAt, databaseOptions } from '@bahi/platform/local-database.ts'
import { outsideCheckpoints } from '@bahi/platform/outside-checkpoints.ts'

const help = `npm run verify:audit -- [--database <url>]

Reads every record and checks its hash against the one before; then each signed checkpoint outside the database, and
that the chain contains it. Exits with 0 when all is whole, with 1 when it is not, with 2 when it could not be verified.

  --database <url>            PostgreSQL, as any role that may read the schema audit (or DATABASE_URL, or
                              DATABASE_ADMIN_URL). Checkpoints are read where BAHI_BLOBS says, with BAHI_DATA_KEYS of
                              audit, and BAHI_AUDIT_KEYS: a JSON list of the public JWKs that are trusted; without
                              BAHI_BLOBS none are
  --data <folder>             without a database: that of npm start with its checkpoints, default .bahi
  --until <time>              for a copy of the past, such as a restored backup: the chain need not contain what was
                              signed later
  --checkpoint <seq>:<hash>   printed by an earlier run: the chain must still contain it; may be repeated
  --help                      this text`

const { values } = parseArguments(help, {
  ...databaseOptions,
  checkpoint: { type: 'string', multiple: true },
  until: { type: 'string' },
})
const until = values.until === undefined ? undefined : new Date(values.until)
if (until && Number.isNaN(until.getTime())) exitWith(`--until ${values.until}: no time`)
const named = values.database ?? process.env['DATABASE_URL'] ?? secretOf('DATABASE_ADMIN_URL', process.env)
const given = (values.checkpoint ?? []).map((text) => {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? exitWith(`${text} is not <seq>:<hash>`)
  return { seq: Number(seq), hash: hash ?? '' }
})

try {
  const database = await databaseAt({
    data: values.data,
    ...(named === undefined ? {} : { database: named }),
  })
  const sql = open(database.url)
  try {
    await verify(sql)
  } finally {
    await sql.end({ timeout: 5 })
    await database.close()
  }
} catch (error) {
  exitWith(`could not verify: ${(error as Error).message}`)
}

function open(text: string): Sql {
  try {
    const url = new URL(text)
    url.searchParams.set('search_path', 'audit')
    return connect(url.toString(), { max: 1, name: 'bahi-verify-audit' })
  } catch {
    return exitWith('--database is not a URL')
  }
}

async function verify(sql: Sql): Promise<void> {
  const outside = await outsideCheckpoints({
    ...(named === undefined ? {} : { database: named }),
    data: values.data,
  })
  const checkpoints = outside && (await verifyCheckpoints(outside.blobs, sql, outside.keys, until))
  const verdict = await verifyStoredRecords(sql, [...given, ...(checkpoints?.heads ?? [])])
  const faults = [...verdict.faults, ...(checkpoints?.faults ?? [])]
  for (const { seq, fault } of faults) console.error(`${seq}: ${fault}`)
  const { records, lastHash } = verdict
  const whole = faults.length === 0
  console.log(
    whole ? `whole: ${records} records` : `NOT whole: ${faults.length} fault(s) in ${records} records`,
  )
  if (checkpoints) {
    const { count, newest } = checkpoints
    console.log(
      `${count} signed checkpoint(s)${newest ? `, the newest of ${newest.at} at ${newest.seq}` : ''}`,
    )
  }
  if (whole && lastHash) console.log(`checkpoint: ${records}:${lastHash}`)
  process.exitCode = whole ? 0 : 1
}
