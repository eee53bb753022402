// Stories of mandates, for the platform of the stories across banks: with another app on either side, and of a payer
// whose account is at another bank.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { mandateRulesAt } from '@bahi/contracts/mandate-rules.ts'
import {
  listMandates,
  presentDebit,
  requestMandate,
  revokeMandate,
  showMandate,
  type MandateView,
} from '@bahi/contracts/mandates.ts'
import { pay, quote } from '@bahi/contracts/payment.ts'
import { addDays, istDateOf, istTime } from '@bahi/contracts/recurrence.ts'
import {
  changePayerMandate,
  listPayerMandates,
  mandateFromOutside,
  noticeFromOutside,
  revokeFromOutside,
  showOutsideMandate,
} from '@bahi/contracts/sandbox-mandates.ts'
import type { Clock } from '@bahi/kit/clock.ts'
import {
  agreeToMandate,
  giveMandate,
  login,
  pinKeys,
  sealPin,
  showBalance,
  type Customer,
} from '@bahi/platform/api-client.ts'
import { expect, it, vi } from 'vitest'
import type { RunningPlatform } from '@bahi/platform/testing-platform.ts'

export type World = {
  platform: RunningPlatform
  asha: Customer
  ravi: Customer
  /** With ₹50,000 at Ganga Bank, made before days pass. */
  nila: Customer
  /** With ₹50,000 at our bank, the same. */
  mohan: Customer
  /** At another bank, with its app. */
  ramesh: string
  clock: Clock
  advance(ms: number): void
}

const patience = { interval: 200 }

/** A shop with another app asks for a mandate, is given it, and announces a debit of this amount for tomorrow. */
async function askedByShop(payer: Customer, amountPaise: number): Promise<MandateView> {
  const validFrom = istDateOf(new Date())
  const terms = {
    ...({ amountRule: 'MAX', amountPaise, recurrence: 'ASPRESENTED', validFrom } as const),
    ...{ validTo: addDays(validFrom, 90), revocable: true, blockFunds: false },
  }
  const body = { payeeVpa: 'shop@sandbox', payerVpa: payer.vpa, name: 'Music', terms }
  const params = await payer.call(mandateFromOutside, { body })
  const querystring = { direction: 'payer', status: 'requested' } as const
  const asked = await vi.waitFor(async () => {
    const [mandate] = (await payer.call(listMandates, { querystring })).mandates
    expect(mandate).toBeDefined()
    return mandate!
  }, patience)
  const agreed = await agreeToMandate(payer, asked)
  const debit = { sequence: 1, amountPaise, dueOn: addDays(validFrom, 1) }
  await vi.waitFor(() => payer.call(noticeFromOutside, { params, body: debit }), patience)
  // On its way only until the day that it is for: whoever lets days pass waits for its arrival.
  await vi.waitFor(async () => {
    const { debits } = await payer.call(showOutsideMandate, { params })
    expect(debits).toMatchObject([{ sequence: 1, status: 'taken' }])
  }, patience)
  return agreed
}

/** The last one lets days pass. */
export function mandateStories(of: () => World): void {
  it('a payee of ours has a mandate of somebody with another app, who is notified of a debit and ends it', async () => {
    const { platform, asha, ramesh } = of()
    const validFrom = istDateOf(new Date())
    const terms = {
      ...({ amountRule: 'MAX', amountPaise: 99_00, recurrence: 'ASPRESENTED', validFrom } as const),
      ...{ validTo: addDays(validFrom, 90), revocable: true, blockFunds: false },
    }
    const id = uuidv7()
    const own = { params: { id } }
    const body = { payeeVpa: asha.vpa, payerVpa: ramesh, name: 'Tuition', terms }
    expect(await asha.call(requestMandate, { ...own, body })).toMatchObject({ status: 'requested' })
    const soon = (run: () => Promise<void>) => vi.waitFor(run, patience)
    const there = async () => {
      const { mandates } = await asha.call(listPayerMandates, {})
      return mandates.find(({ name }) => name === 'Tuition')!
    }
    await soon(async () => expect(await there()).toMatchObject({ status: 'asked', payerVpa: ramesh }))
    const params = { txnId: (await there()).txnId }
    await asha.call(changePayerMandate, { params, body: { do: 'agree' } })
    await soon(async () => expect((await asha.call(showMandate, own)).status).toBe('active'))
    const { umn } = await asha.call(showMandate, own)
    expect((await there()).umn).toBe(umn)
    const debit = { sequence: 1, amountPaise: 50_00, dueOn: addDays(validFrom, 2) }
    await asha.call(presentDebit, { params: { umn: umn! }, body: debit })
    await soon(async () => {
      const rows = await platform.admin`
        select from payment.mandate_debits where mandate_id = ${id} and noticed_at is not null`
      expect(rows).toHaveLength(1)
    })
    await asha.call(changePayerMandate, { params, body: { do: 'revoke' } })
    await soon(async () =>
      expect(await asha.call(showMandate, own)).toMatchObject({
        status: 'revoked',
        debits: [{ status: 'skipped' }],
      }),
    )
  })

  it('a merchant with another app has a mandate of ours, announces a debit, and ends it', async () => {
    const { asha } = of()
    const validFrom = istDateOf(new Date())
    const terms = {
      ...({ amountRule: 'MAX', amountPaise: 199_00, recurrence: 'ASPRESENTED', validFrom } as const),
      ...{ validTo: addDays(validFrom, 90), revocable: true, blockFunds: false },
    }
    const body = { payeeVpa: 'shop@sandbox', payerVpa: asha.vpa, name: 'Music', terms }
    const params = await asha.call(mandateFromOutside, { body })
    const there = () => asha.call(showOutsideMandate, { params })
    const soon = (run: () => Promise<void>) => vi.waitFor(run, patience)
    const asked = await vi.waitFor(async () => {
      const querystring = { direction: 'payer', status: 'requested' } as const
      const [mandate] = (await asha.call(listMandates, { querystring })).mandates
      expect(mandate).toMatchObject({
        name: 'Music',
        payee: { vpa: 'shop@sandbox', name: 'Sandbox: shop' },
      })
      return mandate!
    }, patience)
    const own = { params: { id: asked.id } }
    expect((await agreeToMandate(asha, asked)).status).toBe('active')
    await soon(async () => expect(await there()).toMatchObject({ status: 'active', umn: asked.umn }))
    const dueOn = addDays(validFrom, 3)
    await asha.call(noticeFromOutside, { params, body: { sequence: 1, amountPaise: 149_00, dueOn } })
    await soon(async () => expect((await there()).debits).toMatchObject([{ sequence: 1, status: 'taken' }]))
    expect((await asha.call(showMandate, own)).debits).toMatchObject([
      { amountPaise: 149_00, status: 'planned', dueOn },
    ])
    await asha.call(revokeFromOutside, { params })
    await soon(async () => expect((await there()).status).toBe('revoked'))
    expect(await asha.call(showMandate, own)).toMatchObject({
      status: 'revoked',
      debits: [{ status: 'skipped' }],
    })
  })

  it('of an account at another bank: it authorises it, and debits once, above the limit with the PIN', async () => {
    const { platform, ravi, clock, advance } = of()
    const nila = await platform.customer(50_000_00, 'GANG')
    const large = 20_000_00
    const give = (name: string, amountPaise: number, payer = nila) =>
      giveMandate(payer, ravi.vpa, { name, amountPaise })
    expect(await give('Paper', 150_00, { ...nila, pin: '9302' })).toMatchObject({
      status: 'failed',
      code: 'ZM',
    })
    const [paper, rent, lease] = [
      await give('Paper', 150_00),
      await give('Rent', large),
      await give('Lease', large),
    ]
    const music = await askedByShop(nila, large)
    // Reserved there: what is left of it can be spent, and it is free again when it is revoked, or debited.
    const once = { recurrence: 'ONETIME', blockFunds: true, amountPaise: 5_000_00 } as const
    const [deposit, revoked] = [
      await giveMandate(nila, ravi.vpa, { name: 'Deposit', ...once }),
      await giveMandate(nila, ravi.vpa, { name: 'Fair', ...once }),
    ]
    const tooMuch = { name: 'Fair', ...once, amountPaise: 40_000_01 }
    expect(await giveMandate(nila, ravi.vpa, tooMuch)).toMatchObject({ status: 'failed', code: 'Z9' })
    expect(await showBalance(nila)).toBe(40_000_00)
    await nila.call(revokeMandate, { params: { id: revoked.id } })
    expect(await showBalance(nila)).toBe(45_000_00)
    const balance = async () => {
      const [row] = await platform.admin<{ balance: number }[]>`
        select o.balance_paise as balance from sandbox.other_accounts o
        join account.linked_accounts l on l.account_ref = o.account_ref::text where l.id = ${nila.accountId}`
      return Number(row!.balance)
    }
    const firstOf = async ({ id }: MandateView, who = nila) =>
      (await who.call(showMandate, { params: { id } })).debits.at(-1)
    const until = (mandate: MandateView, status: string, who = nila) =>
      vi.waitFor(async () => expect(await firstOf(mandate, who)).toMatchObject({ status }), patience)
    for (const mandate of [paper, deposit]) await until(mandate, 'planned')
    for (const mandate of [rent, lease]) await until(mandate, 'awaiting-approval')
    const { executeAt, dueOn } = (await firstOf(paper))!
    expect(Date.parse(executeAt) - clock.now().getTime()).toBeGreaterThan(24 * 3_600_000 - 120_000)
    expect(await balance()).toBe(50_000_00)
    // In the afternoon after the day of the notice.
    advance(istTime(addDays(dueOn, 1), 14 * 60).getTime() - clock.now().getTime())
    const later = { ...nila, ...(await login(platform.url, nila)) }
    for (const mandate of [paper, deposit]) await until(mandate, 'paid', later)
    const left = 50_000_00 - 150_00 - 5_000_00
    expect(await balance()).toBe(left)
    const approve = async (mandate: MandateView, payeeVpa = ravi.vpa) => {
      const { id: debitId } = (await firstOf(mandate, later))!
      const [id, keys] = [uuidv7(clock.now().getTime()), await pinKeys(later.call)]
      const initiation = { mode: '11', purpose: '14', origin: { kind: 'mandate', id: debitId } } as const
      const order = { payerVpa: nila.vpa, payeeVpa, amountPaise: large, initiation }
      const { txnId } = await later.call(quote, { body: order })
      const about = { purpose: 'pay', paymentId: id, amountPaise: large, payeeVpa } as const
      const block = { ...about, pin: nila.pin, iat: Math.floor(clock.now().getTime() / 1_000) }
      const pin = await sealPin(keys, { ...block, ...(txnId === undefined ? {} : { txnId }) }, 'GANG')
      const body = { ...order, pin }
      return later.call(pay, { params: { id }, body })
    }
    const tries = await Promise.allSettled([1, 2, 3].map(() => approve(rent)))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await until(rent, 'paid', later)
    expect(await balance()).toBe(left - large)
    // The app of the payee asks for it: its transaction is what the PIN is entered for.
    await vi.waitFor(
      async () => expect(await firstOf(music, later)).toHaveProperty('approvableUntil'),
      patience,
    )
    await approve(music, 'shop@sandbox')
    await until(music, 'paid', later)
    expect(await balance()).toBe(left - 2 * large)
    expect((await later.call(revokeMandate, { params: { id: paper.id } })).status).toBe('revoked')
    // Nobody approves the other one, and its time passes.
    const { approvalDays } = mandateRulesAt(clock.now())
    advance(istTime(addDays(istDateOf(clock.now()), approvalDays + 1)).getTime() - clock.now().getTime())
    const last = { ...nila, ...(await login(platform.url, nila)) }
    await until(lease, 'failed', last)
    expect(await balance()).toBe(left - 2 * large)
  })
}
