// Banks and accounts: opening, discovery, linking, views, statements, other banks, access by other people.
import { clearTextOf } from '@bahi/testing/clear-text.ts'
import { refusal } from '@bahi/testing/problems.ts'
import * as contracts from '@bahi/contracts/account.ts'
import { resolveVpas } from '@bahi/contracts/transfers.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { luhnDigit } from '@bahi/contracts/card.ts'
import { createAccountTestSetup, goodOtp } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
})
afterAll(() => setup.platform.stop())
afterEach(async () => {
  setup.outside.down = undefined
  expect(await setup.bookFaults()).toEqual([])
})

const as = (person: { userId: string }) => setup.as(person)
const open = (phone: string, balancePaise?: number) => setup.open(phone, balancePaise)
const newPerson = () => setup.newPerson()
const discover = async (person: { userId: string }, bank = 'BAHI') =>
  (await as(person)(contracts.discoverAccounts, { body: { bank } })).accounts
const link = (person: { userId: string }, accountRef: string, bank = 'BAHI') =>
  as(person)(contracts.linkAccount, { body: { bank, accountRef } })
const show = (person: { userId: string }, id: string) => as(person)(contracts.showAccount, { params: { id } })

describe('our bank opens an account', () => {
  it('with a number and a card that pass their checks, and the balance from the treasury', async () => {
    const person = newPerson()
    const opened = await open(person.phone, 123_45)
    expect(opened.accountNumber).toMatch(/^[1-9]\d{11}$/)
    expect(opened.ifsc).toBe('BAHI0000001')
    expect(opened.card.number).toMatch(/^6082\d{12}$/)
    expect(luhnDigit(opened.card.number.slice(0, -1))).toBe(opened.card.number.at(-1))
    expect(opened.card.last6).toBe(opened.card.number.slice(-6))
    expect(await setup.eventsOf(opened.accountRef)).toEqual([
      {
        type: 'account.bank-account-opened',
        data: { accountRef: opened.accountRef, balancePaise: 123_45 },
      },
    ])
    const [row] = await setup.platform.database.admin<{ balancePaise: number }[]>`
      select a.balance_paise from account.ledger_accounts a
      join account.bank_accounts b on b.ledger_account_id = a.id where b.id = ${opened.accountRef}`
    expect(row).toEqual({ balancePaise: 123_45 })
  })

  it('with a balance of zero when asked for', async () => {
    expect(await discover({ userId: (await setup.linked(0)).userId })).toHaveLength(1)
  })

  it('many at once', async () => {
    const opened = await Promise.all(Array.from({ length: 20 }, () => open(newPerson().phone, 5)))
    expect(new Set(opened.map((o) => o.accountNumber)).size).toBe(20)
  })

  it('for the sandbox only, and not in production', async () => {
    const body = { phone: '+919876543210', holderName: 'Asha', balancePaise: 1 }
    for (const caller of ['gateway', 'payment'] as const) {
      const call = setup.platform.as(caller)(contracts.openBankAccount, { body })
      expect(await refusal(call)).toMatchObject({ code: 'caller-not-allowed' })
    }
    const earnest = await createAccountTestSetup(inject('postgresUrl'), { mode: 'production' })
    expect(await refusal(earnest.open('+919876543210', 1))).toMatchObject({ code: 'not-found' })
    await earnest.platform.stop()
  })

  it('and keeps neither phone, number nor card in clear, nor has them in events', async () => {
    const person = newPerson()
    const opened = await open(person.phone)
    await link(person, opened.accountRef)
    const rows = await setup.platform.database.admin`
      select b::text as row from account.bank_accounts b
      union all select l::text from account.linked_accounts l union all select e::text from account.events e`
    expect(JSON.stringify(rows)).toContain(opened.accountRef)
    for (const secret of [
      person.phone.slice(1),
      opened.accountNumber,
      opened.card.number,
      opened.card.last6,
    ]) {
      expect(clearTextOf(rows)).not.toContain(secret)
    }
  })
})

describe('banks', () => {
  it('are ours and those of the network', async () => {
    const { banks } = await setup.platform.anybody(contracts.listBanks, {})
    expect(banks.map((b) => [b.code, b.onUs])).toEqual([
      ['BAHI', true],
      ['GANG', false],
    ])
  })

  it('are cached while the network does not answer', async () => {
    setup.outside.down = new Problem('unavailable')
    setup.clock.advance(6 * 60_000)
    expect((await setup.platform.anybody(contracts.listBanks, {})).banks).toHaveLength(2)
  })

  it('are only our own when the network never answered', async () => {
    const lonely = await createAccountTestSetup(inject('postgresUrl'))
    lonely.outside.down = new Problem('timeout')
    expect((await lonely.platform.anybody(contracts.listBanks, {})).banks).toHaveLength(1)
    const call = lonely.as(lonely.newPerson())(contracts.discoverAccounts, { body: { bank: 'GANG' } })
    expect(await refusal(call)).toMatchObject({ code: 'bank-unreachable' })
    await lonely.platform.stop()
  })
})

describe('accounts of a phone', () => {
  it('are found, masked, and marked when linked', async () => {
    const person = newPerson()
    const [first, second] = [await open(person.phone), await open(person.phone)]
    await link(person, first.accountRef)
    const found = await discover(person)
    expect(found.map((a) => [a.accountRef, a.linked])).toEqual([
      [second.accountRef, false],
      [first.accountRef, true],
    ])
    expect(found[0]).toMatchObject({
      bank: 'BAHI',
      maskedNumber: `XXXXXXXX${second.accountNumber.slice(-4)}`,
      holderName: 'Asha Rao',
      pinSet: false,
    })
  })

  it('are only those of the phone', async () => {
    await open(newPerson().phone)
    expect(await discover(newPerson())).toEqual([])
  })

  it('can be discovered 25 times a day at most', async () => {
    const person = newPerson()
    for (let i = 0; i < 25; i++) await discover(person)
    const refused = await refusal(discover(person))
    expect(refused.code).toBe('rate-limited')
    expect(refused.retryAfterS).toBeGreaterThan(3_000)
    expect(await discover(newPerson())).toEqual([])
  })

  it.each([
    ['an unknown bank', 'NONE', 'not-found'],
    ['a malformed code', 'bahi', 'request-invalid'],
  ])('are refused for %s', async (_what, bank, code) => {
    expect(await refusal(discover(newPerson(), bank))).toMatchObject({ code })
  })

  it('need a person', async () => {
    const call = setup.platform.anybody(contracts.discoverAccounts, { body: { bank: 'BAHI' } })
    expect(await refusal(call)).toMatchObject({ code: 'unauthenticated' })
  })
})

describe('linking', () => {
  it('shows the account, and publishes it without its number', async () => {
    const person = newPerson()
    const { accountRef, accountNumber } = await open(person.phone)
    const account = await link(person, accountRef)
    const maskedNumber = `XXXXXXXX${accountNumber.slice(-4)}`
    expect(account).toMatchObject({
      ...{ bank: 'BAHI', bankName: 'Bahi Bank', ifsc: 'BAHI0000001', maskedNumber, status: 'active' },
      ...{ pinSet: false, pinLength: 4, vpas: [] },
    })
    expect(await show(person, account.id.toUpperCase())).toEqual(account)
    expect(await as(person)(contracts.listAccounts, {})).toEqual({ accounts: [account] })
    const data = { userId: person.userId, accountId: account.id, bank: 'BAHI', maskedNumber }
    expect(await setup.eventsOf(account.id)).toEqual([{ type: 'account.linked', data }])
  })

  it('happens once under concurrent requests, each of which gets it', async () => {
    const person = newPerson()
    const { accountRef } = await open(person.phone)
    const answers = await Promise.all(Array.from({ length: 8 }, () => link(person, accountRef)))
    expect(new Set(answers.map((account) => JSON.stringify(account))).size).toBe(1)
    expect(await setup.eventsOf(answers[0]!.id)).toHaveLength(1)
    expect((await as(person)(contracts.listAccounts, {})).accounts).toHaveLength(1)
  })

  it.each([
    ['an account of another phone', async () => (await open(newPerson().phone)).accountRef],
    ['an unknown account', () => uuidv7()],
    ['words', () => "' or 1=1"],
  ])('is refused for %s', async (_what, ref) => {
    expect(await refusal(link(newPerson(), await ref()))).toMatchObject({ code: 'not-found' })
  })

  it('ends at 20 accounts', async () => {
    const person = newPerson()
    for (let i = 0; i < 20; i++) await link(person, (await open(person.phone, 0)).accountRef)
    const { accountRef } = await open(person.phone, 0)
    expect(await refusal(link(person, accountRef))).toMatchObject({ code: 'wrong-state' })
    const { accounts } = await as(person)(contracts.discoverAccounts, { body: { bank: 'BAHI' } })
    const again = accounts.find((one) => one.linked)!.accountRef
    expect((await link(person, again)).bank).toBe('BAHI')
  })
})

describe('an account of somebody else', () => {
  it('is not found by any route', async () => {
    const mine = await setup.customer()
    const otherPerson = as(newPerson())
    const params = { id: mine.accountId }
    const pin = await setup.seal({ pin: '4826', purpose: 'balance', accountId: mine.accountId })
    const details = { card: mine.card, otp: goodOtp, pin }
    const vpa = 'stranger.one@bahi'
    const calls = [
      () => otherPerson(contracts.showAccount, { params }),
      () => otherPerson(contracts.balance, { params, body: { pin } }),
      () => otherPerson(contracts.statement, { params, querystring: {} }),
      () => otherPerson(contracts.setPin, { params, body: details }),
      () => otherPerson(contracts.createVpa, { body: { vpa, accountId: mine.accountId } }),
    ]
    for (const call of calls) expect(await refusal(call())).toEqual({ code: 'not-found' })
    expect(await otherPerson(contracts.listAccounts, {})).toEqual({ accounts: [] })
  })
})

describe('an account at another bank', () => {
  it('is found, linked, given a UPI ID, and resolved', async () => {
    const ganga = await setup.otherBankCustomer()
    expect(await discover(ganga, 'GANG')).toMatchObject([{ linked: true, maskedNumber: 'XXXXXXXX5544' }])
    expect(await show(ganga, ganga.accountId)).toMatchObject({
      ...{ bank: 'GANG', bankName: 'Ganga Bank', ifsc: 'GANG0000007', type: 'current', pinLength: 6 },
      ...{ pinSet: true, status: 'active', vpas: [ganga.vpa] },
    })
    const { parties } = await setup.platform.as('payment')(resolveVpas, {
      body: { vpas: [ganga.vpa] },
    })
    expect(parties).toEqual([
      {
        ...{ accountRef: ganga.accountRef, accountType: 'current' },
        ...{ vpa: ganga.vpa, name: 'Ganga Devi', userId: ganga.userId, accountId: ganga.accountId },
        ...{ bank: 'GANG', ifsc: 'GANG0000007', maskedNumber: 'XXXXXXXX5544', onUs: false },
      },
    ])
  })

  it('has no statement here yet, and says so', async () => {
    const ganga = await setup.otherBankCustomer()
    const said = /Ganga Bank does not .* through us yet/
    const statement = as(ganga)(contracts.statement, { params: { id: ganga.accountId }, querystring: {} })
    await expect(statement).rejects.toMatchObject({ code: 'bank-unreachable', message: said })
  })

  it.each(['unavailable', 'timeout', 'internal'] as const)(
    'is unreachable when its bank is: %s',
    async (code) => {
      setup.outside.down = new Problem(code)
      expect(await refusal(discover(newPerson(), 'GANG'))).toMatchObject({ code: 'bank-unreachable' })
      expect(await refusal(link(newPerson(), 'G-1', 'GANG'))).toMatchObject({ code: 'bank-unreachable' })
      expect(await discover(newPerson())).toEqual([])
    },
  )
})

describe('a statement', () => {
  it('shows entries newest first, page by page, none twice', async () => {
    const [asha, ravi] = [await setup.customer(1_000), await setup.customer(0)]
    for (let i = 1; i <= 4; i++) await setup.pay(asha, ravi, { amountPaise: i })
    const page = (before?: string) =>
      as(asha)(contracts.statement, {
        params: { id: asha.accountId },
        querystring: { limit: 2, ...(before ? { before } : {}) },
      })
    const [one, two] = [await page(), await page((await page()).next)]
    const three = await page(two.next)
    const entries = [one, two, three].flatMap((p) => p.entries)
    expect(entries.map((e) => [e.amountPaise, e.balancePaise])).toEqual([
      [-4, 990],
      [-3, 994],
      [-2, 997],
      [-1, 999],
      [1_000, 1_000],
    ])
    expect(three.next).toBeUndefined()
    const all = await as(ravi)(contracts.statement, { params: { id: ravi.accountId }, querystring: {} })
    expect(all.entries.map((e) => e.amountPaise)).toEqual([4, 3, 2, 1])
    expect(all.next).toBeUndefined()
  })

  it.each(['x', '0', '-1', '1e9', '9'.repeat(20), "1' or 1=1"])('refuses a page after %s', async (before) => {
    const asha = await setup.linked()
    const call = as(asha)(contracts.statement, { params: { id: asha.accountId }, querystring: { before } })
    expect(await refusal(call)).toMatchObject({ code: 'request-invalid' })
  })
})

describe('the keys for PINs', () => {
  it('are public ones, with what they are for', async () => {
    const [key] = setup.keys
    expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', use: 'enc', alg: 'ECDH-ES', enc: 'A256GCM' })
    expect(Object.keys(key!).sort()).toEqual(['alg', 'bank', 'crv', 'enc', 'kid', 'kty', 'use', 'x', 'y'])
  })
})
