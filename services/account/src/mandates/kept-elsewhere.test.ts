// Mandates of accounts at our bank that another app keeps: its debits arrive as legs, and each is judged as it posts.
import { operateMandate, umnOf, type BankOperation } from '@bahi/contracts/bank-mandates.ts'
import { obstaclesInAccount } from '@bahi/contracts/erasure.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { listMandatesElsewhere } from '@bahi/contracts/mandates.ts'
import { mandateRulesAt, withoutPinPaise, type MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import type { Message } from '@bahi/contracts/network.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createAccountTestSetup, goodPin, type Customer } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
let asha: Customer
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
  asha = await setup.customer(90_000_00)
})
afterEach(async () => {
  expect(await setup.bookFaults()).toEqual([])
})
afterAll(() => setup.platform.stop())

const payeeVpa = 'shop@sandbox'
const day = (after = 0) => addDays(istDateOf(setup.clock.now()), after)
const balance = async () => (await setup.inLedger(asha))[0]!

type Kept = { id: string; here: string; there: string; terms: MandateTerms; nth: number; payer: Customer }

async function operate(mandate: Kept, operation: BankOperation, { umn = mandate.here, pin = goodPin } = {}) {
  const about = { mandateId: mandate.id, payeeVpa, amountPaise: mandate.terms.amountPaise }
  const block = await setup.seal({ pin, purpose: 'mandate', ...about })
  const body = { umn, nth: ++mandate.nth, accountId: mandate.payer.accountId, operation, pin: block }
  return (await setup.platform.as('payment')(operateMandate, { body })).code
}
async function made(more: Partial<MandateTerms> = {}, payer = asha): Promise<Kept> {
  const id = uuidv7(setup.clock.now().getTime())
  const terms: MandateTerms = {
    ...{
      amountRule: 'MAX',
      amountPaise: 500_00,
      recurrence: 'ASPRESENTED',
      validFrom: day(),
      validTo: day(90),
    },
    ...{ revocable: true, blockFunds: false, ...more },
  }
  const mandate = { id, here: umnOf(id, 'bahi'), there: umnOf(id, 'ganga'), terms, nth: 0, payer }
  const { userId } = payer
  expect(await operate(mandate, { type: 'create', mandateId: id, userId, payeeVpa, terms })).toBe('00')
  return mandate
}
const release = (mandate: Kept, pin = goodPin) =>
  operate(mandate, { type: 'release', toUmn: mandate.there }, { pin })
const take = (mandate: Kept, pin = goodPin) => {
  const { id: mandateId, there: fromUmn, terms } = mandate
  return operate(mandate, { type: 'take', fromUmn, mandateId, userId: asha.userId, payeeVpa, terms }, { pin })
}
async function kept(more: Partial<MandateTerms> = {}): Promise<Kept> {
  const mandate = await made(more)
  expect(await release(mandate)).toBe('00')
  return mandate
}

type Asked = {
  umn?: string
  amountPaise?: number
  payee?: string
  mcc?: string
  txnId?: string
  pin?: string
}
/** A debit of the other app, by the mandate alone unless there is a PIN. */
function leg(mandate: Kept, seqNum: number, asked: Asked = {}): Promise<string> {
  const { umn = mandate.there, amountPaise = 100_00, payee = payeeVpa, mcc = '0000', txnId, pin } = asked
  const creds = pin === undefined ? { type: 'UpiMandate' } : { type: 'PIN', subType: 'MPIN', data: pin }
  return setup.leg({
    ...{ leg: 'DEBIT', ref: asha.accountRef, amountPaise, payeeVpa: payee },
    ...(txnId === undefined ? {} : { txnId }),
    change: (m: Message<'ReqPay'>) => ({
      txn: { ...m.txn, umn, seqNum },
      payer: { ...m.payer, creds },
      payee: { ...m.payee, code: mcc },
    }),
  })
}
/** A debit of ours. */
async function own(mandate: Kept, sequence: number): Promise<string> {
  const authorisation = { kind: 'mandate', umn: mandate.here, sequence } as const
  const transfer = await setup.transfer(asha, asha, {
    ...{ authorisation, amountPaise: 100_00, payeeVpa, hold: true, payeeAccountId: undefined },
  })
  return (await setup.post(transfer))[0]!.code
}

describe('a debit of the app that keeps it', () => {
  it('is posted once for its number, whichever app asks, before the move and after it', async () => {
    const mandate = await made()
    expect(await own(mandate, 1)).toBe('00')
    expect(await leg(mandate, 2)).toBe('VF')
    expect(await leg(mandate, 2, { umn: mandate.here })).toBe('VF')
    expect(await release(mandate, '9999')).toBe('ZM')
    expect(await own(mandate, 2)).toBe('00')
    const before = await balance()
    expect(await release(mandate)).toBe('00')
    expect([await own(mandate, 3), await leg(mandate, 1), await leg(mandate, 2)]).toEqual(['VF', 'QB', 'QB'])
    const txnId = setup.network.newId()
    expect(await Promise.all(Array.from({ length: 4 }, () => leg(mandate, 3, { txnId })))).toEqual(
      Array.from({ length: 4 }, () => '00'),
    )
    const all = await Promise.all(Array.from({ length: 8 }, () => leg(mandate, 4)))
    expect(all.sort()).toEqual(['00', ...Array.from({ length: 7 }, () => 'QB')])
    expect(before - (await balance())).toBe(200_00)
    // And back again.
    expect(await take(mandate, '9999')).toBe('ZM')
    expect(await take(mandate)).toBe('00')
    expect([await leg(mandate, 5), await own(mandate, 3), await own(mandate, 5)]).toEqual(['VF', 'QB', '00'])
  })

  it('and the move away: each number is debited by one of them', async () => {
    const mandate = await made()
    const before = await balance()
    const held = (await setup.inLedger(asha))[1]!
    const [moved, ...codes] = await Promise.all([
      release(mandate),
      ...[1, 2, 3, 4].flatMap((n) => [own(mandate, n), leg(mandate, n)]),
    ])
    expect(moved).toBe('00')
    for (const n of [0, 1, 2, 3]) {
      const both = codes.slice(2 * n, 2 * n + 2)
      expect(both.filter((code) => code === '00').length).toBeLessThanOrEqual(1)
      expect(both.every((code) => ['00', 'VF', 'QB'].includes(code))).toBe(true)
    }
    const done = codes.filter((code) => code === '00').length
    const [left, heldNow] = await setup.inLedger(asha)
    expect(before - left! + heldNow! - held).toBe(done * 100_00)
    for (const n of [1, 2, 3, 4]) expect(['00', 'QB']).toContain(await leg(mandate, n))
  })

  it('is declined for anything that its terms do not allow', async () => {
    const mandate = await kept()
    const other = await setup.customer(1_000_00)
    expect(await leg(mandate, 1, { amountPaise: 500_01 })).toBe('QH')
    expect(await leg(mandate, 1, { payee: 'thief@sandbox' })).toBe('VG')
    expect(await leg(mandate, 1, { umn: umnOf(uuidv7(), 'ganga') })).toBe('VF')
    const ofOther = { leg: 'DEBIT', ref: other.accountRef, payeeVpa, amountPaise: 1 } as const
    const change = ({ txn, payer }: Message<'ReqPay'>) => ({
      txn: { ...txn, umn: mandate.there, seqNum: 1 },
      payer: { ...payer, creds: { type: 'UpiMandate' } },
    })
    expect(await setup.leg({ ...ofOther, change })).toBe('VF')
    expect(await leg(await kept({ amountRule: 'EXACT' }), 1)).toBe('QH')
    expect(await leg(await kept({ validFrom: day(1) }), 1)).toBe('QD')
    const once = await kept({ recurrence: 'ONETIME' })
    expect([await leg(once, 1), await leg(once, 2)]).toEqual(['00', 'QB'])
    const paused = await made()
    expect(await operate(paused, { type: 'pause', from: day(), until: day() })).toBe('00')
    expect([await release(paused), await leg(paused, 1)]).toEqual(['00', 'QA'])
    await setup.setStatus(asha, 'frozen')
    expect(await leg(mandate, 1)).toBe('YE')
    await setup.setStatus(asha, 'open')
    expect(await leg(mandate, 1)).toBe('00')
  })

  it('above what is debited without PIN needs the PIN beside the mandate', async () => {
    const amountPaise = withoutPinPaise(mandateRulesAt(setup.clock.now()), '0000') + 1
    const mandate = await kept({ amountPaise })
    const pinOf = (txnId: string, pin = goodPin) => {
      const paymentId = txnId.slice(3).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
      return setup.seal({ pin, purpose: 'pay', paymentId, amountPaise, payeeVpa })
    }
    expect(await leg(mandate, 1, { amountPaise })).toBe('U11')
    const [wrong, right, again] = [setup.network.newId(), setup.network.newId(), setup.network.newId()]
    expect(await leg(mandate, 1, { amountPaise, txnId: wrong, pin: await pinOf(wrong, '9999') })).toBe('ZM')
    expect(await leg(mandate, 1, { amountPaise, txnId: right, pin: await pinOf(right) })).toBe('00')
    expect(await leg(mandate, 1, { amountPaise, txnId: again, pin: await pinOf(again) })).toBe('QB')
    // Some categories are debited up to a higher limit.
    expect(await leg(await kept({ amountPaise }), 1, { amountPaise, mcc: '6012' })).toBe('00')
  })

  it('that was given back is made again under its number', async () => {
    const mandate = await kept()
    const before = await balance()
    const txnId = setup.network.newId()
    expect(await leg(mandate, 1, { txnId })).toBe('00')
    const amountPaise = 100_00
    expect(await setup.leg({ leg: 'DEBIT-REVERSAL', txnId, ref: asha.accountRef, amountPaise })).toBe('00')
    expect(await balance()).toBe(before)
    expect([await leg(mandate, 1), await leg(mandate, 1)]).toEqual(['00', 'QB'])
  })
})

describe('a mandate that another app keeps', () => {
  it('is ended by what that app says, and never one that is kept here', async () => {
    const [mandate, ours] = [await kept(), await made()]
    const say = (umn: string, type: 'REVOKE' | 'PAUSE' = 'REVOKE') => {
      const { head, txn } = setup.network.legMessage({ leg: 'DEBIT' })
      return setup.send({ api: 'ReqMandateConfirmation', head, txn: { ...txn, type, umn }, mandate: {} })
    }
    expect(await say(mandate.there, 'PAUSE')).toMatchObject({ err: 'U10' })
    expect(await say(ours.here)).toMatchObject({ err: 'VF' })
    expect(await say(umnOf(uuidv7(), 'ganga'))).toMatchObject({ err: 'VF' })
    expect(await leg(mandate, 1)).toBe('00')
    for (const _ of [1, 2]) expect(await say(mandate.there)).not.toHaveProperty('err')
    expect(await leg(mandate, 2)).toBe('QC')
    expect(await take(mandate)).toBe('QC')
    expect(await own(ours, 1)).toBe('00')
  })

  it('is seen by who has linked its account, at our bank too, with why it cannot be moved here', async () => {
    const who = await setup.customer(0)
    const mandate = await kept()
    const blocked = { ...mandate.terms, recurrence: 'ONETIME' as const, blockFunds: true }
    const held = {
      ...{
        umn: mandate.there,
        app: 'Ganga Bank',
        payerVpa: 'asha@ganga',
        name: 'Films',
        terms: mandate.terms,
      },
      ...{ payee: { vpa: payeeVpa, name: 'Shop' }, bank: 'BAHI', accountRef: asha.accountRef, mcc: '0000' },
      ...{ txnId: `GNG${'0'.repeat(32)}`, rrn: '000000000000' },
    }
    const here = { ...held, payee: { vpa: who.vpa, name: 'Ravi' } }
    setup.outside.held = [held, { ...held, terms: blocked }, here, { ...held, umn: 'no-number@ganga' }]
    const list = async (of: Customer) => (await setup.as(of)(listMandatesElsewhere, {})).mandates
    const seen = await list(asha)
    const { id } = mandate
    expect(seen.map(({ stays }) => stays)).toEqual([undefined, 'money-reserved', 'payee-here'])
    expect(seen[0]).toMatchObject({ id, accountId: asha.accountId, umn: mandate.there, bank: 'BAHI' })
    expect(seen[0]).not.toHaveProperty('accountRef')
    expect(await list(who)).toEqual([])
  })

  it('is under its own number alone, with its own terms, of its own person, and keeps nobody here', async () => {
    const who = await setup.customer(0)
    const inTheWay = async () =>
      (await setup.platform.as('user')(obstaclesInAccount, { params: { userId: who.userId } })).obstacles
    const theirs = await made({}, who)
    expect(await inTheWay()).toEqual(['mandates'])
    expect(await release(theirs)).toBe('00')
    expect(await inTheWay()).toEqual([])
    const mandate = await made()
    expect(await operate(mandate, { type: 'release', toUmn: umnOf(uuidv7(), 'ganga') })).toBe('VF')
    expect(await operate(mandate, { type: 'release', toUmn: mandate.here })).toBe('VF')
    expect(await take(mandate)).toBe('VF')
    expect(await release(mandate)).toBe('00')
    const { id: mandateId, there: fromUmn, terms } = mandate
    const wanted = { type: 'take', fromUmn, mandateId, userId: asha.userId, payeeVpa, terms } as const
    expect(await operate(mandate, { ...wanted, userId: who.userId })).toBe('XH')
    expect(await operate(mandate, { ...wanted, terms: { ...terms, amountPaise: 1 } })).toBe('QH')
    expect(await operate(mandate, wanted, { umn: umnOf(uuidv7(), 'bahi') })).toBe('VF')
    expect(await take(mandate)).toBe('00')
  })
})
