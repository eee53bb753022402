// The story of a mandate across apps, for the platform of the stories across banks: it comes from another app with what
// was announced there, and goes back to it.
import { listMandatesElsewhere, showMandate, takeMandate } from '@bahi/contracts/mandates.ts'
import { addDays, istDateOf, istTime } from '@bahi/contracts/recurrence.ts'
import { noticeFromOutside, showOutsideMandate } from '@bahi/contracts/sandbox-mandates.ts'
import { mandateInOtherApp, portFromOutside } from '@bahi/contracts/sandbox-ports.ts'
import { login, pinForMandate, type Customer } from '@bahi/platform/api-client.ts'
import { expect, it, vi } from 'vitest'
import type { World } from './mandate-stories.ts'

const patience = { timeout: 45_000, interval: 200 }

/** Lets days pass. */
export function mandateStoriesAcrossApps(of: () => World): void {
  it('a mandate comes from another app with the debit announced there, and goes back: each is made once', async () => {
    const { platform, nila, clock, advance } = of()
    const opened = 50_000_00
    let asNila: Customer = { ...nila, ...(await login(platform.url, nila)) }
    const payerVpa = `${nila.phone.slice(-10)}@ganga`
    const validFrom = istDateOf(clock.now())
    const terms = {
      ...({ amountRule: 'MAX', amountPaise: 500_00, recurrence: 'ASPRESENTED', validFrom } as const),
      ...{ validTo: addDays(validFrom, 200), revocable: true, blockFunds: false },
    }
    const body = { payerVpa, payeeVpa: 'shop@sandbox', name: 'Music', terms }
    const { txnId, umn } = await asNila.call(mandateInOtherApp, { body })
    const announce = async (sequence: number, who: Customer) => {
      const dueOn = addDays(istDateOf(clock.now()), 2)
      const debit = { sequence, amountPaise: 100_00 + sequence, dueOn }
      await who.call(noticeFromOutside, { params: { txnId }, body: debit })
      await vi.waitFor(async () => expect(await statusOf(sequence, who)).toBe('taken'), patience)
    }
    const debitOf = async (sequence: number, who: Customer) => {
      const { debits } = await who.call(showOutsideMandate, { params: { txnId } })
      return debits.find((one) => one.sequence === sequence)
    }
    const statusOf = async (sequence: number, who: Customer) => (await debitOf(sequence, who))?.status
    const signIn = async (): Promise<Customer> => ({ ...nila, ...(await login(platform.url, nila)) })
    /** In the afternoon of that many days later. */
    const later = async (days: number): Promise<Customer> => {
      const day = addDays(istDateOf(clock.now()), days)
      advance(istTime(day, 14 * 60).getTime() - clock.now().getTime())
      return signIn()
    }
    const made = async (sequence: number) => {
      for (let tries = 0; tries < 4; tries++) {
        await vi.waitFor(async () => {
          const { status, attempts, code } = (await debitOf(sequence, asNila))!
          expect(status === 'made' || status === 'refused' || (attempts > tries && code)).toBeTruthy()
        }, patience)
        if ((await statusOf(sequence, asNila)) !== 'taken') break
        // The network was too slow for it: it is tried again in the next hours without peak.
        advance(8 * 3_600_000)
        asNila = await signIn()
      }
      expect(await debitOf(sequence, asNila)).toMatchObject({ status: 'made' })
    }
    const balance = async () => {
      const [row] = await platform.admin<{ balance: number }[]>`
        select o.balance_paise as balance from sandbox.other_accounts o
        join account.linked_accounts l on l.account_ref = o.account_ref::text where l.id = ${nila.accountId}`
      return Number(row!.balance)
    }

    await announce(1, asNila)
    asNila = await later(3)
    await made(1)
    await announce(2, asNila)
    const { mandates } = await asNila.call(listMandatesElsewhere, {})
    expect(mandates).toMatchObject([
      { umn, app: 'Ganga Bank', payerVpa, payee: { vpa: 'shop@sandbox' }, accountId: nila.accountId },
    ])
    const { id } = mandates[0]!
    const take = async (pin: string) => {
      const now = Math.floor(clock.now().getTime() / 1_000)
      const block = await pinForMandate({ ...asNila, pin }, { id, payeeVpa: 'shop@sandbox', terms }, now)
      return asNila.call(takeMandate, { params: { umn }, body: { payerVpa: nila.vpa, pin: block } })
    }
    expect(await take('9302')).toMatchObject({ id, status: 'failed', code: 'ZM' })
    const stillThere = async () => (await asNila.call(listMandatesElsewhere, {})).mandates.length
    expect(await stillThere()).toBe(1)
    const [taken, again] = [await take(nila.pin), await take(nila.pin)]
    const umnHere = umn.replace(/@.*/, '@bahi')
    expect(taken).toMatchObject({
      id,
      status: 'active',
      umn: umnHere,
      debits: [{ sequence: 2, status: 'planned' }],
    })
    expect(again).toEqual(taken)
    await vi.waitFor(async () => expect(await stillThere()).toBe(0), patience)

    asNila = await later(3)
    await made(2)
    await announce(3, asNila)
    expect(await balance()).toBe(opened - 100_01 - 100_02)
    const show = async () => asNila.call(showMandate, { params: { id } })
    expect((await show()).debits).toMatchObject([
      { sequence: 3, status: 'planned' },
      { sequence: 2, status: 'paid' },
    ])

    const giveBack = (pin = nila.pin) =>
      asNila.call(portFromOutside, { body: { umn: umnHere, payerVpa, pin } })
    await expect(giveBack('9302')).rejects.toMatchObject({ code: 'request-not-permitted' })
    // Not for ninety days.
    expect((await giveBack()).umn).toBe(umn)
    asNila = await later(1)
    expect((await show()).status).toBe('active')
    asNila = await later(3)
    await made(3)
    asNila = await later(90)
    await announce(4, asNila)
    await giveBack()
    await vi.waitFor(
      async () =>
        expect(await show()).toMatchObject({
          status: 'ported',
          debits: [{ sequence: 4, status: 'skipped' }, {}, {}],
        }),
      patience,
    )
    await vi.waitFor(async () => expect(await stillThere()).toBe(1), patience)
    asNila = await later(3)
    await made(4)
    expect(await balance()).toBe(opened - 4 * 100_00 - 10)
    await expect(take(nila.pin)).rejects.toMatchObject({ code: 'wrong-state' })
  }, 120_000)
}
