// A person leaves: their account is closed with them, unless somebody else has it too.
import { eraseInAccount, type ErasureStage } from '@bahi/contracts/erasure.ts'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { createAccountTestSetup } from '../testing.ts'

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
    await setup.platform.database.admin<{ status: string; holderName: string; open: number }[]>`
      select a.status, b.holder_name, (
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
  const { holderName } = await bankOf(asha)
  await end(asha)
  await end(asha, 'erase')
  expect(await bankOf(ravi)).toEqual({ status: 'open', holderName, open: 1 })
  await end(ravi)
  expect(await bankOf(ravi)).toEqual({ status: 'closed', holderName, open: 0 })
  await end(ravi, 'erase')
  expect(await bankOf(ravi)).toMatchObject({ status: 'closed', holderName: 'erased' })
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
