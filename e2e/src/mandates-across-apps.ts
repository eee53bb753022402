// The stories of mandates across apps, for the platform of the stories across banks: one comes from another app with
// what was announced there, and goes back to it; one of an account at our bank goes, and comes back.
import type { Input } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import {
  createMandate,
  listMandatesElsewhere,
  showMandate,
  takeMandate,
  type MandateElsewhere,
} from '@bahi/contracts/mandates.ts'
import { listMessages } from '@bahi/contracts/notification.ts'
import type { MandateOperationByPin } from '@bahi/contracts/pin-block.ts'
import { addDays, istDateOf, istTime } from '@bahi/contracts/recurrence.ts'
import { answerFromOutside } from '@bahi/contracts/sandbox.ts'
import { noticeFromOutside, showOutsideMandate } from '@bahi/contracts/sandbox-mandates.ts'
import { changeInOtherApp, mandateInOtherApp, portFromOutside } from '@bahi/contracts/sandbox-ports.ts'
import { login, pinForMandate, pinKeys, sealPin, type Customer } from '@bahi/platform/api-client.ts'
import { expect, it, vi } from 'vitest'
import type { World } from './mandate-stories.ts'

export const patience = { interval: 200 }

/** What a customer sees, and the payee with another app does, as days pass. */
export function asDaysPass({ platform, clock, advance }: World, customer: Customer) {
  let who = customer
  const signIn = async (): Promise<Customer> =>
    (who = { ...customer, ...(await login(platform.url, customer)) })
  const debitOf = async (txnId: string, sequence: number) => {
    const { debits } = await who.call(showOutsideMandate, { params: { txnId } })
    return debits.find((one) => one.sequence === sequence)
  }
  return {
    signIn,
    asThem: () => who,
    /** In the afternoon of that many days later. */
    async later(days: number): Promise<void> {
      const day = addDays(istDateOf(clock.now()), days)
      advance(istTime(day, 14 * 60).getTime() - clock.now().getTime())
      await signIn()
    },
    async announce(txnId: string, sequence: number, amountPaise = 100_00 + sequence): Promise<void> {
      const debit = { sequence, amountPaise, dueOn: addDays(istDateOf(clock.now()), 2) }
      await who.call(noticeFromOutside, { params: { txnId }, body: debit })
      await vi.waitFor(
        async () => expect(await debitOf(txnId, sequence)).toMatchObject({ status: 'taken' }),
        patience,
      )
    },
    /** @param approve enters the PIN for a transaction of the debit, each try of which has its own */
    async made(
      txnId: string,
      sequence: number,
      approve?: (asked: string) => Promise<unknown>,
    ): Promise<void> {
      const approved = new Set<string>()
      let status = 'taken'
      for (let tries = 0; tries < 4 && status === 'taken'; tries++) {
        if (tries > 0) {
          // The network was too slow for it: it is tried again in the next hours without peak.
          advance(8 * 3_600_000)
          await signIn()
        }
        await vi.waitFor(async () => {
          const [row] = await platform.admin<
            { status: string; attempts: number; code: string | null; asked: string | null; waits: boolean }[]
          >`select status, attempts, code, txn_id as asked, due_at is not null as waits
            from sandbox.mandate_debits where mandate_txn_id = ${txnId} and sequence = ${sequence}`
          const { attempts, code, asked, waits } = row!
          if (approve && asked !== null && !waits && row!.status === 'taken' && !approved.has(asked)) {
            await approve(asked)
            approved.add(asked)
          }
          status = row!.status
          const hasFailed = attempts > tries && waits && code !== null
          expect({ ...row, ended: status !== 'taken' || hasFailed }).toMatchObject({ ended: true })
        }, patience)
      }
      expect(await debitOf(txnId, sequence)).toMatchObject({ status: 'made' })
    },
    elsewhere: async () => (await who.call(listMandatesElsewhere, {})).mandates,
    async take(
      { id, umn, payee }: Pick<MandateElsewhere, 'id' | 'umn' | 'payee'>,
      terms: MandateTerms,
      pin = customer.pin,
    ) {
      const now = Math.floor(clock.now().getTime() / 1_000)
      const block = await pinForMandate({ ...who, pin }, 'take', { id, payeeVpa: payee.vpa, terms }, now)
      return who.call(takeMandate, { params: { umn }, body: { payerVpa: customer.vpa, pin: block } })
    },
  }
}

/** They let days pass. */
export function mandateStoriesAcrossApps(of: () => World): void {
  it('a mandate comes from another app with the debit announced there, and goes back: each is made once', async () => {
    const { platform, nila, clock } = of()
    const opened = 50_000_00
    const days = asDaysPass(of(), nila)
    await days.signIn()
    const payerVpa = `${nila.phone.slice(-10)}@ganga`
    const validFrom = istDateOf(clock.now())
    const terms = {
      ...({ amountRule: 'MAX', amountPaise: 500_00, recurrence: 'ASPRESENTED', validFrom } as const),
      ...{ validTo: addDays(validFrom, 200), revocable: true, blockFunds: false },
    }
    const body = { payerVpa, payeeVpa: 'shop@sandbox', name: 'Music', terms }
    const { txnId, umn } = await days.asThem().call(mandateInOtherApp, { body })
    const balance = async () => {
      const [row] = await platform.admin<{ balance: number }[]>`
        select o.balance_paise as balance from sandbox.other_accounts o
        join account.linked_accounts l on l.account_ref = o.account_ref::text where l.id = ${nila.accountId}`
      return Number(row!.balance)
    }

    await days.announce(txnId, 1)
    await days.later(3)
    await days.made(txnId, 1)
    await days.announce(txnId, 2)
    const mandates = await days.elsewhere()
    expect(mandates).toMatchObject([
      { umn, app: 'Ganga Bank', payerVpa, payee: { vpa: 'shop@sandbox' }, accountId: nila.accountId },
    ])
    const { id, payee } = mandates[0]!
    const take = (pin = nila.pin) => days.take({ id, umn, payee }, terms, pin)
    expect(await take('9302')).toMatchObject({ id, status: 'failed', code: 'ZM' })
    const stillThere = async () => (await days.elsewhere()).length
    expect(await stillThere()).toBe(1)
    const [taken, again] = [await take(), await take()]
    const umnHere = umn.replace(/@.*/, '@bahi')
    expect(taken).toMatchObject({
      id,
      status: 'active',
      umn: umnHere,
      debits: [{ sequence: 2, status: 'planned' }],
    })
    expect(again).toEqual(taken)
    await vi.waitFor(async () => expect(await stillThere()).toBe(0), patience)

    await days.later(3)
    await days.made(txnId, 2)
    await days.announce(txnId, 3)
    await vi.waitFor(async () => expect(await balance()).toBe(opened - 100_01 - 100_02), patience)
    const show = async () => days.asThem().call(showMandate, { params: { id } })
    await vi.waitFor(
      async () =>
        expect((await show()).debits).toMatchObject([
          { sequence: 3, status: 'planned' },
          { sequence: 2, status: 'paid' },
        ]),
      patience,
    )

    const giveBack = (pin = nila.pin) =>
      days.asThem().call(portFromOutside, { body: { umn: umnHere, payerVpa, pin } })
    await expect(giveBack('9302')).rejects.toMatchObject({ code: 'request-not-permitted' })
    // Not for ninety days.
    expect((await giveBack()).umn).toBe(umn)
    await days.later(1)
    expect((await show()).status).toBe('active')
    await days.later(3)
    await days.made(txnId, 3)
    await days.later(90)
    await days.announce(txnId, 4)
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
    await days.later(3)
    await days.made(txnId, 4)
    await vi.waitFor(async () => expect(await balance()).toBe(opened - 4 * 100_00 - 10), patience)
    await expect(take()).rejects.toMatchObject({ code: 'wrong-state' })
  })

  it('one of an account at our bank goes to another app, whose debits our bank makes, and comes back', async () => {
    const { platform, mohan, clock } = of()
    const days = asDaysPass(of(), mohan)
    await days.signIn()
    const validFrom = istDateOf(clock.now())
    const terms = {
      ...({ amountRule: 'MAX', amountPaise: 20_000_00, recurrence: 'ASPRESENTED', validFrom } as const),
      ...{ validTo: addDays(validFrom, 300), revocable: true, blockFunds: false },
    }
    const payeeVpa = 'shop@sandbox'
    const seconds = () => Math.floor(clock.now().getTime() / 1_000)
    const id = uuidv7(clock.now().getTime())
    const pinNow = (operation: MandateOperationByPin, pin = mohan.pin) =>
      pinForMandate({ ...days.asThem(), pin }, operation, { id, payeeVpa, terms }, seconds())
    const given = { payerVpa: mohan.vpa, payeeVpa, name: 'Films', terms, pin: await pinNow('create') }
    const { umn } = await days.asThem().call(createMandate, { params: { id }, body: given })
    const txnId = `BHI${id.replaceAll('-', '')}`
    const show = async () => days.asThem().call(showMandate, { params: { id } })
    const balance = async () => {
      const [row] = await platform.admin<{ balance: number }[]>`
        select a.balance_paise as balance from account.ledger_accounts a
        join account.bank_accounts b on b.ledger_account_id = a.id
        join account.linked_accounts l on l.bank_account_id = b.id where l.id = ${mohan.accountId}`
      return Number(row!.balance)
    }
    const opened = await balance()
    const statusThere = async () =>
      (await days.asThem().call(showOutsideMandate, { params: { txnId } })).status
    await vi.waitFor(async () => expect(await statusThere()).toBe('active'), patience)
    await days.announce(txnId, 1)
    const payerVpa = `${mohan.phone.slice(-10)}@kaveri`
    const giveAway = async (pin?: string) =>
      days
        .asThem()
        .call(portFromOutside, { body: { umn: umn!, payerVpa, pin: await pinNow('release', pin) } })
    const answered = async (code: string) => {
      await vi.waitFor(async () => {
        const [row] = await platform.admin<{ codes: string[] }[]>`
          select array_agg(o.code) as codes from payment.mandate_operations o
          where o.mandate_id = ${id} and o.operation ->> 'type' = 'release'`
        expect(row!.codes).toContain(code)
      }, patience)
    }
    await giveAway('9302')
    await answered('ZM')
    await vi.waitFor(giveAway, patience)
    await vi.waitFor(async () => expect((await days.elsewhere()).length).toBe(1), patience)
    const [there] = await days.elsewhere()
    expect(there).toMatchObject({
      ...{ id, app: 'Kaveri Bank', payerVpa, accountId: mohan.accountId, bank: 'BAHI' },
      payee: { vpa: payeeVpa },
    })
    expect(await show()).toMatchObject({ status: 'ported', debits: [{ sequence: 1, status: 'skipped' }] })

    // What they do in the other app our bank decides.
    const changeThere = (
      number: string,
      change: Input<typeof changeInOtherApp>['body']['change'],
      pin?: string,
    ) =>
      days.asThem().call(changeInOtherApp, {
        body: { umn: number, change, ...(pin === undefined ? {} : { pin }) },
      })
    const today = istDateOf(clock.now())
    const pause = { from: today, until: today }
    await changeThere(there!.umn, { do: 'pause', ...pause })
    await vi.waitFor(async () => expect((await days.elsewhere())[0]).toMatchObject({ pause }), patience)
    await changeThere(there!.umn, { do: 'unpause' }, await pinNow('unpause'))
    await vi.waitFor(async () => expect((await days.elsewhere())[0]).not.toHaveProperty('pause'), patience)

    await days.later(3)
    await days.made(txnId, 1)
    await vi.waitFor(async () => expect(await balance()).toBe(opened - 100_01), patience)
    const notices = async () => (await days.asThem().call(listMessages, { querystring: {} })).notifications
    await vi.waitFor(
      async () =>
        expect(await notices()).toContainEqual(
          expect.objectContaining({
            type: 'account.mandate-debited',
            text: expect.stringContaining('₹100.01') as unknown,
          }),
        ),
      patience,
    )
    // Above what is debited without PIN the customer enters it in the other app.
    const large = 18_000_00
    await days.announce(txnId, 2, large)
    await days.later(3)
    await days.made(txnId, 2, async (asked) => {
      const paymentId = asked.slice(3).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
      const block = { purpose: 'pay', paymentId, amountPaise: large, payeeVpa, iat: seconds() } as const
      const pin = await sealPin(await pinKeys(days.asThem().call), { ...block, pin: mohan.pin })
      const body = { approve: true, pin }
      await days.asThem().call(answerFromOutside, { params: { txnId: asked }, body })
    })
    await vi.waitFor(async () => expect(await balance()).toBe(opened - 100_01 - large), patience)

    await expect(days.take(there!, terms)).rejects.toMatchObject({ code: 'wrong-state' })
    // The other app has had it for long enough: a leap of ninety days leaves a thousand cycles to reconcile.
    await platform.admin`
      update sandbox.payer_mandates set ported_at = ported_at - interval '91 days' where txn_id = ${txnId}`
    await days.announce(txnId, 3)
    const [now] = await days.elsewhere()
    expect(await days.take(now!, terms, '9302')).toMatchObject({ status: 'failed', code: 'ZM' })
    expect(await days.take(now!, terms)).toMatchObject({
      ...{ id, status: 'active', umn },
      debits: [{ sequence: 3, status: 'planned' }, { sequence: 1 }],
    })
    await vi.waitFor(async () => expect((await days.elsewhere()).length).toBe(0), patience)
    await days.later(3)
    await days.made(txnId, 3)
    await vi.waitFor(async () => expect(await balance()).toBe(opened - 100_01 - large - 100_03), patience)
    await vi.waitFor(
      async () => expect((await show()).debits[0]).toMatchObject({ sequence: 3, status: 'paid' }),
      patience,
    )

    // And one that they give there, which our bank authorises, and end there.
    const [book, second] = [
      uuidv7(clock.now().getTime()),
      { ...terms, amountPaise: 300_00, validFrom: istDateOf(clock.now()) },
    ]
    const bound = { id: book, payeeVpa, terms: second }
    const [row] = await platform.admin<{ ref: string }[]>`
      select account_ref as ref from account.linked_accounts where id = ${mohan.accountId}`
    const atOurBank = {
      ...{ accountRef: row!.ref, mandateId: book },
      pin: await pinForMandate(days.asThem(), 'create', bound, seconds()),
    }
    const other = { payerVpa: payerVpa.replace('@', '.2@'), payeeVpa, name: 'Books', terms: second }
    const made = await days.asThem().call(mandateInOtherApp, { body: { ...other, atOurBank } })
    await vi.waitFor(
      async () => expect(await days.elsewhere()).toMatchObject([{ id: book, umn: made.umn, name: 'Books' }]),
      patience,
    )
    await changeThere(made.umn, { do: 'revoke' })
    await vi.waitFor(async () => expect(await days.elsewhere()).toEqual([]), patience)
  })
}
