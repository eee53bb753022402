// Requests through the network, both ways: our customer asks somebody at another bank, and the other way round.
import type { Message } from '@bahi/contracts/network.ts'
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { listPayments, showPayment } from '@bahi/contracts/payment.ts'
import { unblockPerson } from '@bahi/contracts/people.ts'
import * as contracts from '@bahi/contracts/requests.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { refusal, wrongPin, type TestPerson } from '../testing.ts'
import { createSwitchTestSetup } from '../testing-switch.ts'
import { closedLoopRows } from './closed-loop.ts'

type Switch = Awaited<ReturnType<typeof createSwitchTestSetup>>
let net: Switch
let setup: Switch['setup']
beforeAll(async () => {
  net = await createSwitchTestSetup(inject('postgresUrl'))
  setup = net.setup
})
afterEach(async () => {
  net.onSwitch.down = false
  delete net.onSwitch.err
  expect(await setup.inconsistencies()).toEqual([])
})
afterAll(() => setup.stop())

const as = (person: TestPerson) => setup.platform.person(person)
const opened = 10_00_000_00
const balanceOf = (person: TestPerson) => setup.balances.get(person.party.accountId)!
const show = (person: TestPerson, { id }: { id: string }) =>
  as(person)(contracts.showRequest, { params: { id } })

describe('our customer asks somebody at another bank', () => {
  async function ask(expiresInMinutes?: number, mcc?: string) {
    const [asha, id] = [setup.newPerson(), setup.newId()]
    if (mcc !== undefined) setup.parties.set(asha.vpa, { ...asha.party, kind: 'merchant', mcc })
    const body = {
      ...{ payeeVpa: asha.vpa, payerVpa: 'ramesh@ganga', amountPaise: 500_00, note: 'Dinner' },
      ...(expiresInMinutes === undefined ? {} : { expiresInMinutes }),
    }
    const made = await as(asha)(contracts.makeRequest, { params: { id }, body })
    const txnId = `BHI${id.replaceAll('-', '')}`
    return { asha, made, txnId }
  }
  async function sent(txnId: string) {
    await setup.until(() => net.sentOf('ReqPay', txnId).length > 0)
    return net.sentOf('ReqPay', txnId)[0] as Message<'ReqPay'>
  }

  it('which of a merchant says so with the category, as the payment does that pays it', async () => {
    const { asha, made, txnId } = await ask(undefined, '6211')
    const request = await sent(txnId)
    expect(request.payee).toMatchObject({ addr: asha.vpa, type: 'ENTITY', code: '6211' })
    await net.deliver(net.replyTo(request, { result: 'SUCCESS' }))
    const { paymentId } = await show(asha, made)
    const params = { id: paymentId! }
    expect(await as(asha)(showPayment, { params })).toMatchObject({ initiation: { mcc: '6211' } })
  })

  it('which is sent with the account to credit, and paid when the network says so', async () => {
    const { asha, made, txnId } = await ask()
    expect(made).toMatchObject({ status: 'pending', acrossBanks: true, payer: { vpa: 'ramesh@ganga' } })
    const request = await sent(txnId)
    expect(request).toMatchObject({
      txn: { type: 'COLLECT', note: 'Dinner', expireAfter: 1_440 },
      payer: { addr: 'ramesh@ganga', amount: { value: '500.00' } },
      payee: { addr: asha.vpa, type: 'PERSON', code: '0000', ac: { acnum: asha.party.accountRef } },
    })
    await net.deliver(net.replyTo(request, { result: 'SUCCESS' }))
    await net.deliver(net.replyTo(request, { result: 'SUCCESS' }))
    const paid = await show(asha, made)
    expect(paid).toMatchObject({ status: 'paid' })
    const { payments } = await as(asha)(listPayments, { querystring: {} })
    expect(payments).toMatchObject([
      { id: paid.paymentId, txnId, status: 'settled', direction: 'credit', amountPaise: 500_00 },
    ])
    expect(await setup.eventsOf(made.id)).toEqual(['payment.request-made', 'payment.request-paid'])
    expect(await setup.eventsOf(paid.paymentId!)).toEqual(['payment.begun', 'payment.settled'])
    expect(net.sentOf('ReqPay', txnId)).toHaveLength(1)
  })

  it.each([
    ['declined', { result: 'FAILURE', errCode: 'ZA' }, 'declined'],
    ['not answered', { result: 'FAILURE', errCode: 'U69' }, 'expired'],
    ['refused by the payer’s bank', { result: 'FAILURE', errCode: 'U30', respCode: 'Z9' }, 'failed'],
    ['of an outcome that nobody knows', { result: 'FAILURE', errCode: 'U68' }, 'pending'],
    ['deemed', { result: 'DEEMED', errCode: 'RB' }, 'pending'],
  ] as const)('%s', async (_, outcome, status) => {
    const { asha, made, txnId } = await ask()
    const request = await sent(txnId)
    await net.deliver(net.replyTo(request, outcome))
    expect((await show(asha, made)).status).toBe(status)
    // What was decided stays, whatever comes later; what was not is decided by a check.
    await net.deliver(net.replyTo(request, { result: 'SUCCESS' }, 'RespChkTxn'))
    expect((await show(asha, made)).status).toBe(status === 'pending' ? 'paid' : status)
  })

  it('refused by the switch at once', async () => {
    net.onSwitch.err = 'U17'
    const { asha, made } = await ask()
    await setup.until(async () => (await show(asha, made)).status === 'failed')
    expect((await show(asha, made)).failure).toMatchObject({ code: 'U17' })
  })

  it('is not over by our clock: the network is asked', async () => {
    const { asha, made, txnId } = await ask(1)
    const request = await sent(txnId)
    setup.clock.advance(60_000 + 91_000)
    await setup.until(() => net.sentOf('ReqChkTxn', txnId).length > 0)
    expect((await show(asha, made)).status).toBe('pending')
    await net.deliver(net.replyTo(request, { result: 'FAILURE', errCode: 'U69' }, 'RespChkTxn'))
    expect((await show(asha, made)).status).toBe('expired')
  })

  it('that the network says nothing of is asked about so often, then is left to a person and ends late', async () => {
    const { asha, made, txnId } = await ask(1)
    const request = await sent(txnId)
    const { maxChecks, checkEveryS } = networkRulesAt(setup.clock.now())
    setup.clock.advance(60_000 + 91_000)
    for (let n = 1; n <= maxChecks; n++) {
      await setup.until(() => net.sentOf('ReqChkTxn', txnId).length >= n)
      setup.clock.advance(checkEveryS * 1_000 + 1_000)
    }
    const givenUp = async () => {
      const [row] = await setup.sql<{ error: string; gaveUpAt: Date | null }[]>`
        select error, gave_up_at from payment.due_work where kind = 'request-check' and key = ${made.id}`
      return row?.gaveUpAt ? row.error : undefined
    }
    await setup.until(async () => (await givenUp()) !== undefined)
    expect(await givenUp()).toContain(`asked ${maxChecks} times`)
    expect((await show(asha, made)).status).toBe('pending')
    await net.deliver(net.replyTo(request, { result: 'FAILURE', errCode: 'U69' }, 'RespChkTxn'))
    expect((await show(asha, made)).status).toBe('expired')
    expect(await givenUp()).toBeUndefined()
  })

  it('can neither be cancelled nor brought to mind, which UPI has no message for', async () => {
    const { asha, made } = await ask()
    setup.clock.advance(3_600_000)
    const params = { id: made.id }
    expect(await refusal(as(asha)(contracts.cancelRequest, { params }))).toBe('wrong-state')
    expect(await refusal(as(asha)(contracts.remindOfRequest, { params }))).toBe('wrong-state')
  })

  it('with another amount nothing is applied', async () => {
    const { asha, made, txnId } = await ask()
    const reply = net.replyTo(await sent(txnId), { result: 'SUCCESS' }) as Message<'RespPay'>
    const ref = { type: 'PAYEE' as const, addr: asha.vpa, respCode: '00', settAmount: '499.00' }
    await net.deliver({ ...reply, refs: [ref] })
    expect((await show(asha, made)).status).toBe('pending')
  })
})

let asked = 0
describe('somebody at another bank asks our customer', () => {
  function message(payer: { vpa: string }, more: { payee?: string; paise?: string; minutes?: number } = {}) {
    const n = ++asked
    const amount = { curr: 'INR', value: more.paise ?? '500.00' } as const
    const party = (addr: string) => ({ addr, name: 'Ramesh', type: 'PERSON', code: '0000', amount }) as const
    const txn = {
      ...{
        id: `GNG${String(n).padStart(32, '0')}`,
        custRef: String(n).padStart(12, '0'),
        type: 'COLLECT' as const,
      },
      ...{ ts: setup.clock.now().toISOString(), note: 'Dinner', expireAfter: more.minutes ?? 30 },
    } as const
    const parties = { payer: party(payer.vpa), payee: party(more.payee ?? `asker${n}@ganga`) }
    setup.parties.set(parties.payee.addr, { ...setup.parties.get('ramesh@ganga')!, vpa: parties.payee.addr })
    return { api: 'ReqAuthDetails', head: net.headOf(), txn, ...parties } as const
  }
  async function receive(more: Parameters<typeof message>[1] = {}) {
    const ravi = setup.newPerson()
    const request = message(ravi, more)
    await net.deliver(request)
    const { requests } = await as(ravi)(contracts.listRequests, { querystring: {} })
    return { ravi, request, made: requests[0]! }
  }
  const approve = (ravi: TestPerson, made: contracts.RequestView, more = {}) =>
    setup.payAs(
      ravi,
      { vpa: made.payee.vpa },
      {
        ...{ amountPaise: made.amountPaise, initiation: { origin: { kind: 'request', id: made.id } } },
        ...more,
      },
    )
  const answers = (txnId: string) => net.sentOf('RespAuthDetails', txnId) as Message<'RespAuthDetails'>[]
  const answered = async (txnId: string) => {
    await setup.until(() => answers(txnId).length > 0)
    return answers(txnId)[0]!
  }

  it('who approves: held, answered with the account, settled by the confirmation', async () => {
    const { ravi, request, made } = await receive()
    await net.deliver(request)
    expect(made).toMatchObject({
      status: 'pending',
      direction: 'received',
      acrossBanks: true,
      note: 'Dinner',
    })
    const id = setup.newId()
    const paying = approve(ravi, made, { id })
    const answer = await answered(request.txn.id)
    expect(answer).toMatchObject({
      txn: { id: request.txn.id, custRef: request.txn.custRef, type: 'COLLECT' as const },
      resp: { reqMsgId: request.head.msgId, result: 'SUCCESS' },
      payer: { ac: { acnum: ravi.party.accountRef }, creds: { type: 'PreApproved' } },
    })
    expect(setup.holds.get(id)?.status).toBe('held')
    expect(await refusal(approve(ravi, made))).toBe('wrong-state')
    await net.deliver(net.replyTo(request, { result: 'SUCCESS' }, 'ReqTxnConfirmation'))
    expect(await paying).toMatchObject({ status: 'settled', txnId: request.txn.id, rrn: request.txn.custRef })
    expect(await show(ravi, made)).toMatchObject({ status: 'paid', paymentId: id })
    expect(balanceOf(ravi)).toBe(opened - 500_00)
    expect(net.sentOf('ReqPay', request.txn.id)).toEqual([])
  })

  it('who approves from an account at another bank: answered with its PIN block, nothing is held here', async () => {
    const { ravi, request, made } = await receive()
    expect(made.txnId).toBe(request.txn.id)
    setup.parties.set(ravi.vpa, { ...ravi.party, bank: 'GANG', ifsc: 'GANG0000001', onUs: false })
    const id = setup.newId()
    const paying = approve(ravi, made, { id })
    expect((await answered(request.txn.id)).payer).toMatchObject({
      ...{ ac: { ifsc: 'GANG0000001' }, creds: { type: 'PIN', subType: 'MPIN', data: 'h.k.iv.1234.tag' } },
    })
    expect(setup.holds.has(id)).toBe(false)
    await net.deliver(net.replyTo(request, { result: 'SUCCESS' }, 'ReqTxnConfirmation'))
    expect(await paying).toMatchObject({ status: 'settled', txnId: request.txn.id })
    expect(await show(ravi, made)).toMatchObject({ status: 'paid', paymentId: id })
  })

  it('a wrong PIN leaves it open, and the next try pays it', async () => {
    const { ravi, request, made } = await receive()
    expect(await approve(ravi, made, { pin: wrongPin })).toMatchObject({ failure: { code: 'ZM' } })
    expect(answers(request.txn.id)).toEqual([])
    const paying = approve(ravi, made)
    await answered(request.txn.id)
    await net.deliver(net.replyTo(request, { result: 'SUCCESS' }, 'ReqTxnConfirmation'))
    expect((await paying).status).toBe('settled')
  })

  it('whose approval fails at the other bank: the hold is released, and the request is over', async () => {
    const { ravi, request, made } = await receive()
    const paying = approve(ravi, made)
    await answered(request.txn.id)
    const failed = { result: 'FAILURE', errCode: 'U31', respCode: 'YF' } as const
    await net.deliver(net.replyTo(request, failed, 'ReqTxnConfirmation'))
    expect(await paying).toMatchObject({ status: 'failed', failure: { code: 'YF' } })
    expect(await show(ravi, made)).toMatchObject({ status: 'failed', failure: { code: 'YF' } })
    expect(balanceOf(ravi)).toBe(opened)
  })

  it('whose approval comes too late: refused, released, and nothing is debited', async () => {
    const { ravi, made } = await receive()
    net.onSwitch.err = 'U69'
    expect(await approve(ravi, made)).toMatchObject({ status: 'failed', failure: { code: 'U69' } })
    expect(balanceOf(ravi)).toBe(opened)
  })

  it('whose approval the network does not acknowledge: pending, and asked about', async () => {
    const { ravi, request, made } = await receive()
    net.onSwitch.down = true
    const id = setup.newId()
    expect(await approve(ravi, made, { id })).toMatchObject({ status: 'pending' })
    net.onSwitch.down = false
    setup.clock.advance(91_000)
    await setup.until(() => net.sentOf('ReqChkTxn', request.txn.id).length > 0)
    await net.deliver(net.replyTo(request, { result: 'PENDING' }, 'RespChkTxn'))
    expect((await show(ravi, made)).status).toBe('pending')
    await net.deliver(net.replyTo(request, { result: 'FAILURE', errCode: 'U69' }, 'ReqTxnConfirmation'))
    const payment = await as(ravi)(showPayment, { params: { id } })
    expect(payment).toMatchObject({ status: 'failed', failure: { code: 'U69' } })
    expect((await show(ravi, made)).status).toBe('expired')
    expect(balanceOf(ravi)).toBe(opened)
  })

  it('who declines, and takes no more from them', async () => {
    const { ravi, request, made } = await receive()
    await as(ravi)(contracts.declineRequest, { params: { id: made.id }, body: { block: true } })
    expect((await answered(request.txn.id)).resp).toMatchObject({ result: 'FAILURE', errCode: 'ZA' })
    await net.deliver(net.replyTo(request, { result: 'FAILURE', errCode: 'ZA' }, 'ReqTxnConfirmation'))
    expect((await show(ravi, made)).status).toBe('declined')
    const again = message(ravi, { payee: made.payee.vpa })
    await net.deliver(again)
    expect((await answered(again.txn.id)).resp).toMatchObject({ errCode: 'ZG' })
    const vpa = made.payee.vpa
    await as(ravi)(unblockPerson, { params: { vpa } })
    const open = message(ravi, { payee: vpa })
    await net.deliver(open)
    expect(answers(open.txn.id)).toEqual([])
  })

  it('who does not answer: it expires here, and at the network', async () => {
    const { ravi, request, made } = await receive({ minutes: 1 })
    setup.clock.advance(60_000)
    expect(await refusal(approve(ravi, made))).toBe('wrong-state')
    await setup.until(async () => (await show(ravi, made)).status === 'expired')
    await net.deliver(net.replyTo(request, { result: 'FAILURE', errCode: 'U69' }, 'ReqTxnConfirmation'))
    expect((await show(ravi, made)).status).toBe('expired')
  })

  it.each<[what: string, more: Parameters<typeof message>[1], code: string]>([
    ['for more than the rules in force allow', { paise: '2000.01' }, 'U10'],
    ['for nothing', { paise: '0.00' }, 'ZD'],
  ])('%s: our customer is not asked', async (_, more, code) => {
    const { ravi, request, made } = await receive(more)
    expect(made).toBeUndefined()
    expect((await answered(request.txn.id)).resp.errCode).toBe(code)
    expect(ravi).toBeDefined()
  })

  it('three times: a fourth open one of the same asker is refused', async () => {
    const { ravi, made } = await receive()
    const more = [1, 2, 3].map(() => message(ravi, { payee: made.payee.vpa }))
    for (const one of more) await net.deliver(one)
    expect((await answered(more[2]!.txn.id)).resp.errCode).toBe('Z7')
    expect(more.map(({ txn }) => answers(txn.id).length)).toEqual([0, 0, 1])
  })

  it('nobody of ours', async () => {
    const request = message({ vpa: 'nobody.here@bahi' })
    await net.deliver(request)
    expect((await answered(request.txn.id)).resp.errCode).toBe('ZH')
  })
})

it('only a sandbox opens what the network forbids', () => {
  const rows =
    '[{"effectiveFrom":"2026-04-01T00:00:00+05:30","persons":{"maxPaise":1,"perDay":1},"acrossBanks":true}]'
  expect(closedLoopRows(rows, 'sandbox')).toHaveLength(1)
  expect(() => closedLoopRows(rows, 'production')).toThrow('sandbox')
})
