// A person leaves: their account is closed with them, unless somebody else has it too.
import { closingInAccount, eraseInAccount, type ErasureStage } from '@bahi/contracts/erasure.ts'
import { freezeInAccount } from '@bahi/contracts/measures.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { keepShared } from '../bank-accounts/store.ts'
import { createAccountTestSetup, type Customer } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
})
afterAll(() => setup.platform.stop())

type Who = { userId: string; accountId: string }
const end = ({ userId }: Who, stage: ErasureStage = 'close') =>
  setup.platform.as('user')(eraseInAccount, { params: { userId }, body: { stage, vpas: [] } })
const bankOf = async ({ accountId }: Who) =>
  (
    await setup.platform.database.admin<
      { status: string; isNamed: boolean; isLinkNamed: boolean; open: number }[]
    >`
      select a.status, b.holder_name_sealed is not null as is_named,
          l.holder_name_sealed is not null as is_link_named, (
          select count(*)::int from account.linked_accounts o
          where o.bank = l.bank and o.account_ref = l.account_ref and o.unlinked_at is null) as open
      from account.linked_accounts l join account.bank_accounts b on b.id = l.bank_account_id
      join account.ledger_accounts a on a.id = b.ledger_account_id
      where l.id = ${accountId}`
  )[0]!

/** Two people with one account at our bank, without money. */
async function couple(): Promise<[Who, Who]> {
  const [asha, ravi] = [await setup.linked(0), await setup.linked(0)]
  await setup.platform.database.admin`
    update account.linked_accounts r
    set bank_account_id = a.bank_account_id, bank = a.bank, account_ref = a.account_ref
    from account.linked_accounts a where a.id = ${asha.accountId} and r.id = ${ravi.accountId}`
  return [asha, ravi]
}

it('who leaves first leaves the account to the other, and takes it with them as the last', async () => {
  const [asha, ravi] = await couple()
  await end(asha)
  await end(asha, 'erase')
  expect(await bankOf(asha)).toMatchObject({ isNamed: true, isLinkNamed: false })
  expect(await bankOf(ravi)).toEqual({ status: 'open', isNamed: true, isLinkNamed: true, open: 1 })
  await end(ravi)
  expect(await bankOf(ravi)).toEqual({ status: 'closed', isNamed: true, isLinkNamed: true, open: 0 })
  await end(ravi, 'erase')
  expect(await bankOf(ravi)).toMatchObject({ status: 'closed', isNamed: false, isLinkNamed: false })
})

it('of two who leave at once the second one closes the account', async () => {
  const [asha, ravi] = await couple()
  const { admin } = setup.platform.database
  const second = await admin.begin(async (tx) => {
    await tx`set local search_path = account`
    await tx`select close_person(${asha.userId}, now())`
    const other = end(ravi)
    await vi.waitFor(async () => {
      const waiting = await admin`
        select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%close_person%'`
      expect(waiting).toHaveLength(1)
    }, 10_000)
    return { other }
  })
  await second.other
  expect(await bankOf(asha)).toMatchObject({ status: 'closed', open: 0 })
})

describe('an account that is to be closed', () => {
  const closing = (
    { userId }: Who,
    body: { closing: boolean; whenEmpty?: boolean } = { closing: true, whenEmpty: true },
  ) => setup.platform.as('user')(closingInAccount, { params: { userId }, body })
  const pay = (from: Customer, to: Customer, amountPaise: number) => setup.pay(from, to, { amountPaise })
  const balanceOf = async ({ accountId }: Who) =>
    (
      await setup.platform.database.admin<{ paise: number }[]>`
        select a.balance_paise::int as paise from account.linked_accounts l
        join account.bank_accounts b on b.id = l.bank_account_id
        join account.ledger_accounts a on a.id = b.ledger_account_id where l.id = ${accountId}`
    )[0]!.paise
  afterEach(async () => expect(await setup.bookFaults()).toEqual([]))

  it('takes nothing more of strangers, pays as before, and takes money again once its person stays', async () => {
    const [asha, ravi] = [await setup.customer(100), await setup.customer(500_00)]
    expect((await refusal(closing(asha))).code).toBe('wrong-state')
    expect(await pay(asha, ravi, 100)).toMatchObject({ code: '00' })
    for (let i = 0; i < 2; i++) await closing(asha)
    expect(await pay(ravi, asha, 1)).toMatchObject({ code: 'ZY' })
    await closing(asha, { closing: false })
    expect(await pay(ravi, asha, 1)).toMatchObject({ code: '00' })
    // With money that was given back it is so too, and what leaves it goes.
    await closing(asha, { closing: true })
    await closing(asha)
    expect(await pay(ravi, asha, 1)).toMatchObject({ code: 'ZY' })
    expect(await pay(asha, ravi, 1)).toMatchObject({ code: '00' })
    await end(asha)
    expect(await pay(ravi, asha, 1)).toMatchObject({ code: 'XI' })
  })

  it('is still so after a freeze of its person has ended', async () => {
    const [asha, ravi] = [await setup.customer(0), await setup.customer(500_00)]
    await closing(asha)
    const freeze = (frozen: boolean) =>
      setup.platform.as('auth')(freezeInAccount, { params: { userId: asha.userId }, body: { frozen } })
    await freeze(true)
    expect(await pay(ravi, asha, 1)).toMatchObject({ code: 'YF' })
    await freeze(false)
    expect(await pay(ravi, asha, 1)).toMatchObject({ code: 'ZY' })
  })

  it('is empty, or is not to be closed, whatever strangers send at that moment', async () => {
    const payers = await Promise.all([1, 2, 3].map(() => setup.customer(500_00)))
    let closed = 0
    for (let round = 0; round < 6; round++) {
      const asha = await setup.customer(0)
      const [asked, ...paid] = await Promise.allSettled([
        ...(round % 2 === 0
          ? [closing(asha), pay(payers[0]!, asha, 1)]
          : [pay(payers[0]!, asha, 1).then(() => closing(asha))]),
        ...payers.map((payer) => pay(payer, asha, 1)),
      ])
      expect(paid.every(({ status }) => status === 'fulfilled')).toBe(true)
      if (asked!.status === 'fulfilled') {
        closed += 1
        expect(await balanceOf(asha)).toBe(0)
        await end(asha)
      } else expect(await balanceOf(asha)).toBeGreaterThan(0)
    }
    expect(closed).toBeLessThan(6)
  })

  it('that somebody else links is theirs too, and takes money', async () => {
    const [asha, ravi] = await couple()
    const { admin } = setup.platform.database
    await admin`update account.linked_accounts set unlinked_at = now() where id = ${ravi.accountId}`
    await closing(asha)
    const isClosing = async () =>
      (
        await admin<{ isClosing: boolean }[]>`
          select a.is_closing from account.linked_accounts l
          join account.bank_accounts b on b.id = l.bank_account_id
          join account.ledger_accounts a on a.id = b.ledger_account_id where l.id = ${asha.accountId}`
      )[0]!.isClosing
    expect(await isClosing()).toBe(true)
    await admin`update account.linked_accounts set unlinked_at = null where id = ${ravi.accountId}`
    await admin.begin(async (tx) => {
      await tx`set local search_path = account`
      await keepShared(tx as never, ravi.accountId)
    })
    expect(await isClosing()).toBe(false)
  })
})
