// Mandates through the network: somebody with another app asks our payer for one, announces its debits and makes them.
import type { Message } from '@bahi/contracts/network.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { listMandates, type MandateView } from '@bahi/contracts/mandates.ts'
import { listPayments } from '@bahi/contracts/payment.ts'
import { blockPerson } from '@bahi/contracts/people.ts'
import { addDays } from '@bahi/contracts/recurrence.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { goodPin, refusal, wrongPin, type TestPerson } from '../testing.ts'
import { createSwitchTestSetup } from '../testing-switch.ts'
import { mandateTools } from './testing.ts'

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

const tools = mandateTools(() => setup)
const { approve, decline, show, pause, revoke, skip, debitOf, untilDebit, balanceOf, today, goTo, termsOf } =
  tools
const opened = 10_00_000_00
let count = 0
const txnOf = (type: Message['txn']['type'], more: object = {}): Message['txn'] => ({
  ...{ id: `GNG${String(++count).padStart(32, 'a')}`, custRef: String(count).padStart(12, '8') },
  ...{ ts: setup.clock.now().toISOString(), type, ...more },
})
const partiesOf = (asha: TestPerson, value: string) => {
  const amount = { curr: 'INR' as const, value }
  return {
    payer: { addr: asha.vpa, name: '', type: 'PERSON' as const, code: '0000', amount },
    payee: { addr: 'ramesh@ganga', name: 'Free prizes', type: 'PERSON' as const, code: '0000', amount },
  }
}
type About = { umn?: string; seqNum?: number }
const about = (type: 'CREATE' | 'NOTIFY' | 'REVOKE', asha: TestPerson, txn: About = {}, more = {}) =>
  ({
    ...{ api: 'ReqAuthMandate', head: net.headOf(), txn: txnOf(type, txn), mandate: {} },
    ...{ ...partiesOf(asha, '100.00'), ...more },
  }) as Message<'ReqAuthMandate'>
async function answerTo({ txn }: Message, api: 'RespAuthMandate' | 'RespAuthDetails' = 'RespAuthMandate') {
  await setup.until(() => net.sentOf(api, txn.id).length > 0)
  return net.sentOf(api, txn.id)[0] as Message<'RespAuthMandate' | 'RespAuthDetails'>
}
const codeOf = async (message: Message, api?: 'RespAuthDetails') =>
  (await answerTo(message, api)).resp.errCode

async function ask(terms: Partial<MandateTerms> = {}, asha = setup.newPerson()) {
  const request = about('CREATE', asha, {}, { mandate: { name: 'Music', terms: termsOf(terms) } })
  await net.deliver(request)
  await net.deliver(request)
  const { mandates } = await tools.as(asha)(listMandates, { querystring: {} })
  return { asha, request, mandate: mandates[0]! }
}
async function agreed(terms: Partial<MandateTerms> = {}) {
  const asked = await ask(terms)
  await approve(asked.asha, asked.mandate)
  return asked
}
async function announce(asha: TestPerson, { umn }: MandateView, seqNum: number, value = '100.00', after = 2) {
  const dueOn = addDays(today(), after)
  const notice = about('NOTIFY', asha, { umn, seqNum }, { ...partiesOf(asha, value), mandate: { dueOn } })
  await net.deliver(notice)
  return { dueOn, code: (await codeOf(notice)) ?? '00' }
}
function debitOrder(
  asha: TestPerson,
  { umn }: MandateView,
  seqNum: number,
  value = '100.00',
  expireAfter = 30,
) {
  const txn = txnOf('COLLECT', { umn, seqNum, expireAfter, initiationMode: '11', purpose: '14' })
  const message = { api: 'ReqAuthDetails', head: net.headOf(), txn, ...partiesOf(asha, value) }
  return message as Message<'ReqAuthDetails'>
}
async function makeDebit(asha: TestPerson, mandate: MandateView, seqNum: number, value = '100.00') {
  const order = debitOrder(asha, mandate, seqNum, value)
  await net.deliver(order)
  return { order, answer: (await answerTo(order, 'RespAuthDetails')) as Message<'RespAuthDetails'> }
}

describe('somebody with another app asks for a mandate', () => {
  it('which is agreed to with the PIN, and told with its number', async () => {
    const { asha, request, mandate } = await ask()
    const payee = { vpa: 'ramesh@ganga', name: 'Ramesh' }
    expect(mandate).toMatchObject({ status: 'requested', presentedBy: 'payee', payee, name: 'Music' })
    await approve(asha, mandate, wrongPin)
    expect(net.sentOf('RespAuthMandate', request.txn.id)).toEqual([])
    expect(await approve(asha, mandate)).toMatchObject({ status: 'active' })
    expect(await answerTo(request)).toMatchObject({
      txn: { umn: mandate.umn },
      resp: { reqMsgId: request.head.msgId, result: 'SUCCESS' },
    })
    expect(await setup.eventsOf(mandate.id)).toEqual([
      'payment.mandate-requested',
      'payment.mandate-authorised',
    ])
  })

  it('which is declined, or not answered in time', async () => {
    const first = await ask()
    await decline(first.asha, first.mandate)
    expect(await codeOf(first.request)).toBe('ZA')
    const { asha, mandate, request } = await ask()
    setup.clock.advance(Date.parse(mandate.expiresAt!) - setup.clock.now().getTime() + 1)
    await setup.until(async () => (await show(asha, mandate)).status === 'expired')
    expect(await codeOf(request)).toBe('U69')
  })

  it('which is refused at once: by whom it is, for whom, and what for', async () => {
    const blocker = setup.newPerson()
    const { mandate } = await ask({}, blocker)
    await tools.as(blocker)(blockPerson, { params: { vpa: mandate.payee.vpa } })
    const asha = setup.newPerson()
    const wanted = { name: 'Music', terms: termsOf() }
    const cases: [string, Message<'ReqAuthMandate'>][] = [
      ['ZG', about('CREATE', blocker, {}, { mandate: wanted })],
      ['ZH', about('CREATE', { ...asha, vpa: 'nobody@bahi' }, {}, { mandate: wanted })],
      ['ZD', about('CREATE', asha)],
      [
        'ZD',
        about('CREATE', asha, {}, { mandate: { ...wanted, terms: termsOf({ validTo: '2020-01-01' }) } }),
      ],
      ['ZD', about('CREATE', asha, {}, { mandate: { ...wanted, terms: termsOf({ blockFunds: true }) } })],
      ['VF', about('REVOKE', asha, { umn: mandate.umn!.replace(/^./, 'f') })],
    ]
    for (const [code, message] of cases) {
      await net.deliver(message)
      expect(await codeOf(message)).toBe(code)
    }
    for (let n = 0; n < 3; n++) await ask({}, asha)
    const fourth = about('CREATE', asha, {}, { mandate: wanted })
    await net.deliver(fourth)
    expect(await codeOf(fourth)).toBe('Z7')
  })
})

describe('its debit', () => {
  it('is announced, made once on its day under the transaction of the payee’s app, and settled', async () => {
    const { asha, mandate } = await agreed()
    expect((await announce(asha, mandate, 1)).code).toBe('00')
    expect((await announce(asha, mandate, 1)).code).toBe('00')
    expect((await announce(asha, mandate, 1, '99.00')).code).toBe('U01')
    expect((await makeDebit(asha, mandate, 1)).answer.resp.errCode).toBe('QR')
    goTo(addDays(today(), 2), 14 * 60)
    expect((await makeDebit(asha, mandate, 1, '99.00')).answer.resp.errCode).toBe('QH')
    const { order, answer } = await makeDebit(asha, mandate, 1)
    await net.deliver(order)
    expect(answer).toMatchObject({
      txn: { id: order.txn.id, custRef: order.txn.custRef, type: 'COLLECT' },
      resp: { reqMsgId: order.head.msgId, result: 'SUCCESS' },
      payer: { ac: { acnum: asha.party.accountRef }, creds: { type: 'PreApproved' } },
    })
    expect(balanceOf(asha)).toBe(opened - 100_00)
    expect((await makeDebit(asha, mandate, 1)).answer.resp.errCode).toBe('U01')
    await net.deliver(net.replyTo(order, { result: 'SUCCESS' }, 'ReqTxnConfirmation'))
    await untilDebit(asha, mandate, 'paid')
    expect(net.sentOf('RespAuthDetails', order.txn.id)).toHaveLength(1)
    expect((await makeDebit(asha, mandate, 1)).answer.resp.errCode).toBe('QB')
    const { payments } = await tools.as(asha)(listPayments, { querystring: {} })
    expect(payments).toMatchObject([{ txnId: order.txn.id, status: 'settled', amountPaise: 100_00 }])
    expect(balanceOf(asha)).toBe(opened - 100_00)
  })

  it('that the network declines is given back, and made again by another transaction', async () => {
    const { asha, mandate } = await agreed()
    await announce(asha, mandate, 1)
    goTo(addDays(today(), 2), 14 * 60)
    const first = await makeDebit(asha, mandate, 1)
    expect(balanceOf(asha)).toBe(opened - 100_00)
    const failed = { result: 'FAILURE', errCode: 'U31', respCode: 'Y1' } as const
    await net.deliver(net.replyTo(first.order, failed, 'ReqTxnConfirmation'))
    await tools.attempts(asha, mandate, 1)
    expect(balanceOf(asha)).toBe(opened)
    expect(await debitOf(asha, mandate)).toMatchObject({ status: 'planned', attempts: 1, code: 'Y1' })
    const second = await makeDebit(asha, mandate, 1)
    expect(second.answer.resp.result).toBe('SUCCESS')
    await net.deliver(net.replyTo(second.order, { result: 'SUCCESS' }, 'ReqTxnConfirmation'))
    await untilDebit(asha, mandate, 'paid')
    expect(balanceOf(asha)).toBe(opened - 100_00)
  })

  it('for which there is no money is refused, four times at most', async () => {
    const { asha, mandate } = await agreed()
    await announce(asha, mandate, 1)
    goTo(addDays(today(), 2), 14 * 60)
    setup.balances.set(asha.party.accountId, 1_00)
    for (let n = 1; n <= 4; n++)
      expect((await makeDebit(asha, mandate, 1)).answer.resp).toMatchObject({
        result: 'FAILURE',
        errCode: 'Z9',
      })
    expect(await debitOf(asha, mandate)).toMatchObject({ status: 'failed', attempts: 4 })
    expect((await makeDebit(asha, mandate, 1)).answer.resp.errCode).toBe('QD')
    expect(balanceOf(asha)).toBe(1_00)
  })

  it('is not made against the terms, without notice, in peak hours, or after the payer opted out', async () => {
    const { asha, mandate, request } = await agreed()
    const reported = () => net.sentOf('ReqMandateConfirmation', request.txn.id).map(({ txn }) => txn.type)
    expect((await announce(asha, mandate, 1, '500.01')).code).toBe('QH')
    expect((await announce(asha, mandate, 2)).code).toBe('QR')
    expect((await announce(asha, mandate, 1, '100.00', 99)).code).toBe('QR')
    expect((await makeDebit(asha, mandate, 1)).answer.resp.errCode).toBe('QR')
    const { dueOn } = await announce(asha, mandate, 1)
    await announce(asha, mandate, 2)
    await skip(asha, mandate, 1)
    goTo(dueOn, 11 * 60)
    expect((await makeDebit(asha, mandate, 2)).answer.resp.errCode).toBe('QR')
    goTo(dueOn, 14 * 60)
    expect((await makeDebit(asha, mandate, 1)).answer.resp.errCode).toBe('ZA')
    await pause(asha, mandate, today(), today())
    expect((await makeDebit(asha, mandate, 2)).answer.resp.errCode).toBe('QA')
    await revoke(asha, mandate)
    expect((await announce(asha, mandate, 3)).code).toBe('QC')
    await setup.until(() => reported().length === 2)
    expect(reported()).toEqual(['PAUSE', 'REVOKE'])
    expect(balanceOf(asha)).toBe(opened)
  })

  it('that its payee’s app never makes is given up, and the mandate ended by its payee', async () => {
    const { asha, mandate } = await agreed()
    await announce(asha, mandate, 1)
    goTo(addDays(today(), 9))
    await untilDebit(asha, mandate, 'failed')
    const end = about('REVOKE', asha, { umn: mandate.umn })
    await net.deliver(end)
    await net.deliver(end)
    expect((await answerTo(end)).resp.result).toBe('SUCCESS')
    expect((await show(asha, mandate)).status).toBe('revoked')
  })

  it('above the limit is asked of the payer, who approves it with the PIN while the network waits, once', async () => {
    const { asha, mandate } = await agreed({ amountPaise: 50_000_00 })
    const value = '15000.01'
    const amountPaise = 15_000_01
    const ask = async (seqNum: number) => {
      const order = debitOrder(asha, mandate, seqNum, value, 24 * 60)
      await net.deliver(order)
      await net.deliver(order)
      return order
    }
    const approve = async (seqNum: number, pin = goodPin) => {
      const { id } = (await debitOf(asha, mandate, seqNum))!
      const initiation = { mode: '11', purpose: '14', origin: { kind: 'mandate', id } } as const
      return setup.payAs(asha, mandate.payee, { amountPaise, initiation, pin })
    }
    const answers = ({ txn }: Message) =>
      net.sentOf('RespAuthDetails', txn.id) as Message<'RespAuthDetails'>[]
    const until = async (seqNum: number) => (await debitOf(asha, mandate, seqNum))!.approvableUntil
    for (const seqNum of [1, 2, 3]) expect((await announce(asha, mandate, seqNum, value)).code).toBe('00')
    expect(await debitOf(asha, mandate)).toMatchObject({ status: 'awaiting-approval' })
    expect([await until(1), await refusal(approve(1))]).toEqual([undefined, 'wrong-state'])
    // Peak hours are for debits without PIN.
    goTo(addDays(today(), 2), 11 * 60)
    const first = await ask(1)
    expect(await until(1)).toBe(new Date(Date.parse(first.txn.ts) + 24 * 3_600_000).toISOString())
    expect(await approve(1, wrongPin)).toMatchObject({ status: 'failed' })
    expect(answers(first)).toEqual([])
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => approve(1)))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(answers(first)).toMatchObject([
      { resp: { reqMsgId: first.head.msgId, result: 'SUCCESS' }, payer: { creds: { type: 'PreApproved' } } },
    ])
    await net.deliver(net.replyTo(first, { result: 'SUCCESS' }, 'ReqTxnConfirmation'))
    await untilDebit(asha, mandate, 'paid')
    expect(balanceOf(asha)).toBe(opened - amountPaise)
    // The network declines what was approved: it is given back, and asked for by another transaction.
    const second = await ask(2)
    await approve(2)
    const declined = { result: 'FAILURE', errCode: 'U31', respCode: 'Y1' } as const
    await net.deliver(net.replyTo(second, declined, 'ReqTxnConfirmation'))
    await setup.until(() => balanceOf(asha) === opened - amountPaise)
    await setup.until(async () => (await debitOf(asha, mandate, 2))?.attempts === 1)
    expect(await refusal(approve(2))).toBe('wrong-state')
    const again = await ask(2)
    await skip(asha, mandate, 2)
    expect(await codeOf(again, 'RespAuthDetails')).toBe('ZA')
    // Nobody answers the third one in its time.
    const third = await ask(3)
    setup.clock.advance(24 * 3_600_000 + 1_000)
    expect(await codeOf(third, 'RespAuthDetails')).toBe('U69')
    await setup.until(async () => (await debitOf(asha, mandate, 3))?.attempts === 1)
    await net.deliver(net.replyTo(third, { result: 'FAILURE', errCode: 'U69' }, 'ReqTxnConfirmation'))
    expect(await debitOf(asha, mandate, 3)).toMatchObject({ status: 'awaiting-approval', attempts: 1 })
    expect(await until(3)).toBeUndefined()
    await setup.until(async () => (await setup.inconsistencies()).length === 0)
    expect(balanceOf(asha)).toBe(opened - amountPaise)
    const asked = (await setup.eventsOf(mandate.id)).filter((type) => type === 'payment.mandate-debit-asked')
    expect(asked).toHaveLength(4)
  })

  it('20 orders at the same time are one debit', async () => {
    const { asha, mandate } = await agreed()
    await announce(asha, mandate, 1)
    goTo(addDays(today(), 2), 14 * 60)
    const orders = Array.from({ length: 20 }, () => debitOrder(asha, mandate, 1))
    await Promise.all(orders.map((order) => net.deliver(order)))
    const answers = await Promise.all(orders.map((order) => answerTo(order, 'RespAuthDetails')))
    const taken = answers.filter(({ resp }) => resp.result === 'SUCCESS')
    expect(taken).toHaveLength(1)
    expect(balanceOf(asha)).toBe(opened - 100_00)
    const order = orders.find(({ txn }) => txn.id === taken[0]!.txn.id)!
    await net.deliver(net.replyTo(order, { result: 'SUCCESS' }, 'ReqTxnConfirmation'))
    await untilDebit(asha, mandate, 'paid')
  })
})

describe('our payer makes a mandate for somebody with another app', () => {
  async function made(terms: Partial<MandateTerms> = {}) {
    const asha = setup.newPerson()
    const mandate = await tools.create(asha, { vpa: 'ramesh@ganga' }, { terms })
    const txnId = `BHI${mandate.id.replaceAll('-', '')}`
    const offers = () => net.sentOf('ReqMandate', txnId) as Message<'ReqMandate'>[]
    await setup.until(() => offers().length > 0)
    return { asha, mandate, txnId, offers }
  }
  const answerOf = ({ head, txn }: Message<'ReqMandate'>, errCode?: string, otherwise = 'FAILURE') => {
    const result = errCode === undefined ? { result: 'SUCCESS' } : { result: otherwise, errCode }
    return {
      api: 'RespMandate',
      head: net.headOf(),
      txn,
      resp: { reqMsgId: head.msgId, ...result },
    } as Message
  }

  it('which their app is offered until it answers, and whose changes it is told', async () => {
    const { asha, mandate, txnId, offers } = await made()
    expect(mandate).toMatchObject({ status: 'active', presentedBy: 'payee' })
    expect(offers()[0]).toMatchObject({
      txn: { type: 'CREATE', umn: mandate.umn },
      ...{ payer: { addr: asha.vpa }, payee: { addr: 'ramesh@ganga' } },
      mandate: { name: 'Newspaper', terms: mandate.terms },
    })
    setup.clock.advance(61_000)
    await setup.until(() => offers().length === 2)
    await Promise.all([1, 2].map(() => net.deliver(answerOf(offers()[0]!))))
    setup.clock.advance(120_000)
    const pausing = { from: today(), until: today() }
    await tools.update(asha, mandate, 400_00, mandate.terms.validTo)
    await pause(asha, mandate, pausing.from, pausing.until)
    await tools.unpause(asha, mandate)
    await revoke(asha, mandate)
    const changes = () => net.sentOf('ReqMandateConfirmation', txnId) as Message<'ReqMandateConfirmation'>[]
    await setup.until(() => changes().length === 4)
    expect(
      changes()
        .map(({ txn }) => txn.type)
        .sort(),
    ).toEqual(['PAUSE', 'REVOKE', 'UNPAUSE', 'UPDATE'])
    expect(changes().every(({ txn }) => txn.umn === mandate.umn)).toBe(true)
    expect(offers()).toHaveLength(2)
  })

  it('which their app does not take, and it ends in their name, once', async () => {
    const { asha, mandate, offers } = await made()
    const refused = answerOf(offers()[0]!, 'ZA')
    await net.deliver({ ...refused, txn: { ...refused.txn, custRef: '000000000001' } })
    // Neither decides anything: it is offered again.
    await net.deliver(answerOf(offers()[0]!, 'U68'))
    await net.deliver(answerOf(offers()[0]!, 'U68', 'PENDING'))
    expect((await show(asha, mandate)).status).toBe('active')
    await Promise.allSettled([1, 2, 3].map(() => net.deliver(refused)))
    await setup.until(async () => (await show(asha, mandate)).status === 'revoked')
    expect(await setup.eventsOf(mandate.id)).toEqual([
      'payment.mandate-authorised',
      'payment.mandate-revoked',
    ])
    setup.clock.advance(2 * 86_400_000)
    expect((await show(asha, mandate)).debits).toEqual([])
  })

  it('of which they present the debits, or the platform does by its terms', async () => {
    const { asha, mandate, offers } = await made()
    await net.deliver(answerOf(offers()[0]!))
    expect((await announce(asha, mandate, 1)).code).toBe('00')
    goTo(addDays(today(), 2), 14 * 60)
    const { order, answer } = await makeDebit(asha, mandate, 1)
    expect(answer.resp.result).toBe('SUCCESS')
    await net.deliver(net.replyTo(order, { result: 'SUCCESS' }, 'ReqTxnConfirmation'))
    await untilDebit(asha, mandate, 'paid')
    const planned = await made({ amountRule: 'EXACT', recurrence: 'DAILY' })
    expect(planned.mandate.presentedBy).toBe('platform')
    expect((await announce(planned.asha, planned.mandate, 1, '500.00')).code).toBe('QR')
    const end = about('REVOKE', planned.asha, { umn: planned.mandate.umn! })
    await net.deliver(end)
    expect((await answerTo(end)).resp.result).toBe('SUCCESS')
    expect((await show(planned.asha, planned.mandate)).status).toBe('revoked')
  })
})
