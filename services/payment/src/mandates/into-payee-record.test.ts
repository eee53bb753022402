// A mandate that a payee of ours asked for at another app, and that its payer, who is here too, moves here: it goes on
// in the payee's record.
import { mandateIdIn, umnOf } from '@bahi/contracts/umn.ts'
import { mandateRulesAt, withoutPinPaise } from '@bahi/contracts/mandate-rules.ts'
import { takeMandate } from '@bahi/contracts/mandates.ts'
import type { Message } from '@bahi/contracts/network.ts'
import type { Problem } from '@bahi/contracts/problem.ts'
import { addDays } from '@bahi/contracts/recurrence.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { goodPin, refusal, wrongPin } from '../testing.ts'
import { createSwitchTestSetup } from '../testing-switch.ts'
import { large, moveTools, noon, notThrough, ok, resolveAfterMs } from './testing-moves.ts'

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

const tools = moveTools(() => net)
const { as, today, goTo, show, present, debitOf, untilDebit, balanceOf, revoke, pause, unpause, create } =
  tools
const { given, portsOut, answerTo, notices, presented, noticed, take, sentence, collects } = tools
const { listOf, paymentsOf, closed, untilLookedAt } = tools
let count = 0

describe('a mandate of a payee of ours that its payer moves here', () => {
  it.each(['ours', 'another'] as const)(
    'goes on in the payee’s record, at a bank that is %s',
    async (bank) => {
      const one = await given(bank)
      const { shop, asha, mandate, umn, here } = one
      const { id } = mandate
      portsOut(await noticed(one, 1))
      const before = await show(shop, mandate)
      expect(await take(one, wrongPin)).toMatchObject({
        id,
        status: 'failed',
        code: 'ZM',
        direction: 'payer',
      })
      expect(await show(shop, mandate)).toEqual(before)
      expect([await refusal(show(asha, mandate)), await listOf(asha)]).toEqual(['not-found', []])
      const both = await Promise.all([take(one), take(one)])
      for (const each of both) expect(each).toMatchObject({ id, umn: here, direction: 'payer' })
      expect(await take(one, wrongPin)).toMatchObject({ id, status: 'active', umn: here })
      expect(await closed(2)).toEqual([
        [1, 'ZM'],
        [2, '00'],
      ])
      expect(net.otherApps.closed[1]).toMatchObject({ fromUmn: umn, toUmn: here })
      for (const [who, direction] of [
        [shop, 'payee'],
        [asha, 'payer'],
      ] as const)
        expect(await listOf(who)).toMatchObject([{ id, umn: here, direction, payer: { vpa: asha.vpa } }])
      // Its payee may know it by the number of before.
      expect(await present(shop, { id, umn }, 2)).toMatchObject({ status: 'planned' })
      expect(await present(shop, { id, umn: here }, 2)).toMatchObject({ status: 'planned' })
      expect(await refusal(present(shop, { id, umn: `${id.replaceAll('-', '')}@bahi` }, 3))).toBe('not-found')
      expect(await refusal(present(setup.newPerson(), { id, umn }, 3))).toBe('not-found')
      const [paid, got] = [balanceOf(asha), balanceOf(shop)]
      goTo(addDays(today(), 3), noon)
      if (bank === 'another') {
        await setup.until(() => net.sentAs('ReqPay').filter(({ txn }) => txn.umn === here).length === 2)
        for (const made of net.sentAs('ReqPay').filter(({ txn }) => txn.umn === here)) {
          expect(made).toMatchObject({ payer: { addr: asha.vpa }, payee: { addr: shop.vpa } })
          await net.deliver(net.replyTo(made, ok))
        }
      }
      for (const sequence of [1, 2]) await untilDebit(asha, mandate, 'paid', sequence)
      if (bank === 'ours') expect([balanceOf(asha), balanceOf(shop)]).toEqual([paid - 200_00, got + 200_00])
      const initiated = (await paymentsOf(asha)).map(({ direction, amountPaise }) => [direction, amountPaise])
      expect(initiated).toEqual([
        ['debit', 100_00],
        ['debit', 100_00],
      ])
      expect(collects(one)).toEqual([])
      expect(await setup.eventsOf(id)).toEqual([
        ...['payment.mandate-requested', 'payment.mandate-authorised', 'payment.mandate-debit-announced'],
        ...['payment.mandate-ported-in', 'payment.mandate-debit-announced'],
        ...['payment.mandate-debit-paid', 'payment.mandate-debit-paid'],
      ])
      // It is changed as any of theirs is, and nothing of it is told to another app.
      await pause(asha, mandate, today(), today())
      expect(await unpause(asha, mandate)).toMatchObject({ status: 'active', operating: false })
      expect(await revoke(asha, mandate)).toMatchObject({ status: 'revoked' })
      expect(await sentence(one)).toBe('the mandate is revoked')
      expect(net.sentOf('ReqMandateConfirmation', one.txnId)).toEqual([])
    },
  )

  it('is debited through the other app until it is decided, and here from then on', async () => {
    const one = await given()
    const { shop, asha, mandate, txnId } = one
    portsOut(await noticed(one, 1), await noticed(one, 2, large))
    setup.account.transfers = 'answer-lost'
    expect(await take(one)).toMatchObject({ status: 'requested', operating: true, direction: 'payer' })
    expect(await take(one)).toMatchObject({ status: 'requested', operating: true })
    expect(await show(shop, mandate)).toMatchObject({ status: 'active', operating: true, umn: one.umn })
    // Nothing is debited by anybody meanwhile, told to the app that ports it out, or received from it.
    await present(shop, mandate, 3)
    goTo(addDays(today(), 2), noon)
    await untilLookedAt('mandate-collect', (await debitOf(shop, mandate))!.id)
    expect([collects(one), notices(one).filter(({ txn }) => txn.seqNum === 3)]).toEqual([[], []])
    const { asked } = one
    const late = {
      ...{ api: 'ReqMandateConfirmation', head: net.headOf(), mandate: { terms: mandate.terms } },
      txn: { ...asked.txn, id: txnId, type: 'REVOKE', umn: one.umn },
    } as Message
    expect(await refusal(net.deliver(late))).toBe('unavailable')
    expect(await refusal(revoke(shop, mandate))).toBe('wrong-state')
    expect((await show(shop, mandate)).status).toBe('active')
    setup.account.transfers = 'up'
    setup.clock.advance(resolveAfterMs)
    await setup.until(async () => (await listOf(asha)).length === 1)
    expect(await closed(1)).toEqual([[1, '00']])
    // What is over the limit needs her PIN here.
    expect(await debitOf(asha, mandate, 2)).toMatchObject({ status: 'awaiting-approval' })
    await untilDebit(asha, mandate, 'paid')
    expect(await debitOf(asha, mandate, 3)).toMatchObject({ status: 'planned', attempts: 0 })
    const id = setup.newId()
    const origin = { kind: 'mandate' as const, id: (await debitOf(asha, mandate, 2))!.id }
    const initiation = { mode: '11' as const, purpose: '14' as const, origin }
    const { status, failure } = await setup.payAs(asha, shop, { id, initiation, amountPaise: large })
    expect([status, failure]).toEqual(['settled', undefined])
    goTo(addDays(today(), 2), noon)
    await untilDebit(asha, mandate, 'paid', 3)
    // What came late of the app of before changes nothing.
    await net.deliver(late)
    expect((await show(shop, mandate)).status).toBe('active')
    expect((await setup.eventsOf(mandate.id)).slice(4)).toEqual([
      ...['payment.mandate-ported-in', 'payment.mandate-debit-asked', 'payment.mandate-debit-announced'],
      ...['payment.mandate-debit-paid', 'payment.mandate-debit-paid', 'payment.mandate-debit-paid'],
    ])
  })

  it('stays as it was when the other app does not answer, or refuses, and is debited there', async () => {
    const one = await given('another')
    const { shop, mandate } = one
    const first = await noticed(one, 1)
    const before = await show(shop, mandate)
    net.otherApps.down = true
    expect(await take(one)).toMatchObject({ status: 'requested', operating: true })
    await present(shop, mandate, 2)
    setup.clock.advance(resolveAfterMs)
    expect(await closed(1)).toEqual([[1, 'XB']])
    net.otherApps.down = false
    await setup.until(async () => !(await show(shop, mandate)).operating)
    net.otherApps.portOut = { code: 'QC', lastSequence: 0, debits: [] }
    expect(await take(one)).toMatchObject({ status: 'failed', code: 'QC' })
    expect({ ...(await show(shop, mandate)), debits: [] }).toEqual({ ...before, debits: [] })
    setup.clock.advance(61_000)
    await setup.until(() => notices(one).some(({ txn }) => txn.seqNum === 2))
    goTo(addDays(today(), 2), noon)
    await setup.until(() => collects(one).length > 0)
    // While it is debited there it is not moved.
    portsOut(first)
    expect(await sentence(one)).toBe('it is being debited just now: look again shortly')
    await net.deliver(net.replyTo(collects(one)[0]!, notThrough))
    const noticedAt = setup.clock.now().toISOString()
    portsOut(first, { ...first, sequence: 2, noticedAt })
    expect(await take(one)).toMatchObject({ status: 'active' })
    // The network said first that it failed: the money came all the same, and is not debited here again.
    await net.deliver(net.replyTo(collects(one)[0]!, ok))
    expect(await debitOf(shop, mandate)).toMatchObject({ status: 'paid', attempts: 1 })
    expect(await paymentsOf(one.asha)).toEqual([])
    expect(await paymentsOf(shop)).toMatchObject([{ payer: { vpa: before.payer.vpa }, status: 'settled' }])
    expect(await debitOf(shop, mandate, 2)).toMatchObject({ status: 'planned' })
  })

  it('makes no debit that the other app does not hold open: its payer opted out of it there', async () => {
    const one = await given()
    const { shop, asha, mandate } = one
    const [, second, third, fourth] = [
      ...[await noticed(one, 1), await noticed(one, 2)],
      ...[await noticed(one, 3), await noticed(one, 4)],
    ]
    const earlier = addDays(third!.dueOn, -1)
    portsOut({ ...second!, amountPaise: 90_00 }, { ...third!, dueOn: earlier }, fourth!)
    expect(await take(one)).toMatchObject({ status: 'active' })
    const balance = balanceOf(asha)
    goTo(addDays(today(), 2), noon)
    await untilDebit(asha, mandate, 'paid', 4)
    const { debits } = await show(shop, mandate)
    expect(debits.map(({ sequence, status }) => [sequence, status])).toEqual([
      ...[
        [4, 'paid'],
        [3, 'skipped'],
        [2, 'skipped'],
        [1, 'skipped'],
      ],
    ])
    expect(balanceOf(asha)).toBe(balance - 100_00)
  })

  it.each([
    ['amount', { amountPaise: 1_00 }],
    ['day', { dueOn: '2026-01-01' }],
  ])('gives the notice of a debit whose number the other app knows with another %s', async (_, other) => {
    const one = await given()
    const { asha, mandate } = one
    const listed = await presented(one, 1)
    goTo(addDays(today(), 2), noon)
    portsOut({ ...listed, ...other })
    const tomorrow = setup.clock.now().getTime() + 24 * 3_600_000
    expect(await take(one)).toMatchObject({ status: 'active' })
    expect(Date.parse((await debitOf(asha, mandate))!.executeAt)).toBeGreaterThanOrEqual(tomorrow)
    expect(await setup.eventsOf(mandate.id)).toContain('payment.mandate-debit-announced')
  })

  it('needs no second answer of the other app, once the bank has been asked', async () => {
    const one = await given()
    const { asha, mandate } = one
    portsOut(await noticed(one, 1))
    setup.account.transfers = 'answer-lost'
    expect(await take(one)).toMatchObject({ status: 'requested' })
    setup.account.transfers = 'up'
    net.otherApps.down = true
    setup.clock.advance(resolveAfterMs)
    await setup.until(async () => (await listOf(asha)).length === 1)
    goTo(addDays(today(), 2), noon)
    await untilDebit(asha, mandate, 'paid')
  })

  it.each(['settles', 'fails'] as const)(
    'waits for its own payment, which %s, when late money comes',
    async (how) => {
      const one = await given('another')
      const { shop, asha, mandate, here } = one
      portsOut(await noticed(one, 1))
      goTo(addDays(today(), 2), noon)
      await setup.until(() => collects(one).length > 0)
      const [collect] = collects(one)
      await net.deliver(net.replyTo(collect!, notThrough))
      expect(await take(one)).toMatchObject({ status: 'active' })
      goTo(addDays(today(), 1), noon)
      const ours = () => net.sentAs('ReqPay').filter(({ txn }) => txn.umn === here)
      await setup.until(() => ours().length > 0)
      const late = () => net.deliver(net.replyTo(collect!, ok))
      expect(await refusal(late())).toBe('unavailable')
      expect(await debitOf(shop, mandate)).toMatchObject({ status: 'planned', attempts: 1 })
      await net.deliver(net.replyTo(ours()[0]!, how === 'settles' ? ok : notThrough))
      await late()
      await late()
      // What came beside a payment that has settled is none: reconciliation shows it to an operator.
      const { status, paymentId } = (await debitOf(shop, mandate))!
      const payer = { vpa: how === 'settles' ? asha.vpa : mandate.payer.vpa }
      expect(status).toBe('paid')
      expect(await paymentsOf(shop)).toMatchObject([{ id: paymentId, status: 'settled', payer }])
    },
  )

  it('is over when late money pays the one debit that it was for while it moves', async () => {
    const one = await given('another', { recurrence: 'ONETIME' })
    const { shop, asha, mandate } = one
    portsOut(await noticed(one, 1))
    goTo(addDays(today(), 2), noon)
    await setup.until(() => collects(one).length > 0)
    const [collect] = collects(one)
    await net.deliver(net.replyTo(collect!, notThrough))
    setup.account.transfers = 'answer-lost'
    expect(await take(one)).toMatchObject({ status: 'requested' })
    await net.deliver(net.replyTo(collect!, ok))
    expect(await show(shop, mandate)).toMatchObject({ status: 'completed', operating: true })
    setup.account.transfers = 'up'
    setup.clock.advance(resolveAfterMs)
    await setup.until(async () => (await listOf(asha)).length === 1)
    expect(await show(asha, mandate)).toMatchObject({ status: 'completed', operating: false })
  })

  it('has the numbers of before: one that the other app refused is used again', async () => {
    const one = await given()
    const { shop, asha, mandate } = one
    await present(shop, mandate, 1)
    await setup.until(() => notices(one).length > 0)
    await net.deliver(answerTo(notices(one)[0]!, 'QH'))
    expect(await take(one)).toMatchObject({ status: 'active' })
    expect(await debitOf(shop, mandate)).toMatchObject({ status: 'failed', attempts: 0 })
    expect(await present(shop, mandate, 1, { amountPaise: 90_00 })).toMatchObject({ status: 'planned' })
    expect(await refusal(present(shop, mandate, 1, { amountPaise: 80_00 }))).toBe('id-reused')
    goTo(addDays(today(), 2), noon)
    await untilDebit(asha, mandate, 'paid')
  })
})

describe('nobody moves', () => {
  it('one of somebody else, their own payee’s, one with reserved money, or one that was moved lately', async () => {
    const one = await given()
    const { shop, asha, mandate, umn } = one
    const ravi = setup.newPerson()
    const body = { payerVpa: asha.vpa, pin: goodPin }
    expect(await refusal(as(ravi)(takeMandate, { params: { umn }, body }))).toBe('not-found')
    expect(await refusal(as(shop)(takeMandate, { params: { umn }, body }))).toBe('not-found')
    // Who is shown it by the network all the same, of another number than the one that its payee knows.
    const [held] = net.otherApps.held
    const other = umnOf(setup.newId(), 'ganga')
    const guess = (number: string) =>
      as(ravi)(takeMandate, { params: { umn: number }, body: { ...body, payerVpa: ravi.vpa } }).then(
        () => 'taken',
        ({ message }: Problem) => message,
      )
    for (const number of [other, `${mandate.id.replaceAll('-', '')}@ganga`]) {
      net.otherApps.held = [{ ...held!, umn: number, accountRef: ravi.party.accountRef }]
      expect(await guess(number)).toMatch(/no such mandate|keeps such a mandate/)
    }
    net.otherApps.held = [{ ...held!, payee: { vpa: ravi.vpa, name: 'Ravi' } }]
    expect(await sentence(one)).toBe('its payee knows of no such mandate')
    net.otherApps.held = [{ ...held!, portableAfter: '2027-01-01T00:00:00.000Z' }]
    expect(await sentence(one)).toBe('it was moved lately: wait until 2027-01-01')
    net.otherApps.held = [{ ...held!, terms: { ...mandate.terms, blockFunds: true } }]
    expect(await sentence(one)).toMatch(/^money is reserved for it/)
    // Its number is nobody's else.
    const id = mandateIdIn(umn)!
    expect(await refusal(create(ravi, shop, { id }))).toMatch(/^id-/)
    net.otherApps.held = [held!]
    const again = () => as(shop)(takeMandate, { params: { umn }, body: { ...body, payerVpa: shop.vpa } })
    expect(await again().catch(({ message }: Problem) => message)).toMatch(/^you are its payee/)
    expect((await show(shop, mandate)).operating).toBe(false)
  })

  it('one that its payee ends at the same time, and what is here goes to no other app', async () => {
    const one = await given()
    const { shop, asha, mandate, here } = one
    const results = await Promise.allSettled([revoke(shop, mandate), take(one), take(one)])
    const after = await show(shop, mandate)
    const isHere = (await listOf(asha)).length === 1
    const [ended, ...taken] = results.map(({ status }) => status === 'fulfilled')
    expect(taken.includes(true)).toBe(isHere)
    if (isHere) expect(after.umn).toBe(here)
    else expect([after.umn, ended]).toEqual([one.umn, true])
    const kept = await given()
    await take(kept)
    const { txn } = kept.asked
    const amount = { curr: 'INR' as const, value: '500.00' }
    const party = { name: '', type: 'PERSON' as const, code: '0000', amount }
    const release = (payee: string) =>
      ({
        ...{ api: 'ReqAuthMandate', head: net.headOf(), mandate: { payerAddr: 'asha@kaveri' } },
        txn: { ...txn, id: `GNG${String(++count).padStart(32, 'b')}`, type: 'PORT', umn: kept.here },
        ...{ payer: { ...party, addr: kept.asha.vpa }, payee: { ...party, addr: payee } },
      }) as Message<'ReqAuthMandate'>
    for (const [payee, code] of [
      [kept.shop.vpa, 'XB'],
      ['ramesh@ganga', 'VF'],
    ] as const) {
      const message = release(payee)
      await net.deliver(message)
      await setup.until(() => net.sentOf('RespAuthMandate', message.txn.id).length > 0)
      const [answer] = net.sentOf('RespAuthMandate', message.txn.id) as Message<'RespAuthMandate'>[]
      expect(answer!.resp.errCode).toBe(code)
    }
    expect(await show(kept.asha, kept.mandate)).toMatchObject({ status: 'active', umn: kept.here })
  })
})

it('the amount that needs the PIN is over the limit', () => {
  expect(large).toBeGreaterThan(withoutPinPaise(mandateRulesAt(setup.clock.now()), '0000'))
})
