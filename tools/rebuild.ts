// `npm run rebuild`: rebuilds every payment from its events alone and compares it with its row, changing nothing.
import { connect } from '@bahi/kit/sql/sql.ts'
import { compareAll } from '@bahi/payment/payments/rebuild.ts'
import { parseArguments, exitWith } from '@bahi/platform/arguments.ts'
import { databaseAt, databaseOptions } from '@bahi/platform/local-database.ts'

const help = `npm run rebuild -- [options]

Rebuilds each payment from its events and compares every field with the payment's row: the events are the history, the
row is only where it has led. Reads, and changes nothing.
Ends with 0 when all agree, with 1 when some differ, with 2 when they could not be compared.

  --database <url>  PostgreSQL, as a role that may read the schema payment (or DATABASE_ADMIN_URL)
  --data <folder>   the data of npm start, when there is no URL (default .bahi)
  --json            differences as JSON, a line each
  --help            this text`

const { values } = parseArguments(help, {
  ...databaseOptions,
  json: { type: 'boolean' },
})

try {
  const database = await databaseAt(values)
  const sql = connect(database.url, { max: 1, name: 'bahi-rebuild' })
  try {
    const [compared, differing] = await sql.begin('isolation level repeatable read read only', async (tx) => {
      await tx`set local search_path = payment`
      let count = 0
      const wrong = new Set<string>()
      for await (const page of compareAll(tx)) {
        count += page.compared
        for (const one of page.differences) {
          wrong.add(one.paymentId)
          const text = `${one.paymentId}  ${one.field}: row ${String(one.row)}, events ${String(one.events)}`
          console.log(values.json ? JSON.stringify(one) : text)
        }
      }
      return [count, wrong.size] as const
    })
    if (!values.json) console.log(`${compared} payment(s) rebuilt from their events, ${differing} differ`)
    process.exitCode = differing > 0 ? 1 : 0
  } finally {
    await sql.end({ timeout: 5 })
    await database.close()
  }
} catch (error) {
  exitWith(`not compared: ${(error as Error).message}`)
}
