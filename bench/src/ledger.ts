// `npm run bench:ledger`: the ledger alone, in sets of 1, 10 and 100, uniform and hot, beside a plain one and pgbench.
import { migrate } from '@bahi/kit/sql/migrate.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { service as account } from '@bahi/account/app.ts'
import { postTransfers } from '@bahi/account/ledger/store.ts'
import { parseArguments } from '@bahi/platform/arguments.ts'
import { baseline, withPostgres } from './baseline.ts'
import { openPlainLedger, transferPlainly } from './plain-ledger.ts'
import { medianOf } from '@bahi/testing/quantiles.ts'

const help = `npm run bench:ledger -- [options]

Transfers a second of the ledger by itself on a PostgreSQL with fsync, sets from two connections, single
ones from 32; then a plain ledger and pgbench TPC-B on the same server, the proof of its books in between.

  --seconds <n>    of each (default 10)
  --accounts <n>   (default 10000)
  --runs <n>       medians of so many (default 3)
  --help           this text`

const { values } = parseArguments(help, {
  seconds: { type: 'string', default: '10' },
  accounts: { type: 'string', default: '10000' },
  runs: { type: 'string', default: '3' },
})
const [seconds, accounts, runs] = [Number(values.seconds), Number(values.accounts), Number(values.runs)]
const balancePaise = 1_000_000_000_00
/** Sets in flight at once, as the service has them. */
const writersOfSets = 2
const singles = 32

type Kind = 'uniform' | 'hot'

await withPostgres({}, async (adminUrl) => {
  await migrate(adminUrl, [{ name: 'account', migrations: account.migrations!, password: 'bench' }])
  const owner = connect(adminUrl, { max: singles, name: 'bahi-bench' })
  await openPlainLedger(owner, accounts, balancePaise)
  // As the service: the statements of its role are planned in another way than those of the owner.
  const roleUrl = Object.assign(new URL(adminUrl), { username: 'bahi_account', password: 'bench' })
  const ledger = connect(roleUrl.toString(), { max: singles, name: 'bahi-bench' })
  const ids = await openAccounts(ledger)
  await owner`vacuum analyze`

  const rows: { what: string; perS: number[] }[] = []
  const measure = async (what: string, run: () => Promise<number>) => {
    const perS = await run()
    const row = rows.find((one) => one.what === what) ?? { what, perS: [] }
    if (row.perS.length === 0) rows.push(row)
    row.perS.push(perS)
    console.log(`  ${what.padEnd(36)} ${perS.toFixed(0).padStart(7)} transfers/s`)
  }
  for (let nth = 0; nth < runs; nth++) {
    console.log(`run ${nth + 1} of ${runs}`)
    await measure('pgbench TPC-B', () => baseline(adminUrl, seconds))
    for (const kind of ['uniform', 'hot'] as const) {
      for (const size of [1, 10, 100])
        await measure(`ledger, ${kind}, sets of ${size}`, () => post(ledger, ids, kind, size))
      await measure(`plain ledger, ${kind}`, () => plainly(owner, kind))
    }
  }
  const pgbenchPerS = medianOf(rows[0]!.perS)
  console.log('\nmedians, and how often pgbench TPC-B of the same run')
  for (const { what, perS } of rows)
    console.log(
      `  ${what.padEnd(36)} ${medianOf(perS).toFixed(0).padStart(7)}  × ${(medianOf(perS) / pgbenchPerS).toFixed(2)}`,
    )
  const faults = await owner<
    { fault: string; detail: string }[]
  >`select fault, detail from account.ledger_faults()`
  console.log(faults.length === 0 ? '\nthe books balance' : `\nFAULTS: ${JSON.stringify(faults.slice(0, 5))}`)
  await Promise.all([ledger.end(), owner.end()])
  process.exitCode = faults.length === 0 ? 0 : 1
})

async function openAccounts(sql: Sql): Promise<number[]> {
  const [treasury] = await sql<{ id: number }[]>`
    select ledger_account_id as id from internal_accounts where name = 'treasury'`
  const rows = await sql<{ id: number }[]>`
    insert into ledger_accounts (floor_paise) select 0 from generate_series(1, ${accounts}::int) returning id`
  const ids = rows.map((row) => row.id)
  for (let from = 0; from < ids.length; from += 200) {
    const items = ids.slice(from, from + 200).map((creditAccount) => ({
      ...{
        id: uuidv7(),
        kind: 'transfer' as const,
        debitAccount: treasury!.id,
        creditAccount,
        amountPaise: balancePaise,
      },
    }))
    await postTransfers(sql, items)
  }
  return ids
}

/** When hot, one account is in every transfer. */
async function post(sql: Sql, ids: number[], kind: Kind, size: number): Promise<number> {
  const until = performance.now() + seconds * 1_000
  const writers = size === 1 ? singles : writersOfSets
  let done = 0
  const any = (of: number[]) => of[Math.floor(Math.random() * of.length)]!
  await Promise.all(
    Array.from({ length: writers }, async () => {
      while (performance.now() < until) {
        const items = Array.from({ length: size }, () => {
          const to = kind === 'hot' ? ids[0]! : any(ids)
          const from = any(ids)
          const debitAccount = from === to ? ids.find((id) => id !== to)! : from
          return {
            id: uuidv7(),
            kind: 'transfer' as const,
            debitAccount,
            creditAccount: to,
            amountPaise: 100,
          }
        })
        const outcomes = await postTransfers(sql, items)
        done += outcomes.filter(({ code }) => code === '00').length
      }
    }),
  )
  return done / seconds
}

async function plainly(sql: Sql, kind: Kind): Promise<number> {
  const until = performance.now() + seconds * 1_000
  let done = 0
  const any = () => 1 + Math.floor(Math.random() * accounts)
  await Promise.all(
    Array.from({ length: singles }, async () => {
      while (performance.now() < until) {
        const to = kind === 'hot' ? 1 : any()
        const from = any()
        const payer = from === to ? (to % accounts) + 1 : from
        if (await transferPlainly(sql, { id: uuidv7(), from: payer, to, amountPaise: 100 })) done += 1
      }
    }),
  )
  return done / seconds
}
