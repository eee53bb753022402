// Payments that cross banks: what each network message, also repeated, does to hold and payment.
import { toPsp, type Message } from '@bahi/contracts/network.ts'
import { showPayment, type PaymentView } from '@bahi/contracts/payment.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { goodPin, wrongPin, type TestPerson } from '../testing.ts'
import { createSwitchTestSetup, type SwitchOutcome } from '../testing-switch.ts'

type Switch = Awaited<ReturnType<typeof createSwitchTestSetup>>
let setup: Switch['setup']
let onSwitch: Switch['onSwitch']
let sign: Switch['sign']
let forger: Switch['forger']
let sentOf: Switch['sentOf']
let started: Switch['started']
let deliver: Switch['deliver']
let replyTo: Switch['replyTo']

beforeAll(async () => {
  ;({ setup, onSwitch, sign, forger, sentOf, started, deliver, replyTo } = await createSwitchTestSetup(
    inject('postgresUrl'),
  ))
})
afterEach(async () => {
  onSwitch.down = false
  delete onSwitch.err
  setup.account.transfers = 'up'
  expect(await setup.inconsistencies()).toEqual([])
})
afterAll(() => setup.stop())

const opened = 10_00_000_00
const balanceOf = (person: TestPerson) => setup.balances.get(person.party.accountId)
const see = (person: TestPerson, id: string) => setup.platform.person(person)(showPayment, { params: { id } })

async function payOut(more: { pin?: string; amountPaise?: number } = {}) {
  const [asha, id] = [setup.newPerson(), setup.newId()]
  const answered = setup.payAs(asha, { vpa: 'ramesh@ganga' }, { id, amountPaise: 500_00, ...more })
  return { asha, id, answered }
}

describe('from our bank to another bank', () => {
  it('is held, sent as pre-approved, and settles when the network reports success', async () => {
    const { asha, id, answered } = await payOut()
    const request = await started(id)
    expect(request).toMatchObject({
      txn: { type: 'PAY', id: `BHI${id.replaceAll('-', '')}` },
      payer: { addr: asha.vpa, ac: { acnum: asha.party.accountRef }, creds: { type: 'PreApproved' } },
      payee: { addr: 'ramesh@ganga', amount: { curr: 'INR', value: '500.00' } },
    })
    expect(JSON.stringify(request)).not.toContain(goodPin)
    expect(balanceOf(asha)).toBe(opened - 500_00)
    expect(await see(asha, id)).toMatchObject({ status: 'pending', pending: { reason: 'in-progress' } })
    await deliver(replyTo(request, { result: 'SUCCESS' }))
    expect(await answered).toMatchObject({ status: 'settled', rrn: request.txn.custRef })
    expect(setup.holds.get(id)?.status).toBe('captured')
    expect(await setup.eventsOf(id)).toEqual(['payment.begun', 'payment.settled'])
  })

  it('a wrong PIN never reaches the network', async () => {
    const { id, answered } = await payOut({ pin: wrongPin })
    expect(await answered).toMatchObject({ status: 'failed', failure: { code: 'ZM', triesLeft: 2 } })
    expect(sentOf('ReqPay', `BHI${id.replaceAll('-', '')}`)).toEqual([])
  })

  it.each<[string, SwitchOutcome, PaymentView['status'], string, string?]>([
    [
      'declined by the payee’s bank',
      { result: 'FAILURE', errCode: 'U31', respCode: 'YF' },
      'failed',
      'voided',
      'YF',
    ],
    ['declined by the switch', { result: 'FAILURE', errCode: 'U17' }, 'failed', 'voided', 'U17'],
    ['a timeout is no failure', { result: 'FAILURE', errCode: 'U68' }, 'pending', 'held'],
    ['an unknown code is no failure', { result: 'FAILURE', errCode: 'Q7' }, 'pending', 'held'],
    ['a duplicate is no failure', { result: 'FAILURE', errCode: 'U01' }, 'pending', 'held'],
    ['deemed is not settled yet', { result: 'DEEMED', errCode: 'RB' }, 'pending', 'held'],
    ['paid', { result: 'SUCCESS' }, 'settled', 'captured'],
  ])('%s', async (_what, outcome, status, hold, code) => {
    const { asha, id, answered } = await payOut()
    const request = await started(id)
    await deliver(replyTo(request, outcome))
    const payment = await (status === 'pending' ? see(asha, id) : answered)
    expect([payment.status, payment.failure?.code]).toEqual([status, code])
    expect(setup.holds.get(id)?.status).toBe(hold)
    expect(balanceOf(asha)).toBe(status === 'failed' ? opened : opened - 500_00)
    // Repeated and contradicting messages do not change a final payment.
    await deliver(replyTo(request, outcome))
    await deliver(replyTo(request, { result: 'PENDING' }, 'RespChkTxn'))
    const final = status === 'pending' ? ('settled' as const) : status
    await deliver(replyTo(request, { result: 'SUCCESS' }))
    expect((await see(asha, id)).status).toBe(final)
    await deliver(replyTo(request, { result: 'FAILURE', errCode: 'U17' }))
    expect((await see(asha, id)).status).toBe(final)
    await answered
  })

  it('deemed, then returned: pending with a date, then failed and the hold released', async () => {
    const { asha, id, answered } = await payOut()
    const request = await started(id)
    await deliver(replyTo(request, { result: 'DEEMED', errCode: 'RB' }))
    const pending = await see(asha, id)
    expect(pending.pending).toMatchObject({
      reason: 'deemed',
      message: expect.stringContaining('safe') as string,
    })
    expect(Date.parse(pending.pending!.returnBy)).toBeGreaterThan(setup.clock.now().getTime())
    await deliver(replyTo(request, { result: 'FAILURE', errCode: 'U31' }, 'RespChkTxn'))
    expect(await see(asha, id)).toMatchObject({ status: 'failed', failure: { code: 'U31' } })
    expect(balanceOf(asha)).toBe(opened)
    expect(await setup.eventsOf(id)).toEqual(['payment.begun', 'payment.deemed', 'payment.failed'])
    await answered
  })

  it('refused by the switch: failed at once, and the hold released', async () => {
    onSwitch.err = 'U17'
    const { asha, id, answered } = await payOut()
    expect(await answered).toMatchObject({ status: 'failed', failure: { code: 'U17' } })
    expect(setup.holds.get(id)?.status).toBe('voided')
    expect(balanceOf(asha)).toBe(opened)
  })

  it('without a reply: checked after 90 s, at most three times, until the outcome is found', async () => {
    onSwitch.down = true
    const { asha, id, answered } = await payOut()
    expect((await answered).status).toBe('pending')
    onSwitch.down = false
    const txnId = `BHI${id.replaceAll('-', '')}`
    setup.clock.advance(60_000)
    await setup.clock.sleep(200)
    expect(sentOf('ReqChkTxn', txnId)).toEqual([])
    for (const times of [1, 2, 3]) {
      setup.clock.advance(times === 1 ? 31_000 : 601_000)
      await setup.until(() => sentOf('ReqChkTxn', txnId).length === times)
      expect(await see(asha, id)).toMatchObject({ status: 'pending', pending: { reason: 'checking' } })
    }
    setup.clock.advance(3_600_000)
    await setup.clock.sleep(400)
    expect(sentOf('ReqChkTxn', txnId)).toHaveLength(3)
    const check = sentOf('ReqChkTxn', txnId)[0] as Message<'ReqPay'>
    const { resp, ...about } = replyTo(
      { ...check, payee: { addr: 'ramesh@ganga' } } as never,
      {
        result: 'FAILURE',
        errCode: 'U48',
      },
      'RespChkTxn',
    ) as Message<'RespChkTxn'>
    await deliver({ ...about, resp })
    expect(await see(asha, id)).toMatchObject({ status: 'failed', failure: { code: 'U48' } })
    expect(balanceOf(asha)).toBe(opened)
  })

  it('a check that could not be sent does not count and is sent when the network is back', async () => {
    onSwitch.down = true
    const { id, answered } = await payOut()
    await answered
    const txnId = `BHI${id.replaceAll('-', '')}`
    const openRow = async () => {
      const [row] = await setup.sql<{ tries: number }[]>`
        select tries from payment.open_payments where payment_id = ${id}`
      return row!
    }
    for (let i = 0; i < 6; i++) {
      setup.clock.advance(i === 0 ? 91_000 : 11_000)
      await setup.clock.sleep(150)
    }
    // A running round has not released its check yet.
    await setup.until(async () => (await openRow()).tries === 0)
    onSwitch.down = false
    setup.clock.advance(11_000)
    await setup.until(() => sentOf('ReqChkTxn', txnId).length === 1)
    expect((await openRow()).tries).toBe(1)
  })

  it('account silent when the outcome arrives: not acknowledged, pending, completed by a repetition', async () => {
    const { asha, id, answered } = await payOut()
    const request = await started(id)
    setup.account.transfers = 'answer-lost'
    const message = replyTo(request, { result: 'SUCCESS' })
    await expect(deliver(message)).rejects.toMatchObject({ code: 'timeout' })
    expect((await see(asha, id)).status).toBe('pending')
    setup.account.transfers = 'up'
    await deliver(message)
    expect((await see(asha, id)).status).toBe('settled')
    expect(balanceOf(asha)).toBe(opened - 500_00)
    await answered
  })

  it('a reply that is signed with another key, or of another transaction, is refused', async () => {
    const { asha, id, answered } = await payOut()
    const request = await started(id)
    const message = replyTo(request, { result: 'SUCCESS' })
    await expect(deliver(message, forger)).rejects.toMatchObject({ code: 'unauthenticated' })
    const params = { api: 'RespPay' as const, txnId: `BHI${setup.newId().replaceAll('-', '')}` }
    const call = setup.platform.as('gateway')(toPsp, { params, body: await sign(message) })
    await expect(call).rejects.toMatchObject({ code: 'request-invalid' })
    expect((await see(asha, id)).status).toBe('pending')
    await deliver(message)
    await answered
  })
})

describe('a message that does not match its payment', () => {
  it.each<[string, (message: Message<'RespPay'>) => Message]>([
    ['another RRN', (message) => ({ ...message, txn: { ...message.txn, custRef: '632799999999' } })],
    [
      'another amount',
      (message) => ({
        ...message,
        refs: [{ type: 'PAYEE', addr: 'ramesh@ganga', respCode: '00', settAmount: '5.00' }],
      }),
    ],
  ])('%s: acknowledged, and no money moves', async (_what, alter) => {
    const { asha, id, answered } = await payOut()
    const request = await started(id)
    const message = replyTo(request, { result: 'SUCCESS' }) as Message<'RespPay'>
    for (const result of ['SUCCESS', 'FAILURE', 'DEEMED'] as const)
      await deliver(alter({ ...message, resp: { ...message.resp, result, errCode: 'U17' } }))
    expect(await see(asha, id)).toMatchObject({ status: 'pending', pending: { reason: 'in-progress' } })
    expect(setup.holds.get(id)?.status).toBe('held')
    await deliver(message)
    expect((await answered).status).toBe('settled')
  })
})

describe('with an account at another bank', () => {
  it('the PIN block goes to the network unchanged, and nothing is held here', async () => {
    const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
    setup.parties.set(asha.vpa, { ...asha.party, bank: 'GANG', ifsc: 'GANG0000001', onUs: false })
    const answered = setup.payAs(asha, ravi, { id })
    const request = await started(id)
    expect(request.payer.creds).toEqual({ type: 'PIN', subType: 'MPIN', data: 'h.k.iv.1234.tag' })
    await deliver(replyTo(request, { result: 'SUCCESS' }))
    expect((await answered).status).toBe('settled')
    // The payee's side is ours as well, and gets a confirmation of the same outcome.
    await deliver(replyTo(request, { result: 'SUCCESS' }, 'ReqTxnConfirmation'))
    expect((await see(ravi, id)).direction).toBe('credit')
    expect(setup.holds.has(id)).toBe(false)
    expect(await setup.eventsOf(id)).toEqual(['payment.begun', 'payment.settled'])
  })
})
