// Mandates across apps: taken from another app with the PIN, and taken over by another one.
import { umnOf } from '@bahi/contracts/umn.ts'
import { debitWindowAt, nextDebit, type MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import type { PortOut } from '@bahi/contracts/network-adapter.ts'
import type { Message } from '@bahi/contracts/network.ts'
import { showMandate, takeMandate } from '@bahi/contracts/mandates.ts'
import type { Problem } from '@bahi/contracts/problem.ts'
import { addDays } from '@bahi/contracts/recurrence.ts'
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
  net.otherApps.down = false
  expect(await setup.inconsistencies()).toEqual([])
})
afterAll(() => setup.stop())

const { as, termsOf, today, goTo, pause, revoke, create, balanceOf } = mandateTools(() => setup)
const resolveAfterMs = 20_001

/** Somebody with an account at another bank, and a mandate of it in that bank's app, with a debit announced there. */
function held({ portableAfter }: { portableAfter?: string } = {}) {
  const asha = setup.newPerson()
  const account = { bank: 'GANG', accountRef: asha.party.accountRef }
  setup.parties.set(asha.vpa, { ...asha.party, ...account, ifsc: 'GANG0000001', onUs: false })
  const id = setup.newId()
  const umn = umnOf(id, 'ganga')
  const txn = { txnId: `GNG${id.replaceAll('-', '')}`, rrn: '812345678901' }
  net.otherApps.held = [
    {
      ...{ umn, app: 'Ganga Bank', payerVpa: 'asha@ganga', payee: { vpa: 'ramesh@ganga', name: 'Ramesh' } },
      ...{ name: 'Music', terms: termsOf(), ...account, mcc: '0000', ...txn },
      ...(portableAfter === undefined ? {} : { portableAfter }),
    },
  ]
  const noticedAt = setup.clock.now().toISOString()
  const debits = [{ sequence: 4, amountPaise: 100_00, dueOn: addDays(today(), 2), noticedAt }]
  net.otherApps.portOut = { code: '00', lastSequence: 4, debits }
  net.otherApps.closed = []
  return { asha, id, umn }
}
const take = (asha: TestPerson, umn: string, pin = goodPin) =>
  as(asha)(takeMandate, { params: { umn }, body: { payerVpa: asha.vpa, pin } })
const show = (asha: TestPerson, id: string) => as(asha)(showMandate, { params: { id } })
const closed = async (count: number) => {
  await setup.until(() => net.otherApps.closed.length >= count)
  return net.otherApps.closed.map(({ nth, code }) => [nth, code])
}

describe('a mandate that another app keeps', () => {
  it('is ours with the PIN, once, with the debit announced there and its next number', async () => {
    const { asha, id, umn } = held()
    expect(await take(asha, umn, wrongPin)).toMatchObject({ id, status: 'failed', code: 'ZM', triesLeft: 2 })
    const both = await Promise.all([take(asha, umn), take(asha, umn)])
    for (const one of both) expect(one).toMatchObject({ id, umn: umnOf(id, 'bahi') })
    expect(await show(asha, id)).toMatchObject({
      ...{ status: 'active', payer: { vpa: asha.vpa }, payee: { vpa: 'ramesh@ganga' } },
      debits: [{ sequence: 4, status: 'planned', dueOn: addDays(today(), 2) }],
    })
    expect(await closed(2)).toEqual([
      [1, 'ZM'],
      [2, '00'],
    ])
    expect(net.otherApps.closed[1]).toMatchObject({ fromUmn: umn, toUmn: umnOf(id, 'bahi') })
    const { txnId } = net.otherApps.held[0]!
    await setup.until(() => net.sentOf('ReqMandateConfirmation', txnId).length > 0)
    expect(net.sentOf('ReqMandateConfirmation', txnId)).toMatchObject([
      { txn: { type: 'PORT', umn: umnOf(id, 'bahi') }, mandate: { payerAddr: asha.vpa } },
    ])
    expect(await setup.eventsOf(id)).toEqual([
      'payment.mandate-failed',
      'payment.mandate-ported-in',
      'payment.mandate-debit-announced',
    ])
    // Repeated it is the same one, whatever the other app says by now.
    net.otherApps.held = []
    expect(await take(asha, umn, wrongPin)).toMatchObject({ status: 'active' })
  })

  it('whose bank’s answer is lost is ours all the same, once its bank says so', async () => {
    const { asha, id, umn } = held()
    setup.account.transfers = 'answer-lost'
    expect(await take(asha, umn)).toMatchObject({ status: 'requested', operating: true })
    setup.account.transfers = 'up'
    setup.clock.advance(resolveAfterMs)
    await setup.until(async () => (await show(asha, id)).status === 'active')
    expect((await show(asha, id)).debits).toHaveLength(1)
    expect(await closed(1)).toEqual([[1, '00']])
  })

  it('stays there when that app does not answer, or refuses, and it hears so', async () => {
    const { asha, id, umn } = held()
    net.otherApps.down = true
    expect(await take(asha, umn)).toMatchObject({ status: 'requested', operating: true })
    setup.clock.advance(resolveAfterMs)
    await setup.until(async () => (await show(asha, id)).status === 'failed')
    expect(await closed(1)).toEqual([[1, 'XB']])
    net.otherApps.down = false
    net.otherApps.portOut = { code: 'U01', lastSequence: 0, debits: [] }
    expect(await take(asha, umn)).toMatchObject({ status: 'failed', code: 'U01', debits: [] })
    expect(await closed(2)).toEqual([
      [1, 'XB'],
      [2, 'U01'],
    ])
  })

  it('is nothing to somebody else, of no other account, and not before ninety days', async () => {
    const { asha, umn } = held()
    const ravi = setup.newPerson()
    expect(
      await refusal(as(ravi)(takeMandate, { params: { umn }, body: { payerVpa: asha.vpa, pin: goodPin } })),
    ).toBe('not-found')
    await take(asha, umn)
    expect(await refusal(take(ravi, umn))).toBe('not-found')
    net.otherApps.held = []
    expect(await refusal(take(asha, umnOf(setup.newId(), 'ganga')))).toBe('not-found')
    const ravis = held()
    net.otherApps.held[0]!.payee = { vpa: ravi.vpa, name: 'Ravi' }
    const sentence = async () => take(ravis.asha, ravis.umn).catch(({ message }: Problem) => message)
    expect(await sentence()).toBe('its payee knows of no such mandate')
    net.otherApps.held[0]!.terms = termsOf({ recurrence: 'ONETIME', blockFunds: true })
    expect(await sentence()).toMatch(/^money is reserved for it: it stays in the app of Ganga Bank/)
    const late = held({ portableAfter: '2027-01-01T00:00:00.000Z' })
    expect(await refusal(take(late.asha, late.umn))).toBe('wrong-state')
  })
})

let count = 0
const asking = (id: string, asha: TestPerson, payerAddr = 'asha@ganga') => {
  const amount = { curr: 'INR' as const, value: '500.00' }
  const party = { name: '', type: 'PERSON' as const, code: '0000', amount }
  const about = { custRef: String(++count).padStart(12, '8'), ts: setup.clock.now().toISOString() }
  const txn = {
    id: `GNG${String(count).padStart(32, 'b')}`,
    type: 'PORT' as const,
    umn: umnOf(id, 'bahi'),
    ...about,
  }
  const parties = { payer: { ...party, addr: asha.vpa }, payee: { ...party, addr: 'ramesh@ganga' } }
  return {
    api: 'ReqAuthMandate',
    head: net.headOf(),
    txn,
    ...parties,
    mandate: { payerAddr },
  } as Message<'ReqAuthMandate'>
}
async function codeOf(message: Message<'ReqAuthMandate'>): Promise<string> {
  await net.deliver(message)
  const answers = () => net.sentOf('RespAuthMandate', message.txn.id) as Message<'RespAuthMandate'>[]
  await setup.until(() => answers().length > 0)
  return answers().at(-1)!.resp.errCode ?? '00'
}

describe('another app that takes one of ours over', () => {
  async function ours() {
    const one = held()
    net.otherApps.held[0]!.terms = termsOf({ validTo: addDays(today(), 200) })
    const { debits } = net.otherApps.portOut
    net.otherApps.portOut.debits = debits.map((debit) => ({ ...debit, dueOn: addDays(today(), 150) }))
    await take(one.asha, one.umn)
    return one
  }
  const ninetyDays = () => setup.clock.advance(91 * 86_400_000)

  it('has it once no debit is being made, and nothing of it is debited here any more', async () => {
    const { asha, id, umn } = await ours()
    expect(await codeOf(asking(id, asha))).toBe('Z7')
    ninetyDays()
    expect(await codeOf(asking(id, asha, 'asha@bahi'))).toBe('ZD')
    expect(await codeOf(asking(setup.newId(), asha))).toBe('VF')
    const message = asking(id, asha)
    expect([await codeOf(message), await codeOf(message), await codeOf(asking(id, asha))]).toEqual([
      '00',
      '00',
      '00',
    ])
    expect(await show(asha, id)).toMatchObject({ status: 'ported', debits: [{ status: 'skipped' }] })
    expect((await setup.eventsOf(id)).slice(-2)).toEqual([
      'payment.mandate-ported-out',
      'payment.mandate-debit-skipped',
    ])
    expect(await refusal(pause(asha, { id }, today(), today()))).toBe('wrong-state')
    // It comes back as the mandate that it was.
    net.otherApps.portOut = { code: '00', lastSequence: 5, debits: [] }
    expect(await take(asha, umn)).toMatchObject({ id, status: 'active' })
    expect((await closed(2)).at(-1)).toEqual([2, '00'])
  })

  it('does not have what its bank is deciding about, or what is revoked', async () => {
    const { asha, id } = await ours()
    ninetyDays()
    setup.account.transfers = 'answer-lost'
    await pause(asha, { id }, today(), today())
    expect(await codeOf(asking(id, asha))).toBe('U01')
    setup.account.transfers = 'up'
    setup.clock.advance(resolveAfterMs)
    await setup.until(async () => !(await show(asha, id)).operating)
    await revoke(asha, { id })
    expect(await codeOf(asking(id, asha))).toBe('QC')
  })
})

describe('another app that takes one of an account at our bank over', () => {
  /** Asked for by a payee elsewhere, and agreed to. */
  async function ofOurBank(wanted: Partial<MandateTerms> = {}) {
    const asha = setup.newPerson()
    const terms = { validTo: addDays(today(), 200), ...wanted }
    const mandate = await create(asha, { vpa: 'ramesh@ganga' }, { terms })
    expect(mandate).toMatchObject({ status: 'active' })
    return { asha, id: mandate.id }
  }
  const withPin = (id: string, asha: TestPerson, pin = goodPin, payerAddr = 'asha@ganga') => {
    const message = asking(id, asha, payerAddr)
    const creds = { type: 'PIN' as const, subType: 'MPIN' as const, data: pin }
    return { ...message, payer: { ...message.payer, creds } }
  }

  /** The other app ports it out again. */
  function comesBack(asha: TestPerson, id: string, terms: MandateTerms, portOut: Partial<PortOut> = {}) {
    const about = { ...{ payerVpa: 'asha@ganga', bank: 'BAHI', accountRef: asha.party.accountRef } }
    const payee = { vpa: 'ramesh@ganga', name: 'Ramesh' }
    const umn = umnOf(id, 'ganga')
    const named = { umn, app: 'Ganga Bank', payee, name: 'Newspaper', terms, mcc: '0000' }
    const txn = { txnId: `GNG${id.replaceAll('-', '')}`, rrn: '812345678901' }
    net.otherApps.held = [{ ...about, ...named, ...txn }]
    net.otherApps.portOut = { code: '00', lastSequence: 0, debits: [], ...portOut }
    return take(asha, umn)
  }

  it('has it once our bank has found the PIN right, with the account, and it comes back with the PIN', async () => {
    const { asha, id } = await ofOurBank()
    expect(await codeOf(asking(id, asha))).toBe('U11')
    expect(await codeOf(withPin(id, asha, wrongPin))).toBe('ZM')
    const shown = await show(asha, id)
    expect(shown).toMatchObject({ status: 'active', operating: false })
    expect(shown).not.toHaveProperty('code')
    expect(await codeOf(withPin(id, asha, goodPin, 'asha@bahi'))).toBe('ZD')
    expect(await codeOf(withPin(setup.newId(), asha))).toBe('VF')
    await pause(asha, { id }, today(), today())
    const message = withPin(id, asha)
    expect([await codeOf(message), await codeOf(message), await codeOf(asking(id, asha))]).toEqual([
      '00',
      '00',
      '00',
    ])
    const [answer] = net.sentOf('RespAuthMandate', message.txn.id) as Message<'RespAuthMandate'>[]
    expect(answer!.payer).toMatchObject({ ac: { acnum: asha.party.accountRef } })
    expect(answer!.payer).not.toHaveProperty('creds')
    expect(answer!.mandate).toMatchObject({ name: 'Newspaper', pause: { from: today(), until: today() } })
    expect(await show(asha, id)).toMatchObject({ status: 'ported' })
    // It was unpaused there.
    const back = await comesBack(asha, id, termsOf())
    expect(back).toMatchObject({ id, status: 'active' })
    expect(back).not.toHaveProperty('pause')
  })

  it('made debits of one that the platform plans: when it comes back, their periods have had theirs', async () => {
    const validFrom = addDays(today(), 5)
    const weekly = { recurrence: 'WEEKLY', dayRule: { type: 'AFTER', day: 1 } } as const
    const { asha, id } = await ofOurBank({ ...weekly, amountRule: 'EXACT', validFrom })
    const { terms } = await show(asha, id)
    const next = nextDebit(terms, addDays(debitWindowAt(terms, validFrom)!.to, 1))!
    const later = nextDebit(terms, addDays(next.to, 1))!
    expect(await codeOf(withPin(id, asha))).toBe('00')
    goTo(validFrom, 12 * 60)
    const noticedAt = setup.clock.now().toISOString()
    const open = { sequence: 2, amountPaise: terms.amountPaise, dueOn: next.from, noticedAt }
    await comesBack(asha, id, terms, { lastSequence: 2, debits: [open] })
    goTo(addDays(later.from, -1), 12 * 60)
    await setup.until(async () => (await show(asha, id)).debits.some(({ sequence }) => sequence === 3))
    expect((await show(asha, id)).debits.map(({ sequence, dueOn }) => [sequence, dueOn])).toEqual([
      [3, later.from],
      [2, next.from],
    ])
  })

  it('has it though the answer of the bank was lost, once it is known what the bank did', async () => {
    const { asha, id } = await ofOurBank()
    setup.account.transfers = 'answer-lost'
    const message = withPin(id, asha)
    expect(await refusal(net.deliver(message))).toBe('unavailable')
    // Meanwhile nothing else is done to it, and no debit of it begins.
    expect(await refusal(pause(asha, { id }, today(), today()))).toBe('wrong-state')
    expect(await codeOf(withPin(id, asha, goodPin, 'asha@kaveri'))).toBe('U01')
    setup.account.transfers = 'up'
    expect(await refusal(net.deliver(asking(id, asha)))).toBe('unavailable')
    setup.clock.advance(resolveAfterMs)
    await setup.until(async () => (await show(asha, id)).status === 'ported')
    expect(await codeOf(asking(id, asha))).toBe('00')
    expect((await setup.eventsOf(id)).filter((type) => type.endsWith('ported-out'))).toHaveLength(1)
  })

  it('has what was announced, and a debit that falls due while the bank decides is tried again', async () => {
    const { asha, id } = await ofOurBank()
    const asked = asking(id, asha)
    const notice = { ...asked, txn: { ...asked.txn, type: 'NOTIFY' as const, seqNum: 1 } }
    const value = '100.00'
    const amount = { curr: 'INR' as const, value }
    const announced = {
      ...notice,
      ...{ payer: { ...notice.payer, amount }, payee: { ...notice.payee, amount } },
      mandate: { dueOn: addDays(today(), 2) },
    }
    expect(await codeOf(announced)).toBe('00')
    setup.account.transfers = 'answer-lost'
    expect(await refusal(net.deliver(withPin(id, asha)))).toBe('unavailable')
    setup.clock.advance(3 * 86_400_000)
    const collect = { ...announced, api: 'ReqAuthDetails' as const, head: net.headOf() }
    const { mandate: _, ...made } = collect
    const txn = { ...announced.txn, id: `GNG${'c'.repeat(32)}`, type: 'COLLECT' as const }
    const before = balanceOf(asha)
    await net.deliver({ ...made, txn } as Message<'ReqAuthDetails'>)
    await setup.until(() => net.sentOf('RespAuthDetails', txn.id).length > 0)
    const [declined] = net.sentOf('RespAuthDetails', txn.id) as Message<'RespAuthDetails'>[]
    expect(declined!.resp.errCode).toBe('XB')
    setup.account.transfers = 'up'
    setup.clock.advance(resolveAfterMs)
    await setup.until(async () => (await show(asha, id)).status === 'ported')
    expect(await show(asha, id)).toMatchObject({ debits: [{ sequence: 1, status: 'skipped' }] })
    expect(balanceOf(asha)).toBe(before)
  })

  it('is not asked for the PIN of the account that its UPI ID leads to by now', async () => {
    const { asha, id } = await ofOurBank()
    setup.parties.set(asha.vpa, { ...asha.party, accountId: setup.newId() })
    expect(await codeOf(withPin(id, asha))).toBe('XI')
    setup.parties.delete(asha.vpa)
    expect(await codeOf(withPin(id, asha))).toBe('XI')
    setup.parties.set(asha.vpa, asha.party)
    await revoke(asha, { id })
    expect(await codeOf(withPin(id, asha))).toBe('QC')
  })
})
