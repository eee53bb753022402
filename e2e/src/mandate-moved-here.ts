// The story of a mandate that one of our payees asked for at another app, and that its payer moves here.
import { uuidv7 } from '@bahi/contracts/id.ts'
import {
  pauseMandate,
  presentDebit,
  requestMandate,
  revokeMandate,
  showMandate,
  unpauseMandate,
} from '@bahi/contracts/mandates.ts'
import { listMessages } from '@bahi/contracts/notification.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { changePayerMandate } from '@bahi/contracts/sandbox-mandates.ts'
import { pinForMandate, type Customer } from '@bahi/platform/api-client.ts'
import { expect, it, vi } from 'vitest'
import type { World } from './mandate-stories.ts'
import { asDaysPass, patience } from './mandates-across-apps.ts'

/** They let days pass. */
export function mandateMovedHere(of: () => World): void {
  it('one that a payee of ours asked for elsewhere comes into her record: each debit is made once', async () => {
    const { platform, asha, nila, clock } = of()
    const [shop, days] = [asDaysPass(of(), asha), asDaysPass(of(), nila)]
    await shop.signIn()
    await days.signIn()
    const validFrom = istDateOf(clock.now())
    const terms = {
      ...({ amountRule: 'MAX', amountPaise: 20_000_00, recurrence: 'ASPRESENTED', validFrom } as const),
      ...{ validTo: addDays(validFrom, 60), revocable: true, blockFunds: false },
    }
    const id = uuidv7(clock.now().getTime())
    const params = { id }
    const body = { payeeVpa: asha.vpa, payerVpa: `${nila.phone.slice(-10)}@ganga`, name: 'Rent', terms }
    await shop.asThem().call(requestMandate, { params, body })
    const there = { txnId: `BHI${id.replaceAll('-', '')}` }
    await vi.waitFor(() => nila.call(changePayerMandate, { params: there, body: { do: 'agree' } }), patience)
    const asShop = async () => shop.asThem().call(showMandate, { params })
    await vi.waitFor(async () => expect((await asShop()).status).toBe('active'), patience)
    const umn = (await asShop()).umn!
    const present = async (sequence: number, amountPaise = 100_00) => {
      const dueOn = addDays(istDateOf(clock.now()), 2)
      await shop.asThem().call(presentDebit, { params: { umn }, body: { sequence, amountPaise, dueOn } })
    }
    const noticed = (sequence: number) =>
      vi.waitFor(async () => {
        const rows = await platform.admin`select from payment.mandate_debits
          where mandate_id = ${id} and sequence = ${sequence} and noticed_at is not null`
        expect(rows).toHaveLength(1)
      }, patience)
    const later = async () => {
      await days.later(3)
      await shop.signIn()
    }
    const made = (sequence: number) =>
      vi.waitFor(async () => {
        const one = (await asShop()).debits.find((debit) => debit.sequence === sequence)
        expect(one).toMatchObject({ status: 'paid' })
      }, patience)
    await present(1)
    await noticed(1)
    await later()
    await made(1)
    await present(2)
    await noticed(2)
    // Her other mandates there are those of other stories.
    const listed = async () => (await days.elsewhere()).filter((one) => one.umn === umn)
    const [held] = await listed()
    expect(held).toMatchObject({ umn, payee: { vpa: asha.vpa }, accountId: nila.accountId })
    expect(held).not.toHaveProperty('stays')
    expect(await days.take(held!, terms, '9302')).toMatchObject({ id, status: 'failed', code: 'ZM' })
    const here = umn.replace(/@.*/, '@bahi')
    const taken = await days.take(held!, terms)
    expect(taken).toMatchObject({ id, umn: here, status: 'active', direction: 'payer' })
    expect(await asShop()).toMatchObject({ umn: here, direction: 'payee', payer: { vpa: nila.vpa } })
    await vi.waitFor(async () => expect(await listed()).toEqual([]), patience)
    // Its payee still names it by the number of before.
    await present(3)
    await later()
    await made(2)
    await made(3)
    const texts = async (who: Customer) =>
      (await who.call(listMessages, { querystring: {} })).notifications.map(({ text }) => text).join()
    const now = Math.floor(clock.now().getTime() / 1_000)
    const port = { id, umn: here, payeeVpa: asha.vpa, terms }
    await vi.waitFor(async () => {
      expect(await texts(shop.asThem())).toContain('to this app, and pays you from here')
      expect(await texts(days.asThem())).toContain('was moved here from another app')
    }, patience)
    // A PIN block names it as its bank knows it.
    const unpaused = async (named: typeof port) => {
      const pin = await pinForMandate(days.asThem(), 'unpause', named, now)
      return days.asThem().call(unpauseMandate, { params, body: { pin } })
    }
    const today = istDateOf(clock.now())
    await days.asThem().call(pauseMandate, { params, body: { from: today, until: today } })
    expect(await unpaused({ ...port, umn: '' })).toMatchObject({ code: 'U54', pause: { from: today } })
    expect(await unpaused(port)).not.toHaveProperty('pause')
    expect(await days.asThem().call(revokeMandate, { params })).toMatchObject({ status: 'revoked' })
  })
}
