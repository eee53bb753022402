// Stories across banks, over HTTP: out to another bank, in from one, with an account there, and what goes wrong.
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { listPayments, showPayment } from '@bahi/contracts/payment.ts'
import { readQr, vpaQr } from '@bahi/contracts/qr.ts'
import { declineRequest, listRequests, makeRequest, showRequest } from '@bahi/contracts/requests.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import {
  answerFromOutside,
  openAccount,
  payFromOutside,
  requestFromOutside,
  signCode,
} from '@bahi/contracts/sandbox.ts'
import { pathOf } from '@bahi/contracts/call.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { systemClock, type Clock } from '@bahi/kit/clock.ts'
import { pay, showBalance, type Customer } from '@bahi/platform/api-client.ts'
import { check } from '@bahi/platform/checker/check.ts'
import { mandateMovedHere } from './mandate-moved-here.ts'
import { mandateStories } from './mandate-stories.ts'
import { mandateStoriesAcrossApps } from './mandates-across-apps.ts'
import { paidFromOutside } from './paid-from-outside.ts'
import { startPlatform, type RunningPlatform } from '@bahi/platform/testing-platform.ts'

const opened = 10_000_00
/** The network's waiting times, ninety seconds to the first check above all, pass thirty times faster. */
/** The shortest time that an answer may take is two seconds then, which a busy machine keeps. */
const timeScale = '5'

/** Days pass at once, for all services. */
let aheadMs = 0
const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + aheadMs) }

let platform: RunningPlatform
let asha: Customer
let ravi: Customer
let meera: Customer
let nila: Customer
let mohan: Customer
let ramesh: string

beforeAll(async () => {
  platform = await startPlatform(inject('postgresUrl'), { BAHI_NETWORK_TIME_SCALE: timeScale }, { clock })
  ;[asha, ravi, meera, nila, mohan] = await Promise.all([
    platform.customer(opened),
    platform.customer(opened),
    platform.customer(opened, 'GANG'),
    platform.customer(50_000_00, 'GANG'),
    platform.customer(50_000_00),
  ])
  const body = { phone: '+919811111111', bank: 'GANG', balancePaise: opened, name: 'Ramesh' }
  ramesh = (await asha.call(openAccount, { body })).vpa!
}, 120_000)
afterEach(async () => {
  expect(await platform.bookFaults()).toEqual([])
  const isQuiescent = async () => {
    const [row] = await platform.admin<{ count: number }[]>`select count(*) from payment.open_payments`
    expect(Number(row!.count)).toBe(0)
  }
  await vi.waitFor(isQuiescent, { interval: 200 })
  await vi.waitFor(
    async () => {
      await platform.settle()
      expect(await check(platform.admin, { quiescent: true })).toEqual([])
    },
    { interval: 500 },
  )
})
afterAll(() => platform.stop())

/** @param everyMs by which the clock moves on at each look: for what waits for the network's times to be over */
const final = (payer: Customer, { id }: PaymentView, everyMs = 0) =>
  vi.waitFor(
    async () => {
      aheadMs += everyMs
      const payment = await payer.call(showPayment, { params: { id } })
      expect(payment.status).not.toBe('pending')
      return payment
    },
    { interval: 200 },
  )

describe('from our bank to another one', () => {
  it('is paid, with messages and a balance that show it', async () => {
    const before = await showBalance(asha)
    const payment = await pay(asha, { payeeVpa: ramesh, amountPaise: 250_00, note: 'Mangoes' })
    expect(payment).toMatchObject({ status: 'settled', payee: { vpa: ramesh, name: 'Ramesh' } })
    expect(await showBalance(asha)).toBe(before - 250_00)
  })

  it.each([
    ['ok@sandbox', 'settled', undefined],
    ['declined.yf@sandbox', 'failed', 'YF'],
    ['twice@sandbox', 'settled', undefined],
    ['offline@sandbox', 'failed', undefined],
  ])('%s: %s', async (payeeVpa, status, code) => {
    const before = await showBalance(asha)
    const payment = await final(asha, await pay(asha, { payeeVpa, amountPaise: 100_00 }))
    expect(payment.status).toBe(status)
    if (code) expect(payment.failure?.code).toBe(code)
    expect(await showBalance(asha)).toBe(status === 'settled' ? before - 100_00 : before)
  })

  it.each([
    ['timeout@sandbox', 'settled'],
    ['silent@sandbox', 'failed'],
    ['late@sandbox', 'settled'],
    ['deemed@sandbox', 'settled'],
    ['returned@sandbox', 'failed'],
  ])('%s: pending first, with the money safe, then %s', async (payeeVpa, status) => {
    const before = await showBalance(asha)
    const payment = await pay(asha, { payeeVpa, amountPaise: 100_00 })
    if (payment.status === 'pending') {
      expect(payment.pending?.message).toContain('safe')
      expect(payment.failure).toBeUndefined()
    }
    const ended = await final(asha, payment, 1_000)
    expect(ended.status).toBe(status)
    expect(await showBalance(asha)).toBe(status === 'settled' ? before - 100_00 : before)
  })

  it('an unknown UPI ID is refused at once', async () => {
    const payment = await pay(asha, { payeeVpa: 'nobody.at.all@ganga', amountPaise: 100 })
    expect(payment).toMatchObject({ status: 'failed', failure: { code: 'ZH' } })
  })
})

describe('in from another app', () => {
  it('reaches our account, and its owner sees it from whom', async () => {
    const before = await showBalance(ravi)
    const body = { payerVpa: ramesh, payeeVpa: ravi.vpa, amountPaise: 42_00, note: 'Thanks' }
    const { payment: seen } = await paidFromOutside(platform, ravi, body)
    expect(seen).toMatchObject({ status: 'settled', payer: { vpa: ramesh, name: 'Ramesh' }, note: 'Thanks' })
    expect(await showBalance(ravi)).toBe(before + 42_00)
  })
})

describe('with an account at another bank', () => {
  it('the bank there checks the PIN and the balance', async () => {
    expect(await showBalance(meera)).toBe(opened)
    const payment = await final(meera, await pay(meera, { payeeVpa: ravi.vpa, amountPaise: 75_00 }))
    expect(payment.status).toBe('settled')
    expect(await showBalance(meera)).toBe(opened - 75_00)
    const wrong = await final(
      meera,
      await pay(meera, { payeeVpa: ravi.vpa, amountPaise: 75_00, pin: '9999' }),
    )
    expect(wrong).toMatchObject({ status: 'failed', failure: { code: 'ZM' } })
    const more = await final(meera, await pay(meera, { payeeVpa: ravi.vpa, amountPaise: 4_000_00 }))
    expect(more.status).toBe('settled')
    expect(await showBalance(meera)).toBe(opened - 75_00 - 4_000_00)
  })

  it('from there to a third bank, without a loss', async () => {
    const payment = await final(meera, await pay(meera, { payeeVpa: ramesh, amountPaise: 10_00 }))
    expect(payment.status).toBe('settled')
  })
})

describe('codes', () => {
  it('of an order: fetched as a picture, read from it, paid once, also by another app', async () => {
    const asked = { amountPaise: 99_00, reference: 'ORD-17', format: 'png' as const }
    const path = pathOf(vpaQr.url, { vpa: ravi.vpa }, asked)
    const headers = { authorization: `Bearer ${ravi.token()}` }
    const response = await fetch(platform.url + path, { headers })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png'])
    const picture = Buffer.from(await response.arrayBuffer()).toString('base64')
    const read = await asha.call(readQr, { body: { picture } })
    expect(read).toMatchObject({
      ...{ kind: 'pay', signer: { orgId: '159001' }, order: { vpa: ravi.vpa, amountPaise: 99_00 } },
    })
    const order = { payeeVpa: ravi.vpa, amountPaise: 99_00, code: read.text }
    const paid = await pay(asha, order)
    expect(paid).toMatchObject({ status: 'settled', initiation: { mode: '16', reference: 'ORD-17' } })
    await expect(pay(meera, order)).rejects.toMatchObject({ code: 'code-paid' })
    const body = { payerVpa: 'ok@sandbox', ...order }
    const { txnId } = await asha.call(payFromOutside, { body })
    const { payments } = await ravi.call(listPayments, { querystring: {} })
    expect(payments.filter((one) => one.initiation?.reference === 'ORD-17')).toHaveLength(1)
    expect(payments.map((one) => one.txnId)).not.toContain(txnId)
  })

  it.each([
    ['unsigned', 'code-unsigned'],
    ['forged', 'code-forged'],
    ['reordered', 'code-forged'],
    ['other-amount', 'code-forged'],
    ['unknown-signer', 'code-signer-unknown'],
  ] as const)('of another PSP that are %s are refused', async (fault, code) => {
    const { link } = await asha.call(signCode, { body: { amountPaise: 50_00, fault } })
    await expect(asha.call(readQr, { body: { text: link } })).rejects.toMatchObject({ code })
  })

  it('of another PSP are paid through the network', async () => {
    const { link } = await asha.call(signCode, { body: { amountPaise: 50_00, reference: 'ORD-18' } })
    const { signer } = await asha.call(readQr, { body: { text: link } })
    expect(signer).toMatchObject({ orgId: '200001' })
    const order = { payeeVpa: 'shop@sandbox', amountPaise: 50_00, code: link }
    const paid = await final(asha, await pay(asha, order))
    expect(paid).toMatchObject({ status: 'settled', initiation: { mode: '16', mcc: '5411' } })
    await expect(pay(asha, order)).rejects.toMatchObject({ code: 'code-paid' })
  })
})

describe('requests', () => {
  async function ask(payerVpa: string) {
    const id = uuidv7()
    const body = { payeeVpa: asha.vpa, payerVpa, amountPaise: 40_00 }
    await asha.call(makeRequest, { params: { id }, body })
    return { id, txnId: `BHI${id.replaceAll('-', '')}` }
  }
  const ended = (id: string, who = asha) =>
    vi.waitFor(
      async () => {
        const request = await who.call(showRequest, { params: { id } })
        expect(request.status).not.toBe('pending')
        return request
      },
      { interval: 200 },
    )

  it.each([
    ['ok@sandbox', 'paid', undefined],
    ['declined.za@sandbox', 'declined', undefined],
    ['declined.z9@sandbox', 'failed', 'Z9'],
    ['offline@sandbox', 'failed', 'U28'],
  ])('of ours to %s: %s', async (payerVpa, status, code) => {
    const before = await showBalance(asha)
    const request = await ended((await ask(payerVpa)).id)
    expect([request.status, request.failure?.code]).toEqual([status, code])
    expect(await showBalance(asha)).toBe(status === 'paid' ? before + 40_00 : before)
  })

  it.each([
    [true, 'paid'],
    [false, 'declined'],
  ])('of ours to a customer of another bank, who answers %s: %s', async (approve, status) => {
    const { id, txnId } = await ask(ramesh)
    const answer = () => asha.call(answerFromOutside, { params: { txnId }, body: { approve } })
    await vi.waitFor(answer, { interval: 200 })
    expect((await ended(id)).status).toBe(status)
  })

  const askedBy = async (payeeVpa: string, payer: Customer) => {
    const body = { payeeVpa, payerVpa: payer.vpa, amountPaise: 30_00, note: 'Dinner' }
    await payer.call(requestFromOutside, { body })
    return vi.waitFor(
      async () => {
        const querystring = { direction: 'received', status: 'pending' } as const
        const [request] = (await payer.call(listRequests, { querystring })).requests
        expect(request).toMatchObject({ acrossBanks: true, amountPaise: 30_00, note: 'Dinner' })
        return request!
      },
      { interval: 200 },
    )
  }

  it('to ours whose account is at another bank: its PIN is checked there, for this transaction alone', async () => {
    const before = await showBalance(meera)
    const first = await askedBy(ramesh, meera)
    const order = {
      ...{ payeeVpa: ramesh, amountPaise: 30_00 },
      initiation: { origin: { kind: 'request' as const, id: first.id } },
    }
    const paid = await final(meera, await pay(meera, { ...order, txnId: first.txnId }))
    expect(paid).toMatchObject({ status: 'settled', txnId: first.txnId })
    expect((await ended(first.id, meera)).status).toBe('paid')
    expect(await showBalance(meera)).toBe(before - 30_00)
    // A PIN block for another transaction is none for this one.
    const second = await askedBy(ramesh, meera)
    const origin = { kind: 'request' as const, id: second.id }
    const other = { ...order, initiation: { origin }, txnId: first.txnId }
    const refused = await final(meera, await pay(meera, other))
    expect(refused).toMatchObject({ status: 'failed', failure: { code: 'U54' } })
    expect((await ended(second.id, meera)).status).toBe('failed')
    expect(await showBalance(meera)).toBe(before - 30_00)
  })

  it('to ours from another app: one is paid, one declined', async () => {
    const asked = () => askedBy(ramesh, asha)
    const before = await showBalance(asha)
    const first = await asked()
    const initiation = { origin: { kind: 'request' as const, id: first.id } }
    const order = { payeeVpa: first.payee.vpa, amountPaise: 30_00, initiation }
    expect(await final(asha, await pay(asha, order))).toMatchObject({ status: 'settled' })
    expect((await ended(first.id)).status).toBe('paid')
    const second = await asked()
    await asha.call(declineRequest, { params: { id: second.id }, body: { block: false } })
    expect((await ended(second.id)).status).toBe('declined')
    expect(await showBalance(asha)).toBe(before - 30_00)
  })
})

const world = () => ({
  platform,
  asha,
  ravi,
  nila,
  mohan,
  ramesh,
  clock,
  advance: (ms: number) => void (aheadMs += ms),
})
mandateStories(world)
mandateStoriesAcrossApps(world)
mandateMovedHere(world)
