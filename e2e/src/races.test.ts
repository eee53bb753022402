// Concurrent requests over HTTP, to one copy and to two on one database: whichever request wins, the books balance.
import { uuidv7 } from '@bahi/contracts/id.ts'
import * as payment from '@bahi/contracts/payment.ts'
import { limitRulesAt } from '@bahi/contracts/limits.ts'
import { payRules } from '@bahi/contracts/rules.ts'
import type { JWK } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { apiAt, pay, pinKeys, sealPin, showBalance, type Customer } from '@bahi/platform/api-client.ts'
import { check, type Acknowledged } from '@bahi/platform/checker/check.ts'
import { waitForQuiescence } from '@bahi/platform/checker/quiescence.ts'
import { startPlatform, type RunningPlatform } from '@bahi/platform/testing-platform.ts'

const rules = payRules.at(-1)!
let platform: RunningPlatform
/** A second copy of every service on the same database, with its own gateway. */
let second: { url: string; close(): Promise<void> }
let keys: JWK[]
const acknowledged: Acknowledged[] = []

beforeAll(async () => {
  platform = await startPlatform(inject('postgresUrl'))
  second = await platform.copy()
  keys = await pinKeys((await platform.person()).call)
})
afterAll(async () => {
  await second.close()
  await platform.stop()
})
afterEach(async () => {
  expect((await waitForQuiescence(platform.admin)).left).toEqual({})
  expect(await check(platform.admin, { acknowledged, quiescent: true })).toEqual([])
})

/** The same person at the gateway of the second copy. */
const elsewhere = (who: Customer): Customer => ({
  ...who,
  call: apiAt(second.url, who.token, fetch, who.key),
})
/** Alternates between both gateways. */
const atCopy = (who: Customer, nth: number): Customer => (nth % 2 === 0 ? who : elsewhere(who))

type Order = Parameters<typeof pay>[1]

/** Pays and keeps the answer for the checker. */
async function paid(payer: Customer, order: Order): Promise<payment.PaymentView> {
  const answer = await pay(payer, order, keys)
  acknowledged.push({ paymentId: answer.id, userId: payer.userId, answer })
  return answer
}

/** As `paid`, with how it was refused instead of an error. */
const tried = (payer: Customer, order: Order) =>
  paid(payer, order).then(
    (answer) => answer.failure?.code ?? answer.status,
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

/** How often each value occurs. */
const counted = (values: string[]) =>
  Object.fromEntries([...Map.groupBy(values, (value) => value)].map(([value, all]) => [value, all.length]))

const times = <T>(count: number, run: (nth: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, nth) => run(nth)))

/** Until it has ended: an answer may be pending while another copy works on it. */
const final = (who: Customer, id: string) =>
  vi.waitFor(
    async () => {
      const now = await who.call(payment.showPayment, { params: { id } })
      expect(now.status).not.toBe('pending')
      return now
    },
    { interval: 100 },
  )

describe('one payment id', () => {
  it.each(['through one gateway', 'through two'])(
    'from forty connections at once is one payment, %s',
    async (how) => {
      const [payer, payee] = await times(2, () => platform.customer(1_000_00))
      const order = { id: uuidv7(), payeeVpa: payee!.vpa, amountPaise: 77_00 }
      const answers = await times(40, (nth) =>
        paid(how.endsWith('two') ? atCopy(payer!, nth) : payer!, order),
      )
      const ended = answers.filter((one) => one.status !== 'pending')
      expect(new Set(ended.map((one) => JSON.stringify(one))).size).toBe(1)
      expect(await final(payer!, order.id)).toMatchObject({ status: 'settled' })
      expect(await showBalance(payer!)).toBe(1_000_00 - 77_00)
      expect(await showBalance(payee!)).toBe(1_000_00 + 77_00)
    },
  )

  it('with different contents is the first payment, and the other requests are refused', async () => {
    const [payer, payee] = await times(2, () => platform.customer(1_000_00))
    const id = uuidv7()
    const answers = await times(40, (nth) =>
      tried(atCopy(payer!, nth), {
        id,
        payeeVpa: payee!.vpa,
        amountPaise: nth % 4 === 0 ? 10_00 : 10_00 + nth,
      }),
    )
    const outcomes = counted(answers.filter((one) => one !== 'pending'))
    expect(Object.keys(outcomes).sort()).toEqual(['id-reused', 'settled'])
    const { amountPaise } = await final(payer!, id)
    expect(await showBalance(payer!)).toBe(1_000_00 - amountPaise)
  })

  it('of another person is refused, without revealing anything', async () => {
    const [one, other, payee] = await times(3, () => platform.customer(1_000_00))
    const order = { id: uuidv7(), payeeVpa: payee!.vpa, amountPaise: 5_00 }
    const outcomes = await times(20, (nth) => tried(atCopy(nth % 2 === 0 ? one! : other!, nth >> 1), order))
    const good = outcomes.filter((code) => code !== 'pending')
    expect(new Set(good)).toEqual(new Set(['settled', 'id-reused']))
    expect((await showBalance(one!)) + (await showBalance(other!))).toBe(2_000_00 - 5_00)
  })
})

describe('many payments at once', () => {
  it('cross in both directions without a deadlock', async () => {
    const pairs = await times(6, async () => [await platform.customer(), await platform.customer()] as const)
    const outcomes = await times(6 * 15, async (nth) => {
      const [a, b] = pairs[nth % 6]!
      return Promise.all([
        tried(atCopy(a, nth), { payeeVpa: b.vpa, amountPaise: 3_00 }),
        tried(atCopy(b, nth + 1), { payeeVpa: a.vpa, amountPaise: 2_00 }),
      ])
    })
    expect(new Set(outcomes.flat())).toEqual(new Set(['settled']))
    for (const [a, b] of pairs)
      expect([await showBalance(a), await showBalance(b)]).toEqual([10_000_00 - 15_00, 10_000_00 + 15_00])
  })

  it('reach one payee from many payers, each paisa once', async () => {
    const shop = await platform.customer(0)
    const payers = await times(12, () => platform.customer(500_00))
    const outcomes = await times(12 * 10, (nth) =>
      tried(atCopy(payers[nth % 12]!, nth), { payeeVpa: shop.vpa, amountPaise: 1_00 + (nth % 12) }),
    )
    expect(counted(outcomes)).toEqual({ settled: 120 })
    expect(await showBalance(shop)).toBe(120 * 1_00 + 10 * 66)
  })

  it('spend the last rupees of one payer just once', async () => {
    const payees = await times(4, () => platform.customer(0))
    const poor = await platform.customer(100_00)
    const outcomes = await times(20, (nth) =>
      tried(atCopy(poor, nth), { payeeVpa: payees[nth % 4]!.vpa, amountPaise: 30_00 }),
    )
    expect(counted(outcomes)).toEqual({ settled: 3, Z9: 17 })
    expect(await showBalance(poor)).toBe(10_00)
    const received = await Promise.all(payees.map(showBalance))
    expect(received.reduce((sum, paise) => sum + paise, 0)).toBe(90_00)
  })
})

describe('at the edge of a limit', () => {
  it('no more payments begin than a day allows, also through two gateways', async () => {
    const [payer, payee] = await times(2, () => platform.customer())
    const { perDayCount } = limitRulesAt(new Date()).everybody
    const outcomes = await times(perDayCount + 25, (nth) =>
      tried(atCopy(payer!, nth), { payeeVpa: payee!.vpa, amountPaise: 1_00 }),
    )
    expect(counted(outcomes)).toEqual({ settled: perDayCount, Z7: 25 })
  })

  it('no more is paid in the cooling period than it allows', async () => {
    const [payer, payee] = await times(2, () => platform.customer(rules.coolingSumPaise * 4))
    const part = rules.coolingSumPaise / 5
    const outcomes = await times(16, (nth) =>
      tried(atCopy(payer!, nth), { payeeVpa: payee!.vpa, amountPaise: part }),
    )
    expect(counted(outcomes)).toEqual({ settled: 5, FP: 11 })
    expect(await showBalance(payer!)).toBe(rules.coolingSumPaise * 3)
  })

  it('no more wrong PINs are tried than there are tries', async () => {
    const [payer, payee] = await times(2, () => platform.customer())
    const codes = await times(12, (nth) =>
      tried(atCopy(payer!, nth), { payeeVpa: payee!.vpa, amountPaise: 1_00, pin: `93${10 + nth}` }),
    )
    const outcomes = counted(codes)
    expect((outcomes['ZM'] ?? 0) + (outcomes['Z6'] ?? 0)).toBe(12)
    expect(outcomes['ZM']).toBeLessThanOrEqual(rules.pinTries)
    expect(await tried(payer!, { payeeVpa: payee!.vpa, amountPaise: 1_00 })).toBe('Z6')
  })
})

describe('one PIN block', () => {
  it('reused under other ids pays once at most', async () => {
    const [payer, payee] = await times(2, () => platform.customer(1_000_00))
    const id = uuidv7()
    const about = { paymentId: id, amountPaise: 9_00, payeeVpa: payee!.vpa }
    const pin = await sealPin(keys, { pin: payer!.pin, purpose: 'pay', ...about })
    const body = { payerVpa: payer!.vpa, payeeVpa: payee!.vpa, amountPaise: 9_00, pin }
    const outcomes = await times(20, (nth) =>
      atCopy(payer!, nth)
        .call(payment.pay, { params: { id: nth % 5 === 0 ? id : uuidv7() }, body })
        .then((answer) => answer.failure?.code ?? answer.status),
    )
    expect(counted(outcomes.filter((one) => one !== 'settled' && one !== 'pending'))).toEqual({ U54: 16 })
    expect(await final(payer!, id)).toMatchObject({ status: 'settled' })
    expect(await showBalance(payer!)).toBe(1_000_00 - 9_00)
  })
})
