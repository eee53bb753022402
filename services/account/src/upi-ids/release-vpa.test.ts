// Closing UPI IDs: by the owner, by an operator, by the rules; and who may have them afterwards.
import * as contracts from '@bahi/contracts/account.ts'
import { lookUpVpa, showPersonAccounts } from '@bahi/contracts/person-look-up.ts'
import { toDocument, type Problem } from '@bahi/contracts/problem.ts'
import { resolveVpas } from '@bahi/contracts/transfers.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { createAccountTestSetup, goodPassword } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
})
afterAll(() => setup.platform.stop())
afterEach(async () => {
  expect(await setup.bookFaults()).toEqual([])
})

type Who = { userId: string; accountId: string }
const create = (who: Who, vpa: string) =>
  setup.as(who)(contracts.createVpa, { body: { vpa, accountId: who.accountId } })
const release = (who: Who, vpa: string) =>
  setup.as(who)(contracts.releaseVpa, { params: { vpa }, body: { stepUp: { password: goodPassword } } })
const resolve = (who: Who, vpa: string) => setup.as(who)(contracts.resolveVpa, { params: { vpa } })
const list = async (who: Who) =>
  (await setup.as(who)(contracts.listVpas, {})).vpas.map((v) => [v.vpa, v.primary])
const operator = () =>
  setup.platform.person({ userId: crypto.randomUUID(), roles: ['customer', 'risk-analyst'] })
const numberOf = (who: { phone: string }) => `${who.phone.slice(-10)}@bahi`

describe('a number', () => {
  it('is the UPI ID of the person with that phone alone', async () => {
    const [asha, thief] = [await setup.linked(), await setup.linked()]
    expect(await refusal(create(thief, numberOf(asha)))).toEqual({ code: 'vpa-taken' })
    expect(await create(asha, numberOf(asha))).toMatchObject({ vpa: numberOf(asha) })
  })

  it('that is typed finds the person who registered with it, whatever their UPI ID', async () => {
    const [asha, ravi, nobody] = [await setup.customer(), await setup.customer(), await setup.linked()]
    const find = (phone: string) => setup.as(ravi)(contracts.findPhonePayee, { body: { phone } })
    const expected = { vpa: asha.vpa, name: 'Asha Rao', kind: 'person', verified: true }
    expect(await find(asha.phone)).toEqual(expected)
    expect(await refusal(find(nobody.phone))).toEqual({ code: 'not-found' })
    expect(await refusal(find('+919999999999'))).toEqual({ code: 'not-found' })
    // Who has registered without a UPI ID is not told from who has not.
    const [one, other] = await Promise.all(
      [nobody.phone, '+919999999999'].map((phone) =>
        find(phone).catch((problem: Problem) => toDocument(problem)),
      ),
    )
    expect(one).toHaveProperty('code', 'not-found')
    expect(one).toEqual(other)
    expect(await refusal(find('9876543210'))).toMatchObject({ code: 'request-invalid' })
  })

  it('that a stranger took under older rules is closed, and is free for its owner', async () => {
    const [asha, thief] = [await setup.linked(), await setup.linked()]
    const [number, brand, good] = [numberOf(asha), 'bahisupport@bahi', `old.${thief.phone.slice(-4)}@bahi`]
    for (const vpa of [good, number, brand])
      await setup.platform.database.admin`
        insert into account.vpas (vpa, user_id, account_id, is_primary, created_at)
        values (${vpa}, ${thief.userId}, ${thief.accountId}, ${vpa === number}, now())`
    await create(asha, 'asha.waits@bahi')
    await vi.waitFor(async () => expect((await list(thief)).map(([vpa]) => vpa)).toEqual([good]), 10_000)
    expect(await list(thief)).toEqual([[good, true]])
    const events = await setup.eventsOf(number)
    expect(events.at(-1)).toMatchObject({ type: 'account.vpa-released', data: { by: 'rules' } })
    expect(await refusal(resolve(asha, number))).toEqual({ code: 'not-found' })
    await create(asha, number)
    expect(await refusal(create(thief, brand))).toEqual({ code: 'vpa-taken' })
    // Each is looked at once.
    const rows = await setup.platform.database.admin`
      select vpa from account.vpas where rules_checked_at is null and released_at is null`
    expect(rows).toEqual([])
  })
})

describe('a UPI ID that is closed', () => {
  it('by its owner can be paid by nobody and had by nobody else; the next one becomes primary', async () => {
    const [asha, ravi] = [await setup.customer(), await setup.customer()]
    await create(asha, 'asha.next@bahi')
    await release(asha, asha.vpa.toUpperCase())
    expect(await list(asha)).toEqual([['asha.next@bahi', true]])
    const account = await setup.as(asha)(contracts.showAccount, { params: { id: asha.accountId } })
    expect(account.vpas).toEqual(['asha.next@bahi'])
    expect(await refusal(resolve(ravi, asha.vpa))).toEqual({ code: 'not-found' })
    const { parties } = await setup.platform.as('payment')(resolveVpas, { body: { vpas: [asha.vpa] } })
    expect(parties).toEqual([])
    expect(await refusal(create(ravi, asha.vpa))).toEqual({ code: 'vpa-taken' })
    expect((await setup.eventsOf('asha.next@bahi')).at(-1)).toMatchObject({
      type: 'account.vpa-changed',
      data: { primary: true },
    })
    expect(await refusal(release(asha, asha.vpa))).toEqual({ code: 'not-found' })
    expect(await create(asha, asha.vpa)).toMatchObject({ primary: false })
    expect(await resolve(ravi, asha.vpa)).toMatchObject({ vpa: asha.vpa })
  })

  it('needs the password', async () => {
    const asha = await setup.customer()
    const close = (body: object) =>
      refusal(setup.as(asha)(contracts.releaseVpa, { params: { vpa: asha.vpa }, body }))
    expect(await close({})).toMatchObject({ code: 'step-up-required' })
    expect(await close({ stepUp: { password: 'wrong' } })).toEqual({ code: 'password-wrong' })
    expect(await list(asha)).toEqual([[asha.vpa, true]])
  })

  it('can be one’s own only', async () => {
    const [asha, ravi] = [await setup.customer(), await setup.customer()]
    expect(await refusal(release(ravi, asha.vpa))).toEqual({ code: 'not-found' })
    await resolve(ravi, asha.vpa)
  })

  it('by an operator has the reason in its event, and the operator’s id', async () => {
    const asha = await setup.customer()
    const withdraw = (as: ReturnType<typeof operator>) =>
      as(contracts.withdrawVpa, {
        params: { vpa: asha.vpa },
        body: { note: 'dispute 17: looks like a shop' },
      })
    expect(await refusal(withdraw(setup.as(asha)))).toEqual({ code: 'not-allowed' })
    expect(await withdraw(operator())).toEqual({ vpa: asha.vpa, userId: asha.userId })
    expect(await refusal(withdraw(operator()))).toEqual({ code: 'not-found' })
    expect((await setup.eventsOf(asha.vpa)).at(-1)).toMatchObject({
      type: 'account.vpa-released',
      data: {
        by: 'operator',
        note: 'dispute 17: looks like a shop',
        operatorId: expect.any(String) as string,
      },
    })
    expect(await list(asha)).toEqual([])
    // It is not taken again by whom it was withdrawn from.
    expect(await refusal(create(asha, asha.vpa))).toEqual({ code: 'vpa-taken' })
  })

  it('is one of a few a year: nobody can close names by the thousand, so that others cannot have them', async () => {
    const { payRules, rulesAt } = await import('@bahi/contracts/rules.ts')
    const { closedVpasPerYear } = rulesAt(payRules, setup.clock.now())
    const thief = await setup.linked()
    const name = (i: number) => `squat.${i}.${thief.phone.slice(-6)}@bahi`
    for (let i = 0; i < closedVpasPerYear; i++) {
      await create(thief, name(i))
      await release(thief, name(i))
    }
    expect(await refusal(create(thief, name(closedVpasPerYear)))).toEqual({ code: 'wrong-state' })
    expect(await create(thief, name(0))).toMatchObject({ vpa: name(0) })
  })
})

describe('looking names up', () => {
  it('is bounded for a person and for a network, and goes on without a cache', async () => {
    const { createNameQuota } = await import('./name-quota.ts')
    const { payRules, rulesAt } = await import('@bahi/contracts/rules.ts')
    const { memoryCache } = await import('@bahi/kit/cache/memory-cache.ts')
    const clock = setup.clock
    const { namesPerDay, namesPerDayOfNetwork } = rulesAt(payRules, clock.now())
    const away = { ...memoryCache({ clock }), take: () => Promise.reject(new Error('away')) }
    for (const cache of [memoryCache({ clock }), away]) {
      const take = createNameQuota({ cache, clock })
      for (let i = 0; i < namesPerDay; i++) await take('asha', '203.0.113.1')
      expect(await refusal(take('asha', '203.0.113.2'))).toMatchObject({ code: 'rate-limited' })
      for (let i = namesPerDay; i < namesPerDayOfNetwork; i++) await take(`person ${i}`, '203.0.113.1')
      expect(await refusal(take('ravi', '203.0.113.1'))).toMatchObject({ code: 'rate-limited' })
      await take('ravi', '203.0.113.3')
      await take('meera', '127.0.0.1')
    }
  })
})

it('who has a UPI ID is found by staff, with accounts and UPI IDs masked', async () => {
  const asha = await setup.customer()
  const { userId } = await operator()(lookUpVpa, { querystring: { vpa: asha.vpa.toUpperCase() } })
  expect(userId).toBe(asha.userId)
  const seen = await operator()(showPersonAccounts, { params: { userId } })
  expect(seen.accounts).toMatchObject([{ id: asha.accountId, status: 'active', bank: 'BAHI' }])
  expect(seen.upiIds).toMatchObject([{ accountId: asha.accountId, primary: true }])
  expect(JSON.stringify(seen)).not.toMatch(/Asha Rao|balance/)
  expect(JSON.stringify(seen)).not.toContain(asha.vpa)
  const nobody = { querystring: { vpa: 'nobody.here@bahi' } }
  expect(await refusal(operator()(lookUpVpa, nobody))).toEqual({ code: 'not-found' })
  expect(await refusal(setup.as(asha)(lookUpVpa, nobody))).toEqual({ code: 'not-allowed' })
})
