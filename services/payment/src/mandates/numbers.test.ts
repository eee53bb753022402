// No two mandates are known by one id, be it that of a record or the one in a number; and what follows for people whose
// mandate is being moved into a payee's record: their limit, and their erasure.
import { eraseInPayment, obstaclesInPayment } from '@bahi/contracts/erasure.ts'
import { mandateRulesAt } from '@bahi/contracts/mandate-rules.ts'
import { takeMandate } from '@bahi/contracts/mandates.ts'
import type { Message } from '@bahi/contracts/network.ts'
import type { Problem } from '@bahi/contracts/problem.ts'
import { mandateIdIn, umnOf } from '@bahi/contracts/umn.ts'
import { deriveId } from '@bahi/kit/crypto/derive-id.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { goodPin, refusal, wrongPin, type TestPerson } from '../testing.ts'
import { createSwitchTestSetup } from '../testing-switch.ts'
import { mandateTools } from './testing.ts'

let net: Awaited<ReturnType<typeof createSwitchTestSetup>>
let setup: typeof net.setup
beforeAll(async () => {
  net = await createSwitchTestSetup(inject('postgresUrl'))
  setup = net.setup
})
afterEach(async () => {
  setup.account.transfers = 'up'
  expect(await setup.inconsistencies()).toEqual([])
})
afterAll(() => setup.stop())

const { as, termsOf, show, create, request } = mandateTools(() => setup)
const resolveAfterMs = 20_001
let count = 0

/** Somebody with an account at our bank, to whom another app of theirs has linked it too. */
function payerAt(handle: string) {
  const person = setup.newPerson()
  const there = `payer${++count}@${handle}`
  const account = { bank: 'BAHI', accountRef: person.party.accountRef }
  const about = { ifsc: 'BAHI0000001', accountType: 'savings', onUs: false } as const
  setup.parties.set(there, { vpa: there, name: 'Asha', ...account, ...about })
  return { person, there, account }
}
type Payer = ReturnType<typeof payerAt>

/** What `shop` asks a payer for at their other app; it answers with this number. */
async function askedAs(shop: TestPerson, payer: Payer, umn: string) {
  const { id } = await request(shop, { vpa: payer.there }, { terms: { amountPaise: 500_00 } })
  const txnId = `BHI${id.replaceAll('-', '')}`
  await setup.until(() => net.sentOf('ReqMandate', txnId).length > 0)
  const { head, txn } = net.sentOf('ReqMandate', txnId)[0] as Message<'ReqMandate'>
  const resp = { reqMsgId: head.msgId, result: 'SUCCESS' } as const
  await net.deliver({ api: 'RespMandate', head: net.headOf(), resp, txn: { ...txn, umn } } as Message)
  return show(shop, { id })
}

/** Their other app keeps it, under this number. */
function keeps({ there, account }: Payer, umn: string, payeeVpa: string) {
  const named = { umn, app: 'Ganga Bank', payerVpa: there, name: 'Newspaper', terms: termsOf(), mcc: '0000' }
  const txn = { txnId: `GNG${String(++count).padStart(32, '0')}`, rrn: '812345678901' }
  net.otherApps.held = [{ ...named, payee: { vpa: payeeVpa, name: 'Shop' }, ...account, ...txn }]
  net.otherApps.portOut = { code: '00', lastSequence: 0, debits: [] }
}
const take = ({ person }: Payer, umn: string, pin = goodPin) =>
  as(person)(takeMandate, { params: { umn }, body: { payerVpa: person.vpa, pin } })
const sentence = (payer: Payer, umn: string) =>
  take(payer, umn).then(
    ({ status }) => status,
    ({ message }: Problem) => message,
  )
const stays = 'another mandate has its number here: it stays in the app of Ganga Bank'
const numbers = () => {
  const id = setup.newId()
  return { id, ganga: umnOf(id, 'ganga'), kaveri: umnOf(id, 'kaveri') }
}

/** From another app to one of our payers, or about a mandate of theirs. */
function messageOf(type: 'CREATE' | 'PORT', { vpa }: TestPerson, payee: string, more: object): Message {
  const amount = { curr: 'INR' as const, value: '500.00' }
  const party = { name: '', type: 'PERSON' as const, code: '0000', amount }
  const id = `GNG${String(++count).padStart(32, 'b')}`
  const { mandate, creds, ...txn } = { mandate: undefined, creds: undefined, ...more }
  return {
    ...{ api: 'ReqAuthMandate', head: net.headOf(), mandate },
    txn: { id, custRef: '812345678901', ts: setup.clock.now().toISOString(), type, note: '', ...txn },
    payer: { ...party, addr: vpa, ...(creds ? { creds } : {}) },
    payee: { ...party, addr: payee },
  } as unknown as Message
}
async function answerOf(message: Message) {
  await net.deliver(message)
  await setup.until(() => net.sentOf('RespAuthMandate', message.txn.id).length > 0)
  return net.sentOf('RespAuthMandate', message.txn.id)[0] as Message<'RespAuthMandate'>
}

describe('of one id in the numbers of mandates there is one mandate', () => {
  it('a second one that a payee asks for is not agreed to, and the first one is moved', async () => {
    const { ganga, kaveri } = numbers()
    const shop = setup.newPerson()
    const [asha, mallory] = [payerAt('ganga'), payerAt('kaveri')]
    const both = await Promise.all([askedAs(shop, asha, ganga), askedAs(shop, mallory, kaveri)])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['active', 'requested'])
    const [payer, umn] = both[0].status === 'active' ? [asha, ganga] : [mallory, kaveri]
    const [other, number] = payer === asha ? [mallory, kaveri] : [asha, ganga]
    keeps(payer, umn, shop.vpa)
    expect(await take(payer, umn)).toMatchObject({ status: 'active', umn: umn.replace(/@.*/, '@bahi') })
    keeps(other, number, shop.vpa)
    expect(await refusal(take(other, number))).toMatch(/^(not-found|wrong-state)$/)
  })

  it('one of a payee elsewhere stays there, and none begins under it', async () => {
    const { ganga, kaveri } = numbers()
    await askedAs(setup.newPerson(), payerAt('kaveri'), kaveri)
    const asha = payerAt('ganga')
    keeps(asha, ganga, 'ramesh@ganga')
    expect(await sentence(asha, ganga)).toBe(stays)
    // Whose id follows from the transaction that the other app chose.
    const ts = setup.clock.now().toISOString()
    const txnId = `GNG${'e'.repeat(32)}`
    await askedAs(
      setup.newPerson(),
      payerAt('kaveri'),
      umnOf(deriveId(Date.parse(ts), txnId, 'mandate'), 'kaveri'),
    )
    const mandate = { name: 'Music', terms: termsOf() }
    const asked = messageOf('CREATE', asha.person, 'ramesh@ganga', { id: txnId, ts, mandate })
    expect((await answerOf(asked)).resp.errCode).toBe('U01')
  })

  it('one whose number has the id of another record, as from before this was looked at, is not moved', async () => {
    const shop = setup.newPerson()
    const asha = payerAt('ganga')
    const { id } = await askedAs(shop, asha, numbers().ganga)
    const ravi = setup.newPerson()
    const ravis = await create(ravi, { vpa: 'ramesh@ganga' })
    const umn = umnOf(ravis.id, 'ganga')
    await setup.sql`update payment.mandates set umn = ${umn} where id = ${id}`
    keeps(asha, umn, shop.vpa)
    expect(await sentence(asha, umn)).toBe(stays)
    expect(await show(shop, { id })).toMatchObject({ status: 'active', operating: false })
    // Nor is one taken for the other where another app asks for it.
    const here = umnOf(ravis.id, 'bahi')
    const own = await request(shop, { vpa: asha.there }, { terms: { amountPaise: 500_00 } })
    await setup.sql`
      update payment.mandates m set umn = ${here}, payer_user_id = ${asha.person.userId}, payer_bank = 'BAHI',
        payer_account_id = ${asha.person.party.accountId}, payer_vpa = ${asha.person.vpa} where id = ${id}`
    const creds = { type: 'PIN', subType: 'MPIN', data: goodPin }
    const about = { umn: here, creds, mandate: { payerAddr: 'ravi@ganga' } }
    const { resp, payer } = await answerOf(messageOf('PORT', ravi, 'ramesh@ganga', about))
    expect([resp.errCode, payer]).toMatchObject([undefined, { ac: { acnum: ravi.party.accountRef } }])
    expect(await show(ravi, ravis)).toMatchObject({ status: 'ported' })
    expect(await show(shop, own)).toMatchObject({ status: 'requested' })
    const toShop = await answerOf(messageOf('PORT', asha.person, shop.vpa, about))
    expect(toShop.resp.errCode).toBe('XB')
    expect(await show(shop, { id })).toMatchObject({ status: 'active' })
  })
})

describe('somebody whose mandate is being moved into a payee’s record', () => {
  async function moving() {
    const { ganga } = numbers()
    const [shop, asha] = [setup.newPerson(), payerAt('ganga')]
    const { id } = await askedAs(shop, asha, ganga)
    keeps(asha, ganga, shop.vpa)
    return { id, shop, asha, umn: ganga }
  }

  it('has it counted with theirs', async () => {
    const { id, asha, umn } = await moving()
    const { maxLive } = mandateRulesAt(setup.clock.now())
    const first = await create(asha.person, { vpa: 'ramesh@ganga' })
    await setup.sql`
      insert into payment.mandates
      select (jsonb_populate_record(m, jsonb_build_object(
        'id', gen_random_uuid(), 'txn_id', 'GNG' || lpad(n::text, 32, '0')))).*
      from payment.mandates m, generate_series(1, ${maxLive - 2}) n where m.id = ${first.id}`
    setup.account.transfers = 'answer-lost'
    expect(await take(asha, umn)).toMatchObject({ status: 'requested' })
    expect(await refusal(create(asha.person, { vpa: 'ramesh@ganga' }))).toBe('rate-limited')
    await setup.sql`delete from payment.mandates where txn_id like 'GNG%' and payer_user_id = ${asha.person.userId}`
    setup.account.transfers = 'up'
    setup.clock.advance(resolveAfterMs)
    await setup.until(
      async () => (await show(asha.person, { id }).catch(() => undefined))?.status === 'active',
    )
  })

  it('cannot leave meanwhile, and leaves nothing in what was refused', async () => {
    const { id, asha, umn } = await moving()
    const { userId } = asha.person
    const obstacles = async () =>
      (await setup.platform.as('user')(obstaclesInPayment, { params: { userId } })).obstacles
    const left = async () => {
      const [row] = await setup.sql<{ text: string }[]>`
        select string_agg(operation::text, ' ' order by nth) as text from payment.mandate_operations
        where mandate_id = ${id}`
      return row!.text
    }
    expect(await take(asha, umn, wrongPin)).toMatchObject({ status: 'failed' })
    expect(await obstacles()).toEqual([])
    setup.account.transfers = 'answer-lost'
    expect(await take(asha, umn, wrongPin)).toMatchObject({ operating: true })
    expect(await obstacles()).toEqual(['mandates'])
    setup.account.transfers = 'up'
    setup.clock.advance(resolveAfterMs)
    await setup.until(async () => (await obstacles()).length === 0)
    const personal = [asha.person.vpa, asha.person.party.name, asha.there, asha.account.accountRef, userId]
    for (const value of personal) expect(await left()).toContain(value)
    await setup.platform.as('user')(eraseInPayment, {
      params: { userId },
      body: { stage: 'erase', vpas: [asha.person.vpa] },
    })
    for (const value of personal) expect(await left()).not.toContain(value)
    expect(await left()).toContain(mandateIdIn(umn)!.replaceAll('-', ''))
  })
})

it('whose payee uses this app stays in the other one where such ones are not moved', async () => {
  const off = await createSwitchTestSetup(inject('postgresUrl'), { BAHI_MANDATES_TO_PAYEES_HERE: 'false' })
  const [shop, asha] = [off.setup.newPerson(), off.setup.newPerson()]
  const umn = umnOf(off.setup.newId(), 'ganga')
  const account = { bank: 'BAHI', accountRef: asha.party.accountRef }
  const payee = { vpa: shop.vpa, name: 'Shop' }
  const txn = { txnId: `GNG${'0'.repeat(32)}`, rrn: '812345678901', mcc: '0000' }
  const about = { umn, app: 'Ganga Bank', payerVpa: 'asha@ganga', name: 'Newspaper', terms: termsOf() }
  off.otherApps.held = [{ ...about, payee, ...account, ...txn }]
  const body = { payerVpa: asha.vpa, pin: goodPin }
  const taking = off.setup.platform.person(asha)(takeMandate, { params: { umn }, body })
  await expect(taking).rejects.toMatchObject({
    ...{ code: 'wrong-state', message: 'its payee uses this app: it stays in the app of Ganga Bank' },
  })
  await off.setup.stop()
})
