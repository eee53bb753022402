// A second currency in the ledger: opened by data alone, never mixed with another, and balanced by itself.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { connect, sqlState, type Sql } from '@bahi/kit/sql/sql.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import { createLedger, type Ledger } from './ledger.ts'
import { bookFaults, openLedgerAccount } from './store.ts'

let database: TestDatabase
let sql: Sql
let ledger: Ledger
const schema = { name: 'account', migrations: new URL('../../migrations/', import.meta.url), config: {} }

beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), [schema as never])
  sql = connect(database.url('account'), { max: 4 })
  ledger = createLedger({ sql })
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})
afterEach(async () => {
  expect(await bookFaults(sql)).toEqual([])
})

/** `floor` null: none, as of a treasury. */
async function open(currency: string, floor: number | null = 0): Promise<number> {
  const [row] = await sql<{ id: number }[]>`select open_ledger_account(${floor}::bigint, ${currency}) as id`
  return row!.id
}
const stateOf = (work: Promise<unknown>) => work.then(() => undefined, sqlState)
const balanceOf = async (id: number) => {
  const [row] = await sql<
    { paise: number }[]
  >`select balance_paise as paise from ledger_accounts where id = ${id}`
  return row!.paise
}
const move = (debitAccount: number, creditAccount: number, amountPaise: number) =>
  ledger.post({ id: uuidv7(), kind: 'transfer', debitAccount, creditAccount, amountPaise })

it('the rupee is open; others are prepared with the digits that ISO 4217 gives them', async () => {
  const rows = await sql<{ code: string; exponent: number; isOpen: boolean }[]>`
    select code, exponent, opened_from is not null as is_open from currencies`
  const of = (code: string) => rows.find((row) => row.code === code)
  expect(rows.filter(({ isOpen }) => isOpen).map(({ code }) => code)).toEqual(['INR'])
  expect([of('USD'), of('JPY'), of('KWD')].map((row) => row?.exponent)).toEqual([2, 0, 3])
})

it('no account is opened in a currency that is prepared or unknown', async () => {
  expect(await stateOf(open('USD'))).toBe('23514')
  expect(await stateOf(open('ZZZ'))).toBe('23514')
  await openLedgerAccount(sql)
})

it('the service cannot open a currency, its operator does with a date', async () => {
  expect(await stateOf(sql`update currencies set opened_from = now() where code = 'USD'`)).toBe('42501')
  await database.admin`update account.currencies set opened_from = now() + interval '1 day' where code = 'USD'`
  expect(await stateOf(open('USD'))).toBe('23514')
  await database.admin`update account.currencies set opened_from = now() where code = 'USD'`
  const [treasury, asha, ravi] = [await open('USD', null), await open('USD'), await open('USD')]
  expect(await move(treasury, asha, 1_000)).toMatchObject({ code: '00' })
  expect(await move(asha, ravi, 400)).toMatchObject({ code: '00' })
  expect([await balanceOf(treasury), await balanceOf(asha), await balanceOf(ravi)]).toEqual([
    -1_000, 600, 400,
  ])
})

it('nothing moves between currencies: not alone, not in a batch, not by a hold', async () => {
  await database.admin`update account.currencies set opened_from = now() where code = 'JPY'`
  const [rupees, yen] = [await open('INR', null), await open('JPY', null)]
  const [asha, ravi] = [await open('INR'), await open('JPY')]
  await Promise.all([move(rupees, asha, 1_000), move(yen, ravi, 1_000)])
  const mixed = await Promise.all([
    move(asha, ravi, 100),
    move(ravi, asha, 100),
    ledger.post({
      ...{ id: uuidv7(), kind: 'hold', debitAccount: asha, creditAccount: ravi, amountPaise: 100 },
      expiresInS: 60,
    }),
  ])
  expect(mixed.map(({ code }) => code)).not.toContain('00')
  expect([await balanceOf(asha), await balanceOf(ravi)]).toEqual([1_000, 1_000])
  // Beside refused ones of two currencies, those within one are posted.
  const within = await Promise.all([move(asha, rupees, 1), move(asha, ravi, 1), move(ravi, yen, 1)])
  expect(within.map(({ code }) => code === '00')).toEqual([true, false, true])
})

it('a conversion is a transfer in each currency and their rate, all of it once or nothing', async () => {
  await database.admin`update account.currencies set opened_from = now() where code in ('JPY', 'KWD')`
  const [rupees, yen, dinars] = [await open('INR', null), await open('JPY', null), await open('KWD', null)]
  const [asha, inYen, inDinars] = [await open('INR'), await open('JPY'), await open('KWD')]
  await move(rupees, asha, 1_000_00)
  const ids = () => ({ id: uuidv7(), sold: uuidv7(), bought: uuidv7() })
  const convert = async (rate: string, soldPaise: number, to: number, of = ids(), position = to) => {
    const [row] = await sql<{ code: string }[]>`
      select post_conversion(${of.id}, ${rate}::numeric, ${soldPaise}, ${asha}, ${rupees},
        ${position === inYen ? yen : dinars}, ${to}, ${of.sold}, ${of.bought}) as code`
    return row!.code
  }
  // ₹250.55 at 1.7832 yen a rupee are 446.78 yen; at 0.0036 dinars, of thousandths, 0.90198.
  const first = ids()
  expect([
    await convert('1.7832', 250_55, inYen, first),
    await convert('1.7832', 250_55, inYen, first),
  ]).toEqual(['00', '00'])
  expect(await convert('0.0036', 250_55, inDinars)).toBe('00')
  expect([await balanceOf(asha), await balanceOf(inYen), await balanceOf(inDinars)]).toEqual([
    498_90, 446, 901,
  ])
  expect([await balanceOf(rupees), await balanceOf(yen), await balanceOf(dinars)]).toEqual([
    -498_90, -446, -901,
  ])
  // Not covered, or credited from a position in another currency: neither side moves, and no rate is stored.
  expect(await convert('1.7832', 498_91, inYen)).not.toBe('00')
  expect(await convert('1.7832', 100, inYen, ids(), inDinars)).not.toBe('00')
  expect(await stateOf(convert('1', 100, asha))).toBe('23514')
  expect(await stateOf(convert('0.0001', 1, inYen))).toBe('23514')
  expect([await balanceOf(asha), await balanceOf(inYen)]).toEqual([498_90, 446])
  const stored = await sql<
    { rate: string }[]
  >`select trim_scale(rate)::text as rate from conversions order by at`
  expect(stored.map(({ rate }) => rate)).toEqual(['1.7832', '0.0036'])
  // The books know when an amount is not what the rate makes of the other.
  const faults = database.admin.begin(async (tx) => {
    await tx`update account.conversions set rate = rate * 2`
    const rows = await tx<{ fault: string }[]>`select fault from account.ledger_faults()`
    throw new Error(rows.map(({ fault }) => fault).join())
  })
  await expect(faults).rejects.toThrow(
    'a conversion is not what its rate says,a conversion is not what its rate says',
  )
})
