// Mandates whose payer uses another app: our payee asks for one through the network, announces debits and makes them.
import type { Message } from '@bahi/contracts/network.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { listPayments } from '@bahi/contracts/payment.ts'
import { addDays } from '@bahi/contracts/recurrence.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { refusal, type TestPerson } from '../testing.ts'
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
const { show, revoke, present, debitOf, untilDebit, today, goTo } = tools
const payer = { vpa: 'ramesh@ganga' }
const noon = 14 * 60
let count = 0

const withTerms = async (terms: Partial<MandateTerms> = {}, shop = setup.newPerson()) => {
  const made = await tools.request(shop, payer, { terms })
  const txnId = `BHI${made.id.replaceAll('-', '')}`
  await setup.until(() => net.sentOf('ReqMandate', txnId).length > 0)
  return { shop, made, txnId, asked: net.sentOf('ReqMandate', txnId)[0] as Message<'ReqMandate'> }
}
function answerTo(
  { txn, head }: Message<'ReqMandate'>,
  code = '00',
  more: Partial<Message['txn']> = {},
  api: 'RespMandate' | 'RespChkTxn' = 'RespMandate',
): Message {
  const resp = {
    reqMsgId: head.msgId,
    ...(code === '00' ? ok : { result: 'FAILURE' as const, errCode: code }),
  }
  const about = { head: net.headOf(), resp, txn: { ...txn, ...more } }
  return (api === 'RespMandate' ? { api, ...about } : { api, ...about, refs: [] }) as Message
}
const ok = { result: 'SUCCESS' } as const
const newUmn = () => `${String(++count).padStart(32, 'e')}@ganga`
async function agreed(terms: Partial<MandateTerms> = {}) {
  const found = await withTerms(terms)
  await net.deliver(answerTo(found.asked, '00', { umn: newUmn() }))
  return { ...found, mandate: await show(found.shop, found.made) }
}
const notices = (txnId: string) =>
  net.sentOf('ReqMandate', txnId).filter(({ txn }) => txn.type === 'NOTIFY') as Message<'ReqMandate'>[]
async function noticeOf(txnId: string, nth = 1) {
  await setup.until(() => notices(txnId).length >= nth)
  return notices(txnId)[nth - 1]!
}
const collects = ({ umn }: MandateView) => net.sentAs('ReqPay').filter(({ txn }) => txn.umn === umn)
async function collectOf(mandate: MandateView, nth = 1) {
  await setup.until(() => collects(mandate).length >= nth)
  return collects(mandate)[nth - 1]!
}
/** Announced, taken by the payer's app, and at its time. */
async function presented(terms: Partial<MandateTerms> = {}) {
  const found = await agreed(terms)
  await present(found.shop, found.mandate, 1)
  await net.deliver(answerTo(await noticeOf(found.txnId)))
  goTo(addDays(today(), 2), noon)
  return { ...found, collect: await collectOf(found.mandate) }
}
function reported(
  { made, txnId, asked }: Awaited<ReturnType<typeof withTerms>>,
  type: 'UPDATE' | 'PAUSE' | 'UNPAUSE' | 'REVOKE',
  mandate: Message<'ReqMandateConfirmation'>['mandate'] = {},
  umn?: string,
): Message<'ReqMandateConfirmation'> {
  const terms = { ...made.terms, ...mandate.terms }
  const txn = { ...asked.txn, id: txnId, type, ...(umn ? { umn } : {}) }
  return { api: 'ReqMandateConfirmation', head: net.headOf(), txn, mandate: { ...mandate, terms } }
}
const paymentsOf = async (shop: TestPerson) =>
  (await tools.as(shop)(listPayments, { querystring: {} })).payments

describe('somebody with another app is asked for a mandate', () => {
  it('through the network, and it has the number that their app gives once they have agreed', async () => {
    const { shop, made, asked } = await withTerms()
    expect(made).toMatchObject({ status: 'requested', presentedBy: 'payee', payer: { name: 'Ramesh' } })
    expect(made.umn).toBeUndefined()
    expect(asked).toMatchObject({
      txn: { type: 'CREATE', expireAfter: 24 * 60 },
      payer: { addr: 'ramesh@ganga' },
      payee: { addr: shop.vpa, amount: { value: '500.00' } },
      mandate: { name: 'Newspaper', terms: made.terms },
    })
    await net.deliver(answerTo(asked, '00', { umn: `${made.id.replaceAll('-', '')}@bahi` }))
    await net.deliver(answerTo(asked, '00', { umn: newUmn(), custRef: '000000000001' }))
    expect((await show(shop, made)).status).toBe('requested')
    const umn = newUmn()
    await Promise.all([1, 2, 3].map(() => net.deliver(answerTo(asked, '00', { umn: umn.toUpperCase() }))))
    await net.deliver(answerTo(asked, 'ZA'))
    expect(await show(shop, made)).toMatchObject({ status: 'active', umn })
    expect(await setup.eventsOf(made.id)).toEqual(['payment.mandate-requested', 'payment.mandate-authorised'])
  })

  it.each([
    ['declined by them', 'ZA', 'declined'],
    ['not answered', 'U69', 'expired'],
    ['refused by their bank', 'ZH', 'failed'],
    ['of an outcome that nobody knows', 'U68', 'requested'],
  ] as const)('%s', async (_, code, status) => {
    const { shop, made, asked } = await withTerms()
    await net.deliver(answerTo(asked, code))
    expect((await show(shop, made)).status).toBe(status)
    // What was decided stays; what was not is decided by a check.
    const check = { umn: newUmn(), subType: 'CREATE', type: 'CHKTXN' } as const
    await net.deliver(answerTo(asked, '00', check, 'RespChkTxn'))
    expect((await show(shop, made)).status).toBe(status === 'requested' ? 'active' : status)
  })

  it('refused by the switch at once, or by our rules', async () => {
    const shop = setup.newPerson()
    const request = (terms: Partial<MandateTerms>, to = payer) => refusal(tools.request(shop, to, { terms }))
    expect(await request({ blockFunds: true, recurrence: 'ONETIME' })).toBe('request-invalid')
    expect(await request({}, { vpa: 'nobody@ganga' })).toBe('not-found')
    net.onSwitch.err = 'U17'
    const { made } = await withTerms({}, shop)
    await setup.until(async () => (await show(shop, made)).status === 'failed')
    expect(await show(shop, made)).toMatchObject({ code: 'U17' })
    delete net.onSwitch.err
    for (let n = 0; n < 3; n++) await withTerms({}, shop)
    expect(await request({})).toBe('rate-limited')
  })

  it('is not over by our clock: the network is asked', async () => {
    const { shop, made, txnId, asked } = await withTerms()
    setup.clock.advance(24 * 3_600_000 + 91_000)
    await setup.until(() => net.sentOf('ReqChkTxn', txnId).length > 0)
    expect(net.sentOf('ReqChkTxn', txnId)[0]!.txn).toMatchObject({
      subType: 'CREATE',
      custRef: asked.txn.custRef,
    })
    expect((await show(shop, made)).status).toBe('requested')
    await net.deliver(answerTo(asked, 'U69', { subType: 'CREATE', type: 'CHKTXN' }, 'RespChkTxn'))
    expect((await show(shop, made)).status).toBe('expired')
  })
})

describe('its debit', () => {
  it('is announced through their app, and made once under a transaction of ours', async () => {
    const { shop, mandate, txnId } = await agreed()
    expect(await refusal(present(setup.newPerson(), mandate, 1))).toBe('not-found')
    const debit = await present(shop, mandate, 1, { dueOn: addDays(today(), 1), note: 'June' })
    expect(await present(shop, mandate, 1, { dueOn: debit.dueOn, note: 'June' })).toEqual(debit)
    const notice = await noticeOf(txnId)
    expect(notice).toMatchObject({
      txn: { umn: mandate.umn, seqNum: 1, note: 'June' },
      payee: { amount: { value: '100.00' } },
      mandate: { dueOn: debit.dueOn },
    })
    setup.clock.advance(61_000)
    expect((await noticeOf(txnId, 2)).txn).toEqual(notice.txn)
    // The notice counts from when their app took it.
    setup.clock.advance(5 * 3_600_000)
    const takenAt = setup.clock.now().getTime()
    await net.deliver(answerTo(notice))
    await net.deliver(answerTo(notice))
    const { executeAt } = (await debitOf(shop, mandate))!
    expect(Date.parse(executeAt) - takenAt).toBeGreaterThanOrEqual(24 * 3_600_000)
    expect(collects(mandate)).toEqual([])
    goTo(addDays(today(), 2), noon)
    const collect = await collectOf(mandate)
    expect(collect).toMatchObject({
      txn: {
        type: 'COLLECT',
        umn: mandate.umn,
        seqNum: 1,
        initiationMode: '11',
        purpose: '14',
        expireAfter: 30,
      },
      payer: { addr: 'ramesh@ganga', amount: { value: '100.00' } },
      payee: { addr: shop.vpa, ac: { acnum: shop.party.accountRef } },
    })
    const success = () => net.deliver(net.replyTo(collect, ok))
    await Promise.all(Array.from({ length: 10 }, success))
    await net.deliver(net.replyTo(collect, { result: 'FAILURE', errCode: 'U30', respCode: 'Z9' }))
    const paid = await debitOf(shop, mandate)
    expect(paid).toMatchObject({ status: 'paid', attempts: 0 })
    expect(await paymentsOf(shop)).toMatchObject([
      {
        id: paid!.paymentId,
        txnId: collect.txn.id,
        status: 'settled',
        direction: 'credit',
        amountPaise: 100_00,
      },
    ])
    expect(await setup.eventsOf(mandate.id)).toEqual([
      ...['payment.mandate-requested', 'payment.mandate-authorised'],
      ...['payment.mandate-debit-announced', 'payment.mandate-debit-paid'],
    ])
  })

  it('that their app does not take is nothing, and its number is used again', async () => {
    const { shop, mandate, txnId } = await agreed()
    await present(shop, mandate, 1)
    await net.deliver(answerTo(await noticeOf(txnId), 'QH'))
    expect(await debitOf(shop, mandate)).toMatchObject({ status: 'failed', code: 'QH', attempts: 0 })
    expect((await present(shop, mandate, 1)).status).toBe('failed')
    expect(await present(shop, mandate, 1, { amountPaise: 90_00 })).toMatchObject({ status: 'planned' })
    expect((await noticeOf(txnId, 2)).payee.amount.value).toBe('90.00')
    expect(await refusal(present(shop, mandate, 1))).toBe('id-reused')
    // Nobody answers this one: its last day is over, and nothing was debited.
    goTo(addDays(mandate.terms.validTo, 1))
    await untilDebit(shop, mandate, 'failed')
    expect(collects(mandate)).toEqual([])
  })

  it('for which there is no money is tried four times at most, each under its own transaction', async () => {
    const { shop, mandate } = await presented()
    for (let nth = 1; nth <= 4; nth++) {
      const collect = await collectOf(mandate, nth)
      const failed = { result: 'FAILURE', errCode: 'U30', respCode: 'Z9' } as const
      await net.deliver(net.replyTo(collect, failed))
      await net.deliver(net.replyTo(collect, failed))
      expect(await debitOf(shop, mandate)).toMatchObject({ attempts: nth, code: 'Z9' })
      setup.clock.advance(24 * 3_600_000)
      if (nth < 4) goTo(today(), noon)
    }
    expect(await debitOf(shop, mandate)).toMatchObject({ status: 'failed' })
    expect(new Set(collects(mandate).map(({ txn }) => txn.id)).size).toBe(4)
    expect(await paymentsOf(shop)).toEqual([])
  })

  it('that failed, as the network said first, and then was made is paid and not tried again', async () => {
    const { shop, mandate, collect } = await presented()
    await net.deliver(net.replyTo(collect, { result: 'FAILURE', errCode: 'U30', respCode: 'Z9' }))
    expect(await debitOf(shop, mandate)).toMatchObject({ status: 'planned', attempts: 1 })
    await Promise.all([1, 2].map(() => net.deliver(net.replyTo(collect, ok))))
    const { paymentId } = (await debitOf(shop, mandate))!
    expect(await paymentsOf(shop)).toMatchObject([{ id: paymentId, txnId: collect.txn.id }])
    setup.clock.advance(24 * 3_600_000)
    goTo(today(), noon)
    await setup.until(async () => {
      const rows = await setup.sql`select from payment.due_work where kind = 'mandate-collect'`
      return rows.length === 0
    })
    expect(collects(mandate)).toHaveLength(1)
  })

  it.each([
    ['deemed', { result: 'DEEMED', errCode: 'RB' }],
    ['of a code that decides nothing', { result: 'FAILURE', errCode: 'U68' }],
  ] as const)('that is %s stays as it is until a check says what became of it', async (_, unknown) => {
    const { shop, mandate, collect } = await presented()
    await net.deliver(net.replyTo(collect, unknown))
    const { firstCheckAfterS } = networkRulesAt(setup.clock.now())
    setup.clock.advance(30 * 60_000 + firstCheckAfterS * 1_000 + 1)
    await setup.until(() => net.sentOf('ReqChkTxn', collect.txn.id).length > 0)
    expect(await debitOf(shop, mandate)).toMatchObject({ status: 'planned', attempts: 0 })
    const both = [ok, { result: 'FAILURE', errCode: 'U48' } as const]
    await Promise.all(both.map((one) => net.deliver(net.replyTo(collect, one, 'RespChkTxn'))))
    const { status, attempts } = (await debitOf(shop, mandate))!
    const checks = await setup.sql`select from payment.due_work where kind = 'mandate-collect-check'`
    expect([status, attempts < 2, checks.length]).toEqual(['paid', true, 0])
    expect([await paymentsOf(shop), collects(mandate)].map(({ length }) => length)).toEqual([1, 1])
  })

  it('that was sent to a network that did not answer is sent again as the same one', async () => {
    const { shop, mandate, txnId } = await agreed()
    /** Refusals now prove nothing: what was lost may have been taken. */
    const refusesAfterLosing = async (kind: string) => {
      await setup.until(async () => {
        const [row] = await setup.sql`select from payment.due_work where kind = ${kind} and attempts > 1`
        return row !== undefined
      })
      net.onSwitch.down = false
      net.onSwitch.err = 'U70'
      setup.clock.advance(600_000)
    }
    net.onSwitch.down = true
    await present(shop, mandate, 1)
    await refusesAfterLosing('mandate-notice')
    await noticeOf(txnId)
    setup.clock.advance(61_000)
    await net.deliver(answerTo(await noticeOf(txnId, 2)))
    net.onSwitch.down = true
    goTo(addDays(today(), 2), noon)
    await refusesAfterLosing('mandate-collect')
    const collect = await collectOf(mandate)
    expect(await debitOf(shop, mandate)).toMatchObject({ status: 'planned', attempts: 0 })
    await net.deliver(net.replyTo(collect, ok))
    await untilDebit(shop, mandate, 'paid')
  })
})

describe('what is changed', () => {
  it('by the payer is told by their app: the newest holds, in whichever order it comes', async () => {
    const found = await agreed()
    const { shop, mandate } = found
    await present(shop, mandate, 1, { dueOn: addDays(today(), 3) })
    await net.deliver(answerTo(await noticeOf(found.txnId)))
    const pause = { from: today(), until: addDays(today(), 3) }
    const terms = { ...mandate.terms, amountPaise: 400_00 }
    const older = reported(found, 'PAUSE', { pause })
    setup.clock.advance(1_000)
    const newer = reported(found, 'UPDATE', { terms, pause })
    await net.deliver(newer)
    await net.deliver(newer)
    await net.deliver(older)
    expect(await show(shop, mandate)).toMatchObject({ pause, terms: { amountPaise: 400_00 } })
    expect(await refusal(present(shop, mandate, 2, { amountPaise: 400_01 }))).toBe('request-invalid')
    goTo(addDays(today(), 3), noon)
    await tools.attempts(shop, mandate, 1)
    expect(await debitOf(shop, mandate)).toMatchObject({ status: 'planned', code: 'QA' })
    await net.deliver(reported(found, 'UNPAUSE', { terms }))
    expect((await show(shop, mandate)).pause).toBeUndefined()
    await net.deliver(reported(found, 'REVOKE'))
    expect(await show(shop, mandate)).toMatchObject({ status: 'revoked' })
    expect(await debitOf(shop, mandate)).toMatchObject({ status: 'skipped' })
    await net.deliver(reported(found, 'UPDATE', { terms: mandate.terms }))
    expect(await show(shop, mandate)).toMatchObject({ status: 'revoked', terms: { amountPaise: 400_00 } })
    expect(collects(mandate)).toEqual([])
    expect(await setup.eventsOf(mandate.id)).toEqual([
      ...['payment.mandate-requested', 'payment.mandate-authorised', 'payment.mandate-debit-announced'],
      ...['payment.mandate-updated', 'payment.mandate-paused', 'payment.mandate-debit-failed'],
      ...['payment.mandate-unpaused', 'payment.mandate-revoked', 'payment.mandate-debit-skipped'],
    ])
  })

  it('and ended holds, also when it was said before what we know', async () => {
    const found = await agreed()
    const ended = reported(found, 'REVOKE')
    setup.clock.advance(1_000)
    await net.deliver(reported(found, 'UPDATE', { terms: { ...found.mandate.terms, amountPaise: 400_00 } }))
    await net.deliver(ended)
    expect(await show(found.shop, found.mandate)).toMatchObject({ status: 'revoked' })
    expect(await refusal(present(found.shop, found.mandate, 1))).toBe('wrong-state')
  })

  it('before we know that they agreed says so too', async () => {
    const found = await withTerms()
    const umn = newUmn()
    await net.deliver(reported(found, 'REVOKE', {}, umn))
    await net.deliver(answerTo(found.asked, '00', { umn }))
    expect(await show(found.shop, found.made)).toMatchObject({ status: 'revoked', umn })
  })

  it('while a debit is being made leaves it to the network: the money that came is a payment', async () => {
    const found = await presented()
    await net.deliver(reported(found, 'REVOKE'))
    expect(await debitOf(found.shop, found.mandate)).toMatchObject({ status: 'planned' })
    await net.deliver(net.replyTo(found.collect, ok))
    expect(await debitOf(found.shop, found.mandate)).toMatchObject({ status: 'paid' })
    expect(await paymentsOf(found.shop)).toHaveLength(1)
  })

  it('by our payee ends with the answer of their app, which is asked until it comes', async () => {
    const { shop, mandate, txnId } = await agreed()
    const ends = () => net.sentOf('ReqMandate', txnId).filter(({ txn }) => txn.type === 'REVOKE')
    net.onSwitch.down = true
    expect(await revoke(shop, mandate)).toMatchObject({ status: 'active', operating: true })
    expect(await refusal(revoke(shop, mandate))).toBe('wrong-state')
    net.onSwitch.down = false
    setup.clock.advance(21_000)
    await setup.until(() => ends().length > 0)
    const answer = answerTo(ends()[0] as Message<'ReqMandate'>)
    await net.deliver(answer)
    await net.deliver(answer)
    expect(await show(shop, mandate)).toMatchObject({ status: 'revoked', operating: false })
    expect((await setup.eventsOf(mandate.id)).at(-1)).toBe('payment.mandate-revoked')
    expect(await refusal(present(shop, mandate, 1))).toBe('wrong-state')
  })

  it('by our payee is refused by the network at once, or over with its last day: nothing stays open', async () => {
    const { shop, mandate, txnId } = await agreed({ validTo: addDays(today(), 2) })
    net.onSwitch.err = 'U17'
    expect(await revoke(shop, mandate)).toMatchObject({ status: 'active', operating: false, code: 'U17' })
    delete net.onSwitch.err
    expect(await revoke(shop, mandate)).toMatchObject({ status: 'active', operating: true })
    const ends = () => net.sentOf('ReqMandate', txnId).filter(({ txn }) => txn.type === 'REVOKE')
    net.onSwitch.err = 'U17'
    setup.clock.advance(21_000)
    await setup.until(() => ends().length === 3)
    expect(await show(shop, mandate)).toMatchObject({ status: 'active', operating: true })
    delete net.onSwitch.err
    goTo(addDays(mandate.terms.validTo, 1), 1)
    await setup.until(async () => (await show(shop, mandate)).status === 'revoked')
    expect(await show(shop, mandate)).toMatchObject({ operating: false })
    const events = (await setup.eventsOf(mandate.id)).filter((type) => type === 'payment.mandate-revoked')
    expect(events).toHaveLength(1)
  })
})
