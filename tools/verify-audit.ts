// Proves the chain of audit records straight from the database: for an auditor who trusts no running service.
import { proveStored } from '@bahi/audit/records/verify-records.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { parseArguments, exitWith } from '@bahi/platform/arguments.ts'

const help = `npm run verify:audit -- --database <url>

Reads every record and checks its hash against the one before. Ends with 0 when the chain is whole, with 1 when it is
not, with 2 when it could not be checked.

  --database <url>       PostgreSQL, as any role that may read the schema audit (or DATABASE_URL)
  --noted <seq>:<hash>   what an earlier run printed: the chain must still lead through it; may be repeated
  --help                 this text`

const { values } = parseArguments(help, {
  database: { type: 'string' },
  noted: { type: 'string', multiple: true },
})
const database =
  values.database ?? process.env['DATABASE_URL'] ?? exitWith('which database? --database <url>')
const noted = (values.noted ?? []).map((text) => {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? exitWith(`${text} is no <seq>:<hash>`)
  return { seq: Number(seq), hash: hash ?? '' }
})

function open(text: string) {
  try {
    const url = new URL(text)
    url.searchParams.set('search_path', 'audit')
    return connect(url.toString(), { max: 1, name: 'bahi-verify-audit' })
  } catch {
    return exitWith('--database is no URL')
  }
}

const sql = open(database)
try {
  const { whole, records, lastHash, faults } = await proveStored(sql, noted)
  for (const { seq, fault } of faults) console.error(`${seq}: ${fault}`)
  console.log(
    whole ? `whole: ${records} records` : `NOT whole: ${faults.length} fault(s) in ${records} records`,
  )
  if (whole && lastHash) console.log(`note down: ${records}:${lastHash}`)
  process.exitCode = whole ? 0 : 1
} catch (error) {
  exitWith(`not checked: ${(error as Error).message}`)
} finally {
  await sql.end({ timeout: 5 })
}
