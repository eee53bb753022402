// For tests of mandates: what their two people do, as functions.
import type { Input } from '@bahi/contracts/call.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import * as contracts from '@bahi/contracts/mandates.ts'
import { mandateLink } from '@bahi/contracts/codes/mandate-order.ts'
import { withOrgId, withSignature } from '@bahi/contracts/codes/signed-link.ts'
import { addDays, istDateOf, istTime } from '@bahi/contracts/recurrence.ts'
import { goodPin, type createPaymentTestSetup, type TestPerson } from '../testing.ts'

type TestSetup = Awaited<ReturnType<typeof createPaymentTestSetup>>
type Wanted = { id?: string; pin?: string; terms?: Partial<MandateTerms>; name?: string }
type Existing = { id: string; umn?: string | undefined }
type Debit = Partial<Input<typeof contracts.presentDebit>['body']>

export function mandateTools(setupOf: () => TestSetup) {
  const today = () => istDateOf(setupOf().clock.now())
  /** Moves the clock on to a minute of a day of India. */
  const goTo = (date: string, minutes = 0) =>
    setupOf().clock.advance(istTime(date, minutes).getTime() - setupOf().clock.now().getTime())
  const termsOf = (more: Partial<MandateTerms> = {}): MandateTerms => ({
    amountRule: 'MAX',
    amountPaise: 500_00,
    recurrence: 'ASPRESENTED',
    validFrom: today(),
    validTo: addDays(today(), 60),
    revocable: true,
    blockFunds: false,
    ...more,
  })
  const as = (who: TestPerson) => setupOf().platform.person(who)
  const two = () => [setupOf().newPerson(), setupOf().newPerson()] as const
  const create = (
    payer: TestPerson,
    payee: { vpa: string },
    { id = setupOf().newId(), ...more }: Wanted = {},
  ) =>
    as(payer)(contracts.createMandate, {
      params: { id },
      body: {
        ...{ payerVpa: payer.vpa, payeeVpa: payee.vpa, name: more.name ?? 'Newspaper' },
        ...{ terms: termsOf(more.terms), pin: more.pin ?? goodPin },
      },
    })
  const request = (
    payee: TestPerson,
    payer: { vpa: string },
    { id = setupOf().newId(), terms }: Wanted = {},
  ) =>
    as(payee)(contracts.requestMandate, {
      params: { id },
      body: { payerVpa: payer.vpa, payeeVpa: payee.vpa, name: 'Newspaper', terms: termsOf(terms) },
    })
  const show = (who: TestPerson, { id }: Existing) => as(who)(contracts.showMandate, { params: { id } })
  const approve = (who: TestPerson, { id }: Existing, pin = goodPin) =>
    as(who)(contracts.approveMandate, { params: { id }, body: { pin } })
  const decline = (who: TestPerson, { id }: Existing) => as(who)(contracts.declineMandate, { params: { id } })
  const revoke = (who: TestPerson, { id }: Existing) => as(who)(contracts.revokeMandate, { params: { id } })
  const pause = (who: TestPerson, { id }: Existing, from: string, until: string) =>
    as(who)(contracts.pauseMandate, { params: { id }, body: { from, until } })
  const unpause = (who: TestPerson, { id }: Existing, pin = goodPin) =>
    as(who)(contracts.unpauseMandate, { params: { id }, body: { pin } })
  const update = (who: TestPerson, { id }: Existing, amountPaise: number, validTo: string) =>
    as(who)(contracts.updateMandate, { params: { id }, body: { amountPaise, validTo, pin: goodPin } })
  const port = (who: TestPerson, { id }: Existing, payerVpa: string, pin = goodPin) =>
    as(who)(contracts.portMandate, { params: { id }, body: { payerVpa, pin } })
  const skip = (who: TestPerson, { id }: Existing, sequence: number) =>
    as(who)(contracts.skipDebit, { params: { id, sequence } })
  const present = (payee: TestPerson, { umn }: Existing, sequence: number, more: Debit = {}) =>
    as(payee)(contracts.presentDebit, {
      params: { umn: umn! },
      body: { sequence, amountPaise: 100_00, dueOn: addDays(today(), 2), ...more },
    })
  const debitOf = async (who: TestPerson, mandate: Existing, sequence = 1) =>
    (await show(who, mandate)).debits.find((one) => one.sequence === sequence)
  const untilDebit = (who: TestPerson, mandate: Existing, status: string, sequence = 1) =>
    setupOf().until(async () => (await debitOf(who, mandate, sequence))?.status === status)
  /**
   * Moves the clock on until a debit is no longer planned. By little while it is being made: what became of its payment
   * would be looked up before that has arrived, and it would be given up.
   */
  const untilTried = (who: TestPerson, mandate: Existing) =>
    setupOf().until(async () => {
      const debit = await debitOf(who, mandate)
      if (debit?.status !== 'planned') return true
      const { clock, sql } = setupOf()
      const making = await sql`
        select from payment.mandate_debits where id = ${debit.id} and payment_id is not null
        union all
        select from payment.due_work where key like ${`${debit.id} %`} and lease_until > clock_timestamp()`
      clock.advance(making.length === 0 ? 5_000 : 1)
      return false
    })
  const balanceOf = (who: TestPerson) => setupOf().balances.get(who.party.accountId)!
  /** Waits until so many attempts have failed. */
  const attempts = async (who: TestPerson, mandate: Existing, count: number) =>
    setupOf().until(async () => ((await debitOf(who, mandate))?.attempts ?? 0) >= count)
  return {
    today,
    goTo,
    termsOf,
    as,
    two,
    create,
    request,
    show,
    approve,
    decline,
    revoke,
    pause,
    unpause,
    update,
    port,
    skip,
    present,
    debitOf,
    untilDebit,
    untilTried,
    balanceOf,
    attempts,
  }
}

/** Codes by which `shop` asks for mandates, and people who agree to them. */
export function mandateCodeTools(
  setupOf: () => TestSetup,
  people: () => { shop: TestPerson; payer: TestPerson },
) {
  const { termsOf, as } = mandateTools(setupOf)
  let orders = 0
  /** Signed unless it is not to be. */
  function ask({ reference = `SUB-${++orders}`, isSigned = true, lastsS = 480 } = {}) {
    const { clock, codes } = setupOf()
    const { vpa } = people().shop
    const terms = termsOf({ recurrence: 'MONTHLY', dayRule: { type: 'BEFORE', day: 31 } })
    const expiresAt = new Date(clock.now().getTime() + lastsS * 1_000).toISOString()
    const initiation = { mode: isSigned ? '17' : '11', reference } as const
    const link = mandateLink({ vpa, payeeName: 'Shop', name: 'Music', terms, expiresAt, initiation })
    const signed = withOrgId(link, '200001')
    return { terms, reference, code: isSigned ? withSignature(signed, codes.sign(signed)) : link }
  }
  type Agreed = Partial<Input<typeof contracts.createMandate>['body']> & { id?: string; by?: TestPerson }
  const agree = (
    { terms, code }: { terms: MandateTerms; code: string },
    { id = setupOf().newId(), by = people().payer, ...more }: Agreed = {},
  ) =>
    as(by)(contracts.createMandate, {
      params: { id },
      body: {
        ...{ payerVpa: by.vpa, payeeVpa: people().shop.vpa, name: 'Music', terms, code, pin: goodPin },
        ...more,
      },
    })
  return { ask, agree }
}
