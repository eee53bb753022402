// The two implementations of posting a set, set-based and item by item, compared on random sets.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { connect, type Sql, type Tx } from '@bahi/kit/sql/sql.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { seeded } from '@bahi/testing/random.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { bookFaults, openLedgerAccount, postTransfers } from './store.ts'

let database: TestDatabase
let sql: Sql
let treasury: number
let asha: number
let ravi: number

const schema = { name: 'account', migrations: new URL('../../migrations/', import.meta.url), config: {} }

beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), [schema as never])
  sql = connect(database.url('account'), { max: 8 })
  treasury = await openLedgerAccount(sql, null)
  asha = await openLedgerAccount(sql)
  ravi = await openLedgerAccount(sql)
  const funding = { debitAccount: treasury, creditAccount: asha, amountPaise: 1_000 }
  await postTransfers(sql, [{ id: uuidv7(), kind: 'transfer', ...funding }])
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})

/** The result of `run`, which is rolled back. */
async function rolledBack<T>(run: (tx: Tx) => Promise<T>): Promise<T> {
  const rollback = new Error('rollback')
  let result: T
  await sql
    .begin(async (tx) => {
      result = await run(tx)
      throw rollback
    })
    .catch((error: unknown) => {
      if (error !== rollback) throw error
    })
  return result!
}

type Item = {
  id: string
  kind: string
  debit: number
  credit: number
  amountPaise: number
  declineCode: string | null
}
const columnsOf = (items: Item[]) => ({
  ids: items.map(({ id }) => id),
  kinds: items.map(({ kind }) => kind),
  debits: items.map(({ debit }) => debit),
  credits: items.map(({ credit }) => credit),
  amounts: items.map(({ amountPaise }) => amountPaise),
  declines: items.map(({ declineCode }) => declineCode),
})
const outcomes = (tx: Sql | Tx, way: 'post_transfers' | 'post_each', items: Item[]) => {
  const { ids, kinds, debits, credits, amounts, declines } = columnsOf(items)
  return tx`
    select nth, id, code, is_new
    from ${tx(way)}(${ids}::uuid[], ${kinds}::text[], ${debits}::bigint[], ${credits}::bigint[],
      ${amounts}::bigint[], ${declines}::text[], null, null, null, null)
    order by nth`
}

/** The outcomes and rows of a set. */
const posted = (way: 'post_transfers' | 'post_each', items: Item[]) =>
  rolledBack(async (tx) => {
    const ids = items.map((item) => item.id)
    const accounts = [treasury, asha, ravi]
    const columns = tx`id, amount_paise, debit_account, credit_account, pending_id, kind, code`
    return [
      await outcomes(tx, way, items),
      await tx`
        select id, balance_paise, held_paise, entry_count from ledger_accounts
        where id = any(${accounts}::bigint[]) order by id`,
      await tx`select ${columns} from transfers where id = any(${ids}::uuid[]) order by id`,
      await tx`
        select account_id, nth, transfer_id, amount_paise, balance_paise from entries
        where transfer_id = any(${ids}::uuid[]) order by account_id, nth`,
    ]
  })

async function isPostedAsBatch(items: Item[]): Promise<boolean> {
  if (items.some((item) => item.kind !== 'transfer' || item.declineCode !== null)) return false
  const { ids, debits, credits, amounts } = columnsOf(items)
  const rows = await rolledBack(
    (tx) => tx`
      select 1 from post_batch(${ids}::uuid[], ${debits}::bigint[], ${credits}::bigint[], ${amounts}::bigint[])`,
  )
  return rows.length > 0
}

it('gives the same outcomes and rows as item by item', async () => {
  const next = seeded(20_261_125)
  const random = (n: number) => Math.floor(next() * n)
  const known: string[] = []
  let batches = 0
  for (let round = 0; round < 80; round++) {
    const items = Array.from({ length: 1 + random(12) }, (): Item => {
      const [debit, other] = [treasury, asha, ravi].sort(() => random(3) - 1) as [number, number]
      const id = random(40) === 0 ? known[random(known.length)] : undefined
      const kind = random(50) === 0 ? 'hold' : 'transfer'
      const credit = random(60) === 0 ? debit : other
      const declineCode = random(60) === 0 ? 'ZM' : null
      return { id: id ?? uuidv7(), kind, debit, credit, amountPaise: 1 + random(400), declineCode }
    })
    const each = await posted('post_each', items)
    expect(await posted('post_transfers', items)).toEqual(each)
    if (await isPostedAsBatch(items)) batches += 1
    await outcomes(sql, 'post_transfers', items)
    known.push(...items.map(({ id }) => id))
  }
  expect(batches).toBeGreaterThan(20)
  expect(batches).toBeLessThan(70)
  expect(await bookFaults(sql)).toEqual([])
})
