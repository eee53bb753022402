// UPI IDs: creating, refusing, the primary one, changing the account, suggestions, and resolving them.
import { refusal } from '@bahi/testing/problems.ts'
import * as contracts from '@bahi/contracts/account.ts'
import { resolveVpas } from '@bahi/contracts/transfers.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createAccountTestSetup } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
})
afterAll(() => setup.platform.stop())
afterEach(async () => {
  expect(await setup.bookFaults()).toEqual([])
})

type Who = { userId: string; accountId: string }
const create = (who: Who, vpa: string, accountId = who.accountId) =>
  setup.as(who)(contracts.createVpa, { body: { vpa, accountId } })
const change = (who: Who, vpa: string, body: object) =>
  setup.as(who)(contracts.changeVpa, { params: { vpa }, body })
const list = async (who: Who) =>
  (await setup.as(who)(contracts.listVpas, {})).vpas.map((v) => [v.vpa, v.primary, v.accountId])
const resolve = (who: Who, vpa: string) => setup.as(who)(contracts.resolveVpa, { params: { vpa } })

describe('a UPI ID', () => {
  it('is stored in lower case; the first is primary', async () => {
    const asha = await setup.linked()
    const entry = await create(asha, 'Asha.First@BAHI')
    expect(entry).toMatchObject({ vpa: 'asha.first@bahi', accountId: asha.accountId, primary: true })
    expect(await create(asha, 'asha.second@bahi')).toMatchObject({ primary: false })
    expect((await list(asha)).map(([vpa]) => vpa)).toEqual(['asha.first@bahi', 'asha.second@bahi'])
    const account = await setup.as(asha)(contracts.showAccount, { params: { id: asha.accountId } })
    expect(account.vpas).toEqual(['asha.first@bahi', 'asha.second@bahi'])
    const data = { userId: asha.userId, accountId: asha.accountId, vpa: 'asha.first@bahi', primary: true }
    expect(await setup.eventsOf('asha.first@bahi')).toEqual([{ type: 'account.vpa-created', data }])
  })

  it('that is created again is the same one: once in the list, with one event', async () => {
    const asha = await setup.linked()
    const created = await Promise.all(Array.from({ length: 6 }, () => create(asha, 'asha.again@bahi')))
    expect(new Set(created.map((entry) => JSON.stringify(entry))).size).toBe(1)
    expect(await create(asha, 'Asha.AGAIN@bahi')).toEqual(created[0])
    expect(await list(asha)).toHaveLength(1)
    expect(await setup.eventsOf('asha.again@bahi')).toHaveLength(1)
  })

  it('of their own is not created again for another account', async () => {
    const asha = await setup.linked()
    await create(asha, 'asha.twice@bahi')
    const { accountRef } = await setup.open(asha.phone, 0)
    const second = await setup.as(asha)(contracts.linkAccount, { body: { bank: 'BAHI', accountRef } })
    await expect(create(asha, 'asha.twice@bahi', second.id)).rejects.toMatchObject({
      code: 'id-reused',
      message: expect.stringContaining('yours already') as string,
    })
    expect(await list(asha)).toEqual([['asha.twice@bahi', true, asha.accountId]])
  })

  it('belongs to one person, also under concurrent requests', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => setup.linked(0)))
    const answers = await Promise.allSettled(people.map((one) => create(one, 'wanted.by.all@bahi')))
    expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(1)
    for (const one of people.filter((_, i) => answers[i]!.status === 'rejected')) {
      expect(await refusal(create(one, 'WANTED.by.all@bahi'))).toEqual({ code: 'vpa-taken' })
    }
  })

  it.each([
    ['another handle', 'asha@okbank', 'request-invalid'],
    ['a handle that begins like ours', 'asha@bahi.evil', 'request-invalid'],
    ['two letters', 'as@bahi', 'request-invalid'],
    ['51 letters', `${'a'.repeat(51)}@bahi`, 'request-invalid'],
    ['two marks in a row', 'asha..rao@bahi', 'request-invalid'],
    ['a mark at its end', 'asha.@bahi', 'request-invalid'],
    ['letters of other scripts', 'аsha@bahi', 'request-invalid'],
    ['a space', 'asha rao@bahi', 'request-invalid'],
    ['a reserved word', 'admin@bahi', 'vpa-taken'],
    ['a reserved word within', 'bahi.support@bahi', 'vpa-taken'],
    ['a word that looks like a reserved one', 'b4hisupp0rt@bahi', 'vpa-taken'],
    ['somebody else’s number', '9876543210@bahi', 'vpa-taken'],
  ])('is refused with %s', async (_what, vpa, code) => {
    expect(await refusal(create(await setup.linked(0), vpa))).toMatchObject({ code })
  })

  it('is one of five at most, also under concurrent requests', async () => {
    const asha = await setup.linked()
    const answers = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) => create(asha, `five.${i}.${asha.phone.slice(-6)}@bahi`)),
    )
    expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(5)
    expect(await refusal(create(asha, 'one.more.id@bahi'))).toMatchObject({ code: 'wrong-state' })
    const [[known] = []] = await list(asha)
    expect(await create(asha, String(known))).toMatchObject({ vpa: known })
    expect((await list(asha)).filter(([, primary]) => primary)).toHaveLength(1)
  })
})

describe('a change', () => {
  it('makes another one primary, and publishes both', async () => {
    const asha = await setup.linked()
    await create(asha, 'change.one@bahi')
    await create(asha, 'change.two@bahi')
    expect(await change(asha, 'Change.Two@bahi', { primary: true })).toMatchObject({ primary: true })
    expect((await list(asha)).map(([vpa, primary]) => [vpa, primary])).toEqual([
      ['change.two@bahi', true],
      ['change.one@bahi', false],
    ])
    expect((await setup.eventsOf('change.one@bahi')).at(-1)).toMatchObject({
      type: 'account.vpa-changed',
      data: { vpa: 'change.one@bahi', primary: false },
    })
    await change(asha, 'change.two@bahi', { primary: true })
    expect(await setup.eventsOf('change.two@bahi')).toHaveLength(2)
  })

  it('leaves one primary, also under concurrent requests', async () => {
    const asha = await setup.linked()
    const vpas = ['a', 'b', 'c', 'd'].map((letter) => `many.${letter}${letter}@bahi`)
    for (const vpa of vpas) await create(asha, vpa)
    await Promise.all(vpas.map((vpa) => change(asha, vpa, { primary: true })))
    expect((await list(asha)).filter(([, primary]) => primary)).toHaveLength(1)
  })

  it('points it at another account, and payments go there', async () => {
    const asha = await setup.customer(1_000)
    const { accountRef } = await setup.open(asha.phone, 0)
    const second = await setup.as(asha)(contracts.linkAccount, { body: { bank: 'BAHI', accountRef } })
    await change(asha, asha.vpa, { accountId: second.id.toUpperCase() })
    const { parties } = await setup.platform.as('payment')(resolveVpas, {
      body: { vpas: [asha.vpa] },
    })
    expect(parties[0]).toMatchObject({ accountId: second.id })
    const payer = await setup.customer(1_000)
    expect(await setup.pay(payer, { vpa: asha.vpa, accountId: second.id })).toMatchObject({ code: '00' })
  })

  it('is refused to other people', async () => {
    const [asha, ravi] = [await setup.customer(), await setup.customer()]
    expect(await refusal(change(ravi, asha.vpa, { primary: true }))).toEqual({ code: 'not-found' })
    expect(await refusal(change(ravi, 'no.body@bahi', { primary: true }))).toEqual({ code: 'not-found' })
    expect(await refusal(change(ravi, ravi.vpa, { accountId: asha.accountId }))).toEqual({
      code: 'not-found',
    })
  })

  it.each([{}, { primary: false }, { vpa: 'new.name@bahi' }, { accountId: 'x' }])(
    'is refused as %o',
    async (body) => {
      const asha = await setup.customer()
      expect(await refusal(change(asha, asha.vpa, body))).toMatchObject({ code: 'request-invalid' })
    },
  )
})

describe('resolving a UPI ID', () => {
  it('returns the registered name only, in upper or lower case', async () => {
    const [asha, ravi] = [await setup.customer(), await setup.customer()]
    const seen = { vpa: asha.vpa, name: 'Asha Rao', kind: 'person', verified: true }
    expect(await resolve(ravi, asha.vpa.toUpperCase())).toEqual(seen)
  })

  it.each(['no.body@bahi', 'asha@okbank'])('finds nobody for %s', async (vpa) => {
    expect(await refusal(resolve(await setup.customer(), vpa))).toEqual({ code: 'not-found' })
  })

  it('works for many at once for payment, and omits unknown ones', async () => {
    const [asha, ravi] = [await setup.customer(), await setup.customer()]
    const vpas = [ravi.vpa, asha.vpa.toUpperCase(), 'no.body@bahi', ravi.vpa]
    const { parties } = await setup.platform.as('payment')(resolveVpas, { body: { vpas } })
    expect(parties.map((p) => p.vpa).sort()).toEqual([asha.vpa, ravi.vpa].sort())
    expect(parties[0]).toMatchObject({ bank: 'BAHI', ifsc: 'BAHI0000001', onUs: true, name: 'Asha Rao' })
    const call = setup.platform.as('gateway')(resolveVpas, { body: { vpas } })
    expect(await refusal(call)).toMatchObject({ code: 'caller-not-allowed' })
  })

  it('keeps nobody else from being paid when the name of one was exchanged for that of another', async () => {
    const [asha, ravi, meera] = [await setup.customer(), await setup.customer(), await setup.customer()]
    await setup.platform.database.admin`
      update account.linked_accounts l set holder_name_sealed = o.holder_name_sealed
      from account.linked_accounts o where l.id = ${asha.accountId} and o.id = ${ravi.accountId}`
    const answer = await setup.platform.as('payment')(resolveVpas, {
      body: { vpas: [asha.vpa, ravi.vpa, meera.vpa] },
    })
    expect(answer.parties.map(({ vpa }) => vpa).sort()).toEqual([ravi.vpa, meera.vpa].sort())
    expect(answer.unreachable).toEqual([asha.vpa])
    expect(await refusal(resolve(meera, asha.vpa))).toMatchObject({ code: 'internal' })
  })
})

describe('the account of a business', () => {
  it('at another bank makes a merchant of its UPI ID too, of the category that its bank says', async () => {
    const { vpa } = await setup.otherBankCustomer({ mcc: '5411' })
    const payer = await setup.linked()
    const merchant = { kind: 'merchant', mcc: '5411' }
    expect(await resolve(payer, vpa)).toMatchObject({ vpa, ...merchant, verified: true })
    const { parties } = await setup.platform.as('payment')(resolveVpas, { body: { vpas: [vpa] } })
    expect(parties[0]).toMatchObject(merchant)
    expect(await resolve(payer, (await setup.otherBankCustomer()).vpa)).toMatchObject({ kind: 'person' })
  })

  it('makes a merchant of each UPI ID that leads to it, and of no other', async () => {
    const asha = await setup.linked()
    await create(asha, 'asha.herself@bahi')
    const { accountRef } = await setup.open(asha.phone, 0, 'Rao Stores', '5411')
    const shop = await setup.as(asha)(contracts.linkAccount, { body: { bank: 'BAHI', accountRef } })
    expect(shop).toMatchObject({ type: 'current', holderName: 'Rao Stores' })
    await create(asha, 'rao.stores@bahi', shop.id)
    const [merchant, address] = [{ kind: 'merchant', mcc: '5411' }, `${accountRef}@bahi0000001.ifsc.npci`]
    const payer = await setup.linked()
    for (const vpa of ['rao.stores@bahi', address])
      expect(await resolve(payer, vpa)).toEqual({ vpa, name: 'Rao Stores', ...merchant, verified: true })
    const partyOf = async (vpa: string) =>
      (await setup.platform.as('payment')(resolveVpas, { body: { vpas: [vpa] } })).parties[0]
    expect(await partyOf('rao.stores@bahi')).toMatchObject(merchant)
    expect(await resolve(payer, 'asha.herself@bahi')).toMatchObject({ kind: 'person' })
    expect(await partyOf('asha.herself@bahi')).not.toHaveProperty('mcc')
    await change(asha, 'asha.herself@bahi', { accountId: shop.id })
    expect(await partyOf('asha.herself@bahi')).toMatchObject(merchant)
    const data = { accountRef, balancePaise: 0, mcc: '5411' }
    expect(await setup.eventsOf(accountRef)).toEqual([{ type: 'account.bank-account-opened', data }])
  })

  it('has a category that is no person’s', async () => {
    const opening = setup.open(setup.newPerson().phone, 0, 'Rao Stores', '0000')
    expect(await refusal(opening)).toMatchObject({ code: 'request-invalid' })
  })
})

describe('resolving an account number', () => {
  const find = (who: Who, accountNumber: string, ifsc = 'BAHI0000001') =>
    setup.as(who)(contracts.findAccountPayee, { body: { ifsc, accountNumber } })

  it('returns the name and an address without the number', async () => {
    const [asha, ravi] = [await setup.customer(), await setup.customer()]
    const found = await find(ravi, asha.accountNumber)
    const vpa = `${asha.accountRef}@bahi0000001.ifsc.npci`
    expect(found).toEqual({ vpa, name: 'Asha Rao', kind: 'person', verified: true })
    expect(await resolve(ravi, vpa.toUpperCase())).toEqual(found)
    const { parties } = await setup.platform.as('payment')(resolveVpas, {
      body: { vpas: [vpa, ravi.vpa] },
    })
    const { accountId, userId, accountRef } = asha
    expect(parties.find((party) => party.vpa === vpa)).toMatchObject({
      accountId,
      userId,
      accountRef,
      onUs: true,
    })
    expect(parties).toHaveLength(2)
  })

  it('finds nobody for an unknown number, another branch, or an account that nobody linked', async () => {
    const asha = await setup.customer()
    const alone = await setup.open(setup.newPerson().phone)
    for (const [number, ifsc] of [
      ['999999999999', 'BAHI0000001'],
      [asha.accountNumber, 'BAHI0000002'],
      [alone.accountNumber, 'BAHI0000001'],
    ] as const)
      expect(await refusal(find(asha, number, ifsc))).toEqual({ code: 'not-found' })
    expect(await refusal(resolve(asha, `${alone.accountRef}@bahi0000001.ifsc.npci`))).toEqual({
      code: 'not-found',
    })
    expect(await refusal(resolve(asha, `x@bahi0000001.ifsc.npci`))).toEqual({ code: 'not-found' })
  })

  it('works for the number as a UPI ID too, at our bank and at another', async () => {
    const [asha, ravi] = [await setup.customer(), await setup.customer()]
    const byNumber = `${asha.accountNumber}@BAHI0000001.ifsc.npci`
    const found = await find(ravi, asha.accountNumber)
    expect(await resolve(ravi, byNumber)).toEqual(found)
    const [addr, vpa] = ['445566778800@gang0000001.ifsc.npci', 'g-8@gang0000001.ifsc.npci']
    const account = { bank: 'GANG', ifsc: 'GANG0000001', accountRef: 'g-8', accountType: 'savings' }
    setup.outside.addresses.set(addr, { addr, name: 'Kavya Iyer', kind: 'person', ...account })
    expect(await resolve(ravi, addr)).toMatchObject({ vpa, name: 'Kavya Iyer' })
    // Payment is answered by the address that it asked for, with the reference that it is not.
    const { parties } = await setup.platform.as('payment')(resolveVpas, {
      body: { vpas: [byNumber.toLowerCase(), found.vpa, addr, '999999999999@bahi0000001.ifsc.npci'] },
    })
    expect(parties.map((party) => [party.vpa, party.accountRef]).sort()).toEqual(
      [
        [byNumber.toLowerCase(), asha.accountRef],
        [found.vpa, asha.accountRef],
        [addr, 'g-8'],
      ].sort(),
    )
  })

  it('at another bank asks the network, later by the reference', async () => {
    const [asha, number] = [await setup.customer(), '445566778899']
    const account = { bank: 'GANG', ifsc: 'GANG0000001', accountRef: 'g-7', accountType: 'savings' }
    const addr = `${number}@gang0000001.ifsc.npci`
    setup.outside.addresses.set(addr, { addr, name: 'Kavya Iyer', kind: 'person', ...account })
    expect(await find(asha, number, 'GANG0000001')).toEqual({
      ...{ vpa: 'g-7@gang0000001.ifsc.npci', name: 'Kavya Iyer', kind: 'person', verified: true },
    })
  })

  it('gives an address that pays only its owner', async () => {
    const [asha, ravi, meera] = [await setup.customer(), await setup.customer(), await setup.customer()]
    const vpa = `${ravi.accountRef}@bahi0000001.ifsc.npci`
    expect(await setup.pay(asha, { ...ravi, vpa }, { amountPaise: 10_00 })).toMatchObject({ code: '00' })
    expect(await setup.pay(asha, { ...meera, vpa }, { amountPaise: 10_00 })).toMatchObject({ code: 'XI' })
    expect(await setup.showBalance(ravi)).toBe(1_010_00)
  })
})

describe('suggestions', () => {
  it('resemble the name and are free', async () => {
    const person = setup.newPerson('Zoya Mirza')
    const who = await setup.linked(0, person)
    const suggest = async () => (await setup.as(who)(contracts.suggestVpas, {})).vpas
    const before = await suggest()
    expect(before).toHaveLength(5)
    expect(before.slice(0, 2)).toEqual(['zoya@bahi', 'zoya.mirza@bahi'])
    expect(before).toContain(`${person.phone.slice(-10)}@bahi`)
    await create(who, 'zoya@bahi')
    expect(await suggest()).not.toContain('zoya@bahi')
  })

  it('are none for somebody without a profile', async () => {
    const { vpas } = await setup.platform.person({ userId: '01900000-0000-7000-8000-000000000000' })(
      contracts.suggestVpas,
      {},
    )
    expect(vpas).toEqual([])
  })
})
