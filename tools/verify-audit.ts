// Verifies the chain of audit records directly in the database, for an auditor who trusts no running service.
import { verifyStoredRecords } from '@bahi/audit/records/verify-records.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { parseArguments, exitWith } from '@bahi/platform/arguments.ts'

const help = `npm run verify:audit -- --database <url>

Reads every record and checks its hash against the one before. Exits with 0 when the chain is whole, with 1 when it is
not, with 2 when it could not be verified.

  --database <url>            PostgreSQL, as any role that may read the schema audit (or DATABASE_URL)
  --checkpoint <seq>:<hash>   printed by an earlier run: the chain must still contain it; may be repeated
  --help                      this text`

const { values } = parseArguments(help, {
  database: { type: 'string' },
  checkpoint: { type: 'string', multiple: true },
})
const database =
  values.database ?? process.env['DATABASE_URL'] ?? exitWith('which database? --database <url>')
const checkpoints = (values.checkpoint ?? []).map((text) => {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? exitWith(`${text} is not <seq>:<hash>`)
  return { seq: Number(seq), hash: hash ?? '' }
})

function open(text: string) {
  try {
    const url = new URL(text)
    url.searchParams.set('search_path', 'audit')
    return connect(url.toString(), { max: 1, name: 'bahi-verify-audit' })
  } catch {
    return exitWith('--database is not a URL')
  }
}

const sql = open(database)
try {
  const { whole, records, lastHash, faults } = await verifyStoredRecords(sql, checkpoints)
  for (const { seq, fault } of faults) console.error(`${seq}: ${fault}`)
  console.log(
    whole ? `whole: ${records} records` : `NOT whole: ${faults.length} fault(s) in ${records} records`,
  )
  if (whole && lastHash) console.log(`checkpoint: ${records}:${lastHash}`)
  process.exitCode = whole ? 0 : 1
} catch (error) {
  exitWith(`could not verify: ${(error as Error).message}`)
} finally {
  await sql.end({ timeout: 5 })
}
