// The ledger on a real PostgreSQL: every decision, idempotency, holds, and races, with the books balancing after each.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { connect, retryRaces, type Sql } from '@bahi/kit/sql/sql.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createLedger, partitionOf, type Ledger } from './ledger.ts'
import { expireHoldsWorker } from './expire-holds.ts'
import {
  authoriseAndPost,
  balanceOf,
  bookFaults,
  createPartitions,
  entriesOf,
  openLedgerAccount,
  postTransfers,
  type LedgerItem,
} from './store.ts'

let database: TestDatabase
let sql: Sql
let ledger: Ledger
let treasury: number
let asha: number
let ravi: number

const schema = { name: 'account', migrations: new URL('../../migrations/', import.meta.url), config: {} }

beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), [schema as never])
  sql = connect(database.url('account'), { max: 8 })
  ledger = createLedger({ sql })
  treasury = await openLedgerAccount(sql, null)
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})
beforeEach(async () => {
  asha = await openLedgerAccount(sql)
  ravi = await openLedgerAccount(sql)
  await ledger.post(transfer(treasury, asha, 1_000))
})
afterEach(async () => {
  expect(await bookFaults(sql)).toEqual([])
})

function transfer(debitAccount: number, creditAccount: number, amountPaise: number, id = uuidv7()) {
  return { id, kind: 'transfer', debitAccount, creditAccount, amountPaise } as const
}
function hold(amountPaise: number, expiresInS = 60) {
  return {
    id: uuidv7(),
    kind: 'hold',
    debitAccount: asha,
    creditAccount: ravi,
    amountPaise,
    expiresInS,
  } as const
}
const balances = async () => [
  (await balanceOf(sql, asha))?.balancePaise,
  (await balanceOf(sql, ravi))?.balancePaise,
]

describe('a transfer', () => {
  it('moves the money and writes two entries with the balance after each', async () => {
    const item = transfer(asha, ravi, 400)
    expect(await ledger.post(item)).toMatchObject({ id: item.id, code: '00', isNew: true })
    expect(await balances()).toEqual([600, 400])
    expect(await entriesOf(sql, asha, { limit: 10 })).toMatchObject([
      { transferId: item.id, nth: 2, amountPaise: -400, balancePaise: 600 },
      { nth: 1, amountPaise: 1_000, balancePaise: 1_000 },
    ])
  })

  const refusals: [why: string, code: string, item: () => LedgerItem][] = [
    ['more than the balance', 'Z9', () => transfer(asha, ravi, 1_001)],
    ['an unknown payer', 'XH', () => transfer(999_999, ravi, 1)],
    ['an unknown payee', 'XI', () => transfer(asha, 999_999, 1)],
    ['the same account twice', 'U96', () => transfer(asha, asha, 1)],
    ['a decline code given', 'ZM', () => ({ ...transfer(asha, ravi, 1), declineCode: 'ZM' })],
    [
      'a capture without a hold',
      '!missing',
      () => ({ id: uuidv7(), kind: 'capture', pendingId: uuidv7(), amountPaise: 1 }),
    ],
  ]
  it.each(refusals)('is declined for %s: %s', async (_why, code, item) => {
    expect((await ledger.post(item())).code).toBe(code)
    expect(await balances()).toEqual([1_000, 0])
  })

  it.each([
    ['frozen', 'YE', 'YF'],
    ['closed', 'XH', 'XI'],
  ])('neither debits nor credits a %s account', async (status, leaving, entering) => {
    const other = await openLedgerAccount(sql)
    await ledger.post(transfer(treasury, other, 10))
    await sql`update ledger_accounts set status = ${status} where id = ${other}`
    expect((await ledger.post(transfer(other, ravi, 1))).code).toBe(leaving)
    expect((await ledger.post(transfer(asha, other, 1))).code).toBe(entering)
  })

  it('lets nothing enter an account that is to be closed but what was held before or is given back', async () => {
    const other = await openLedgerAccount(sql)
    const held = { kind: 'hold' as const, expiresInS: 300 }
    const hold = { ...transfer(asha, other, 3), ...held }
    await ledger.post(hold)
    await sql`update ledger_accounts set is_closing = true where id = ${other}`
    for (const more of [{}, held])
      expect((await ledger.post({ ...transfer(asha, other, 1), ...more })).code).toBe('ZY')
    const back = { id: uuidv7(), kind: 'transfer', debit_account: treasury, credit_account: other }
    const items = sql.json([{ ...back, amount_paise: 2, reversal: true }])
    expect(await sql`select code from post_transfers(${items}::jsonb)`).toEqual([{ code: '00' }])
    const captured = { id: uuidv7(), kind: 'capture' as const, pendingId: hold.id, amountPaise: 3 }
    expect((await ledger.post(captured)).code).toBe('00')
    expect((await ledger.post(transfer(other, ravi, 5))).code).toBe('00')
    const [row] = await sql<{ paise: number }[]>`
      select balance_paise::int as paise from ledger_accounts where id = ${other}`
    expect(row!.paise).toBe(0)
  })

  it('repeated gives the same answer, and moves nothing twice', async () => {
    const item = transfer(asha, ravi, 400)
    const first = await ledger.post(item)
    expect(await ledger.post(item)).toEqual({ ...first, isNew: false })
    expect(await balances()).toEqual([600, 400])
  })

  it('stays declined, even when the balance suffices later', async () => {
    const item = transfer(asha, ravi, 5_000)
    expect((await ledger.post(item)).code).toBe('Z9')
    await ledger.post(transfer(treasury, asha, 9_000))
    expect(await ledger.post(item)).toMatchObject({ code: 'Z9', isNew: false })
  })

  it('with a known id and other content is refused', async () => {
    const item = transfer(asha, ravi, 400)
    await ledger.post(item)
    expect((await ledger.post({ ...item, amountPaise: 401 })).code).toBe('!reused')
    expect((await ledger.post({ ...item, creditAccount: treasury })).code).toBe('!reused')
  })

  it('twice in one set is one transfer', async () => {
    const item = transfer(asha, ravi, 400)
    const codes = (await postTransfers(sql, [item, item, { ...item, amountPaise: 1 }])).map((o) => [
      o.code,
      o.isNew,
    ])
    expect(codes).toEqual([
      ['00', true],
      ['00', false],
      ['!reused', false],
    ])
    expect(await balances()).toEqual([600, 400])
  })

  it('can spend what an earlier item of its set credited', async () => {
    const outcomes = await postTransfers(sql, [
      transfer(ravi, asha, 1),
      transfer(asha, ravi, 500),
      transfer(ravi, asha, 500),
    ])
    expect(outcomes.map((o) => o.code)).toEqual(['Z9', '00', '00'])
  })
})

describe('a hold', () => {
  it('reserves, and what it reserves cannot be spent', async () => {
    await ledger.post(hold(700))
    expect((await ledger.post(transfer(asha, ravi, 301))).code).toBe('Z9')
    expect((await ledger.post(transfer(asha, ravi, 300))).code).toBe('00')
    expect(await balanceOf(sql, asha)).toEqual({ balancePaise: 700, heldPaise: 700 })
  })

  it('is captured in whole or in part, and releases the rest', async () => {
    const held = hold(700)
    await ledger.post(held)
    expect(
      (await ledger.post({ id: uuidv7(), kind: 'capture', pendingId: held.id, amountPaise: 701 })).code,
    ).toBe('!exceeds')
    const capture = { id: uuidv7(), kind: 'capture', pendingId: held.id, amountPaise: 600 } as const
    expect((await ledger.post(capture)).code).toBe('00')
    expect(await ledger.post(capture)).toMatchObject({ code: '00', isNew: false })
    expect(await balances()).toEqual([400, 600])
    expect(await balanceOf(sql, asha)).toMatchObject({ heldPaise: 0 })
    expect((await ledger.post({ id: uuidv7(), kind: 'void', pendingId: held.id })).code).toBe('!closed')
  })

  it('is voided once', async () => {
    const held = hold(700)
    await ledger.post(held)
    const voids = Array.from(
      { length: 10 },
      () => ({ id: uuidv7(), kind: 'void', pendingId: held.id }) as const,
    )
    const codes = await Promise.all(voids.map(async (item) => (await ledger.post(item)).code))
    expect(codes.filter((code) => code === '00')).toHaveLength(1)
    expect(await balanceOf(sql, asha)).toEqual({ balancePaise: 1_000, heldPaise: 0 })
  })

  it('expires: it cannot be captured any more, and its amount is released', async () => {
    const held = hold(700, 0)
    await ledger.post(held)
    expect((await ledger.post({ id: uuidv7(), kind: 'capture', pendingId: held.id })).code).toBe('!expired')
    await expireHoldsWorker(
      { sql, clock: { now: () => new Date(), sleep: async () => undefined } },
      ledger,
    ).run()
    expect(await balanceOf(sql, asha)).toEqual({ balancePaise: 1_000, heldPaise: 0 })
    const [row] = await sql`select outcome from holds where id = ${held.id}`
    expect(row).toEqual({ outcome: 'expired' })
  })
})

describe('many at once', () => {
  it('let exactly one of a hundred spend 60 % of a balance', async () => {
    const codes = await Promise.all(
      Array.from({ length: 100 }, async () => (await ledger.post(transfer(asha, ravi, 600))).code),
    )
    expect(codes.filter((code) => code === '00')).toHaveLength(1)
    expect(codes.filter((code) => code === 'Z9')).toHaveLength(99)
  })

  it('do not deadlock in crossing directions, through several writers', async () => {
    const other = createLedger({ sql })
    await ledger.post(transfer(treasury, asha, 1_000_000))
    await ledger.post(transfer(treasury, ravi, 1_000_000))
    const items = Array.from({ length: 2_000 }, (_, i) =>
      i % 2 ? transfer(asha, ravi, 7) : transfer(ravi, asha, 7),
    )
    const outcomes = await Promise.all(items.map((item, i) => (i % 3 ? ledger : other).post(item)))
    expect(outcomes.every((o) => o.code === '00')).toBe(true)
    expect(await balances()).toEqual([1_001_000, 1_000_000])
  })

  it('never deadlock: no set has to be tried again', async () => {
    await ledger.post(transfer(treasury, asha, 1_000))
    await ledger.post(transfer(treasury, ravi, 1_000))
    const sets = Array.from({ length: 80 }, (_, i) => [
      i % 2 ? transfer(asha, ravi, 1) : transfer(ravi, asha, 1),
    ])
    const outcomes = await Promise.all(sets.map((items) => postTransfers(sql, items)))
    expect(outcomes.flat().every((o) => o.code === '00')).toBe(true)
  })

  it('lock the accounts of a set in the order of their numbers', async () => {
    const opened = await Promise.all(Array.from({ length: 10 }, () => openLedgerAccount(sql)))
    const accounts = opened.sort((one, other) => one - other)
    const set = accounts.map((account) => transfer(treasury, account, 1)).reverse()
    const { posted, free } = await sql.begin(async (held) => {
      const [{ pid }] = await held<[{ pid: number }]>`select pg_backend_pid() as pid`
      await held`select from ledger_accounts where id = ${accounts[4]!} for no key update`
      const posted = postTransfers(sql, set)
      await expect
        .poll(() => sql`select from pg_stat_activity where ${pid} = any (pg_blocking_pids(pid))`)
        .toHaveLength(1)
      const free = await sql`
        select id::int from ledger_accounts where id = any (${accounts}) order by id for no key update skip locked`
      return { posted, free }
    })
    expect(free.map((row) => row['id'] as number)).toEqual(accounts.slice(5))
    expect((await posted).every((outcome) => outcome.code === '00')).toBe(true)
  })

  it('give one id one outcome, whichever writer it reaches first', async () => {
    const writers = Array.from({ length: 6 }, () => createLedger({ sql }))
    const item = transfer(asha, ravi, 400)
    const outcomes = await Promise.all(writers.map((writer) => writer.post(item)))
    expect(outcomes.filter((o) => o.isNew)).toHaveLength(1)
    expect(new Set(outcomes.map((o) => o.code))).toEqual(new Set(['00']))
    const races = await Promise.all(
      writers.map((writer, i) =>
        writer.post({ ...transfer(asha, ravi, 1), id: item.id, amountPaise: 400 + (i % 2) }),
      ),
    )
    expect(races.map((o) => o.code).sort()).toEqual(['!reused', '!reused', '!reused', '00', '00', '00'])
  })
})

describe('the tables', () => {
  it('refuse an overdraft by themselves', async () => {
    await expect(sql`update ledger_accounts set balance_paise = -1 where id = ${asha}`).rejects.toThrow(
      'no_overdraft',
    )
  })

  it('do not let the service change or delete what was written', async () => {
    await expect(sql`update transfers set code = 'Z9'`).rejects.toThrow('permission denied')
    await expect(sql`delete from entries`).rejects.toThrow('permission denied')
  })

  it('keep each month in a partition that was made ahead', async () => {
    expect(await createPartitions(sql, 5)).toBe(4)
    expect(await createPartitions(sql, 5)).toBe(0)
    await ledger.post(transfer(asha, ravi, 1))
    const [row] = await database.admin<{ count: number }[]>`
      select count(*) as count from account.transfers_default`
    expect(row?.count).toBe(0)
  })

  it.each([
    [
      'a changed balance',
      `update account.ledger_accounts set balance_paise = balance_paise + 1 where id = $1`,
    ],
    ['a changed entry', `update account.entries set amount_paise = amount_paise + 1 where account_id = $1`],
    ['a lost entry', `delete from account.entries where account_id = $1`],
    ['a changed held amount', `update account.ledger_accounts set held_paise = 1 where id = $1`],
  ])('violate an invariant after %s', async (_what, statement) => {
    const undone = new Error('undone')
    const tampered = database.admin.begin(async (tx) => {
      await tx.unsafe(statement, [asha])
      const faults = await tx`select fault from account.book_faults()`
      expect(faults.length).toBeGreaterThan(0)
      throw undone
    })
    await expect(tampered).rejects.toBe(undone)
  })
})

describe('paying with a PIN', () => {
  it('moves nothing without a PIN', async () => {
    const item = { id: uuidv7(), kind: 'transfer' as const, bankAccountId: null, amountPaise: 100 }
    const rules = { at: new Date(), maxTries: 3, lockHours: 24 }
    const ends = { debitAccount: asha, creditAccount: ravi }
    const [outcome] = await authoriseAndPost(sql, [{ ...item, ...ends }], rules)
    expect(outcome).toMatchObject({ code: 'XB', isNew: true })
    expect(await balances()).toEqual([1_000, 0])
  })
})

describe('the partitions', () => {
  it('always put an account into the same one', () => {
    for (const account of [1, 2, 77, 'x']) expect(partitionOf(account, 4)).toBe(partitionOf(account, 4))
    expect(new Set(Array.from({ length: 50 }, (_, i) => partitionOf(i, 4))).size).toBe(4)
  })

  it('do not retry a permanent failure', async () => {
    let tries = 0
    const run = () => retryRaces(() => Promise.reject(new Error(`try ${++tries}`)))
    await expect(run()).rejects.toThrow('try 1')
  })
})
