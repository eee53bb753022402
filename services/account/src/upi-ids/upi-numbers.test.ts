// UPI numbers: who may have one, where it leads, paying it, switching it off.
import * as contracts from '@bahi/contracts/account.ts'
import { numberRules, numberVpa } from '@bahi/contracts/number-rules.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import * as numbers from '@bahi/contracts/upi-numbers.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createAccountTestSetup, goodPassword, type Customer } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
})
afterAll(() => setup.platform.stop())

const stepUp = { password: goodPassword }
const set = (who: Customer, number: string, body: object = { stepUp }) =>
  setup.as(who)(numbers.setNumber, { params: { number }, body: { vpa: who.vpa, ...body } })
const off = (who: Customer, number: string, body: object = { stepUp }) =>
  setup.as(who)(numbers.releaseNumber, { params: { number }, body })
const list = async (who: Customer) =>
  (await setup.as(who)(numbers.listNumbers, {})).numbers.map(({ number, vpa }) => [number, vpa])
const resolve = (number: string) =>
  setup.as(setup.newPerson())(contracts.resolveVpa, { params: { vpa: numberVpa(number) } })
const findPhone = (phone: string) =>
  setup.as(setup.newPerson())(contracts.findPhonePayee, { body: { phone } })
const mobileOf = (who: { phone: string }) => who.phone.slice(-10)
let next = 24_681_300
const fresh = () => String((next += 10))

it('leads to the UPI ID that its person chose, with the password, and is told of', async () => {
  const asha = await setup.customer()
  const number = fresh()
  expect(await refusal(set(asha, number, {}))).toMatchObject({ code: 'step-up-required' })
  expect(await refusal(set(asha, number, { stepUp: { password: 'wrong' } }))).toEqual({
    code: 'password-wrong',
  })
  expect(await list(asha)).toEqual([])
  expect(await set(asha, number)).toMatchObject({ number, vpa: asha.vpa })
  // The same again needs no proof and changes nothing.
  await set(asha, number, {})
  expect(await resolve(number)).toMatchObject({ vpa: asha.vpa, name: 'Asha Rao' })
  const vpa = `other.${mobileOf(asha).slice(-4)}@bahi`
  await setup.as(asha)(contracts.createVpa, { body: { vpa, accountId: asha.accountId } })
  await set(asha, number, { vpa, stepUp })
  expect(await resolve(number)).toMatchObject({ vpa })
  expect(await list(asha)).toEqual([[number, vpa]])
  const events = await setup.eventsOf(numberVpa(number))
  expect(events.map(({ type }) => type)).toEqual(['account.number-set', 'account.number-set'])
})

it('is closed with its UPI ID once its person has another phone, and is its next holder’s', async () => {
  const asha = await setup.customer()
  const { phone } = asha
  const own = `${mobileOf(asha)}@bahi`
  await setup.as(asha)(contracts.createVpa, { body: { vpa: own, accountId: asha.accountId } })
  await set(asha, mobileOf(asha))
  const digits = fresh()
  await set(asha, digits)
  const newPhone = setup.newPerson().phone
  setup.movePhone(asha.userId, newPhone)
  const moved = { params: { userId: asha.userId }, body: { phone: newPhone } }
  for (let i = 0; i < 2; i++) await setup.platform.as('auth')(numbers.releaseOldNumber, moved)
  await expect(setup.platform.as('gateway')(numbers.releaseOldNumber, moved)).rejects.toMatchObject({
    code: 'caller-not-allowed',
  })
  expect(await list(asha)).toEqual([[digits, asha.vpa]])
  expect((await refusal(findPhone(phone))).code).toBe('not-found')
  expect(await findPhone(newPhone)).toMatchObject({ vpa: asha.vpa })

  const next = await setup.customer()
  setup.movePhone(next.userId, phone)
  await setup.as(next)(contracts.createVpa, { body: { vpa: own, accountId: next.accountId } })
  await set(next, mobileOf(asha))
  expect(await findPhone(phone)).toMatchObject({ vpa: next.vpa })
  expect((await refusal(set(asha, mobileOf(asha)))).code).toBe('number-taken')
})

it('is closed with its UPI ID once its person has no phone any more', async () => {
  const asha = await setup.customer()
  const own = `${mobileOf(asha)}@bahi`
  await setup.as(asha)(contracts.createVpa, { body: { vpa: own, accountId: asha.accountId } })
  await set(asha, mobileOf(asha))
  const released = { params: { userId: asha.userId }, body: { phone: null } }
  await setup.platform.as('auth')(numbers.releaseOldNumber, released)
  expect(await list(asha)).toEqual([])
  const next = await setup.customer()
  setup.movePhone(next.userId, asha.phone)
  await setup.as(next)(contracts.createVpa, { body: { vpa: own, accountId: next.accountId } })
})

describe('of a phone that a list of disconnected numbers has', () => {
  const followed = (who: Customer, phone: string | null, revoked = phone === null) => {
    if (revoked) setup.revokedPhones.add(who.phone)
    else setup.revokedPhones.delete(who.phone)
    const body = { phone, ...(revoked ? { revoked } : {}) }
    return setup.platform.as('auth')(numbers.releaseOldNumber, { params: { userId: who.userId }, body })
  }
  /** Whose primary UPI ID is the number, as is a UPI number, and digits of their choice lead there. */
  async function withNumber() {
    const asha = await setup.customer()
    const [own, digits] = [`${mobileOf(asha)}@bahi`, fresh()]
    await setup.as(asha)(contracts.createVpa, { body: { vpa: own, accountId: asha.accountId } })
    await setup.as(asha)(contracts.changeVpa, { params: { vpa: own }, body: { primary: true } })
    await set(asha, mobileOf(asha))
    await set(asha, digits, { vpa: own, stepUp })
    return { asha, own, digits }
  }
  const primaryOf = async (who: Customer) =>
    (await setup.as(who)(contracts.listVpas, {})).vpas.find(({ primary }) => primary)?.vpa

  it('is closed, and open again as it was once the person proves the phone', async () => {
    const { asha, own, digits } = await withNumber()
    for (let i = 0; i < 2; i++) await followed(asha, null)
    expect(await list(asha)).toEqual([])
    expect((await refusal(findPhone(asha.phone))).code).toBe('not-found')
    expect((await refusal(resolve(digits))).code).toBe('not-found')
    // Who pays the other UPI ID, or the account, pays as before.
    const anybody = setup.as(setup.newPerson())
    expect(await anybody(contracts.resolveVpa, { params: { vpa: asha.vpa } })).toMatchObject({
      vpa: asha.vpa,
    })
    expect(await primaryOf(asha)).toBe(asha.vpa)
    const again = { body: { vpa: own, accountId: asha.accountId } }
    expect((await refusal(set(asha, mobileOf(asha)))).code).toBe('phone-revoked')
    expect((await refusal(setup.as(asha)(contracts.createVpa, again))).code).toBe('phone-revoked')
    const discover = setup.as(asha)(contracts.discoverAccounts, { body: { bank: 'BAHI' } })
    expect((await refusal(discover)).code).toBe('phone-revoked')

    for (let i = 0; i < 2; i++) await followed(asha, asha.phone)
    expect(await list(asha)).toEqual([
      [mobileOf(asha), asha.vpa],
      [digits, own],
    ])
    expect(await primaryOf(asha)).toBe(own)
    expect(await findPhone(asha.phone)).toMatchObject({ vpa: asha.vpa })
    expect((await setup.eventsOf(numberVpa(mobileOf(asha)))).map(({ type }) => type)).toEqual([
      ...['account.number-set', 'account.number-released', 'account.number-set'],
    ])
    expect((await setup.eventsOf(own)).map(({ type }) => type)).toEqual([
      ...['account.vpa-created', 'account.vpa-changed', 'account.vpa-released', 'account.vpa-created'],
    ])
  })

  it('stays closed for who has another phone, and what its next holder has is theirs', async () => {
    const [moved, late] = [await withNumber(), await withNumber()]
    await followed(moved.asha, null)
    const newPhone = setup.newPerson().phone
    setup.movePhone(moved.asha.userId, newPhone)
    await followed(moved.asha, newPhone)
    expect(await list(moved.asha)).toEqual([])

    await followed(late.asha, null)
    setup.revokedPhones.delete(late.asha.phone)
    const next = await setup.customer()
    setup.movePhone(next.userId, late.asha.phone)
    const body = { vpa: late.own, accountId: next.accountId }
    await setup.as(next)(contracts.createVpa, { body })
    await set(next, mobileOf(late.asha))
    await followed(late.asha, late.asha.phone)
    expect(await list(late.asha)).toEqual([])
    expect(await list(next)).toEqual([[mobileOf(late.asha), next.vpa]])
  })
})

it('is one’s own mobile, or digits that the rules allow', async () => {
  const [asha, ravi] = [await setup.customer(), await setup.customer()]
  expect(await refusal(set(asha, mobileOf(ravi)))).toEqual({ code: 'number-taken' })
  for (const number of ['01234567', '11111111', '12345777', '5876543210'])
    expect(await refusal(set(asha, number))).toMatchObject({ code: 'request-invalid' })
  await set(asha, mobileOf(asha))
  expect(await findPhone(asha.phone)).toMatchObject({ vpa: asha.vpa })
})

it('of the mobile decides where a payment to the phone goes', async () => {
  const asha = await setup.customer()
  const vpa = `second.${mobileOf(asha).slice(-4)}@bahi`
  await setup.as(asha)(contracts.createVpa, { body: { vpa, accountId: asha.accountId } })
  expect(await findPhone(asha.phone)).toMatchObject({ vpa: asha.vpa })
  await set(asha, mobileOf(asha), { vpa, stepUp })
  expect(await findPhone(asha.phone)).toMatchObject({ vpa })
})

it('is one person’s: of many who want it at once one gets it, and nobody else after it was switched off', async () => {
  const people = await Promise.all(Array.from({ length: 5 }, () => setup.customer()))
  const number = fresh()
  const tries = await Promise.allSettled(people.map((who) => set(who, number)))
  const winner = people[tries.findIndex(({ status }) => status === 'fulfilled')]!
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await resolve(number)).toMatchObject({ vpa: winner.vpa })
  expect(await refusal(off(winner, number, {}))).toMatchObject({ code: 'step-up-required' })
  const [other] = people.filter((who) => who !== winner)
  expect(await refusal(off(other!, number))).toEqual({ code: 'not-found' })
  await off(winner, number)
  expect(await refusal(off(winner, number))).toEqual({ code: 'not-found' })
  expect(await refusal(resolve(number))).toEqual({ code: 'not-found' })
  expect(await refusal(set(other!, number))).toEqual({ code: 'number-taken' })
  await set(winner, number)
  expect(await resolve(number)).toMatchObject({ vpa: winner.vpa })
})

it('leads only to one’s own UPI ID, and ends with it', async () => {
  const [asha, ravi] = [await setup.customer(), await setup.customer()]
  const number = fresh()
  expect(await refusal(set(asha, number, { vpa: ravi.vpa, stepUp }))).toEqual({ code: 'not-found' })
  await set(asha, number)
  await setup.as(asha)(contracts.releaseVpa, { params: { vpa: asha.vpa }, body: { stepUp } })
  expect(await refusal(resolve(number))).toEqual({ code: 'not-found' })
  expect(await list(asha)).toEqual([])
  expect((await setup.eventsOf(numberVpa(number))).at(-1)).toMatchObject({
    type: 'account.number-released',
    data: { by: 'vpa', upiNumber: number },
  })
})

it('is one of a few, also when many are wanted at once', async () => {
  const asha = await setup.customer()
  const { perPerson, perYear } = rulesAt(numberRules, setup.clock.now())
  await Promise.allSettled(Array.from({ length: perPerson + 3 }, () => set(asha, fresh())))
  expect(await list(asha)).toHaveLength(perPerson)
  expect(await refusal(set(asha, fresh()))).toEqual({ code: 'wrong-state' })
  for (let taken = perPerson; taken < perYear; taken++) {
    await off(asha, (await list(asha))[0]![0]!)
    await set(asha, fresh())
  }
  await off(asha, (await list(asha))[0]![0]!)
  expect(await refusal(set(asha, fresh()))).toEqual({ code: 'wrong-state' })
})
