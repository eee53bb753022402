// What a payment would meet, asked before its PIN: the same rules that would refuse it, and no trace of the question.
import type { Input } from '@bahi/contracts/call.ts'
import { changeControls } from '@bahi/contracts/controls.ts'
import { blockPerson } from '@bahi/contracts/people.ts'
import { quote } from '@bahi/contracts/payment.ts'
import { payRules } from '@bahi/contracts/rules.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPaymentTestSetup, refusal, type TestPerson } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createPaymentTestSetup>>
beforeAll(async () => {
  setup = await createPaymentTestSetup(inject('postgresUrl'))
})
afterAll(async () => {
  expect(await setup.inconsistencies()).toEqual([])
  await setup.stop()
})

type Asked = Partial<Input<typeof quote>['body']>
const quoteOf = (payer: TestPerson, payeeVpa: string, more: Asked = {}) =>
  setup.platform.person(payer)(quote, { body: { payerVpa: payer.vpa, payeeVpa, ...more } })
const limitOf = async (payer: TestPerson, payeeVpa: string) => {
  const { maxPaise, code } = await quoteOf(payer, payeeVpa)
  return [maxPaise, code]
}
const nowIso = () => setup.clock.now().toISOString()
const lakh = 1_00_000_00

describe('the limit of a payment', () => {
  it('is that of everybody, less what was paid in a day', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    expect(await limitOf(asha, ravi.vpa)).toEqual([lakh, 'Z8'])
    await setup.payAs(asha, ravi, { amountPaise: 40_000_00 })
    expect(await limitOf(asha, ravi.vpa.toUpperCase())).toEqual([60_000_00, 'Z8'])
  })
  it('is that of the cooling period, first of one payment and then of their sum', async () => {
    const [asha, ravi] = [setup.newPerson({ pinSetAt: nowIso() }), setup.newPerson()]
    expect(await limitOf(asha, ravi.vpa)).toEqual([5_000_00, 'FL'])
    expect((await setup.payAs(asha, ravi, { amountPaise: 5_000_01 })).failure?.code).toBe('FL')
    await setup.payAs(asha, ravi, { amountPaise: 1_200_00 })
    expect(await limitOf(asha, ravi.vpa)).toEqual([3_800_00, 'FP'])
    await setup.payAs(asha, ravi, { amountPaise: 3_800_00 })
    expect(await limitOf(asha, ravi.vpa)).toEqual([0, 'FP'])
  })
  it('is nothing to oneself, to another UPI ID of the same account, and to nobody', async () => {
    const asha = setup.newPerson()
    setup.parties.set('asha-too@bahi', { ...asha.party, vpa: 'asha-too@bahi' })
    expect(await limitOf(asha, asha.vpa)).toEqual([0, 'U96'])
    expect(await limitOf(asha, 'asha-too@bahi')).toEqual([0, 'U96'])
    expect(await limitOf(asha, 'nobody@bahi')).toEqual([0, 'ZH'])
  })
  it('is not shown for the UPI ID of somebody else', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    expect(await refusal(quoteOf(asha, asha.vpa, { payerVpa: ravi.vpa }))).toBe('not-found')
  })
  it('uses no RRN up and stores nothing', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const used = async () => {
      const [row] = await setup.sql<{ n: number; payments: number }[]>`
        select (select last_value from payment.rrn_sequence) as n, (select count(*) from payment.payments) as payments`
      return row
    }
    const before = await used()
    await limitOf(asha, ravi.vpa)
    expect(await used()).toEqual(before)
  })
})

describe('a quote', () => {
  it('tells merchants from people, and "merchants only" lets merchants be paid', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const vpa = 'shop-of-all@ganga'
    setup.parties.set(vpa, { ...ravi.party, vpa, kind: 'merchant' })
    expect((await quoteOf(asha, ravi.vpa)).payee).toMatchObject({ kind: 'person' })
    expect((await quoteOf(asha, vpa)).payee).toMatchObject({ kind: 'merchant' })
    await setup.platform.person(asha)(changeControls, {
      body: { version: 0, controls: { personsOff: true } },
    })
    expect((await setup.payAs(asha, ravi)).failure).toMatchObject({ reason: 'person:persons-off' })
    expect((await setup.payAs(asha, { vpa })).status).toBe('settled')
  })

  it('names the payee, the route, and what is left of each limit', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    await setup.payAs(asha, ravi, { amountPaise: 40_000_00 })
    const mine = { perTransactionPaise: 30_000_00, perMonthPaise: 90_000_00, perDayCount: 3 }
    await setup.platform.person(asha)(changeControls, { body: { version: 0, controls: mine } })
    expect(await quoteOf(asha, ravi.vpa, { amountPaise: 1_00 })).toMatchObject({
      payee: { vpa: ravi.vpa, name: ravi.party.name, kind: 'person' },
      ...{ route: 'ledger', decision: 'allow', refusals: [], warnings: [] },
      maxPaise: 30_000_00,
      message: expect.stringContaining('set yourself') as string,
      limits: [
        { limit: 'everybody:transaction-amount', ofPaise: lakh, leftPaise: lakh },
        { limit: 'person:transaction-amount', ofPaise: 30_000_00, leftPaise: 30_000_00 },
        { limit: 'everybody:day-count', ofCount: 20, leftCount: 19 },
        { limit: 'person:ist-day-count', ofCount: 3, leftCount: 2 },
        { limit: 'everybody:day-amount', ofPaise: lakh, leftPaise: 60_000_00 },
        { limit: 'person:month-amount', ofPaise: 90_000_00, leftPaise: 50_000_00 },
      ],
    })
  })
  it('says what would refuse the payment, in the words that the payment then has', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const controls = { personsOff: true, perTransactionPaise: 50 }
    await setup.platform.person(asha)(changeControls, { body: { version: 0, controls } })
    const { decision, refusals } = await quoteOf(asha, ravi.vpa, { amountPaise: 1_00 })
    expect([decision, ...refusals.map(({ reason, code }) => `${code} ${reason}`)]).toEqual([
      'refuse',
      'ZA person:persons-off',
      'Z8 person:transaction-amount',
    ])
    const { failure } = await setup.payAs(asha, ravi, { amountPaise: 1_00 })
    expect(failure).toMatchObject(refusals[0]!)
  })
  it('warns of a large amount to somebody new, until they are known for a day', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const warned = async () => (await quoteOf(asha, ravi.vpa, { amountPaise: 20_000_00 })).warnings
    expect(await warned()).toMatchObject([{ reason: 'risk:new-payee' }])
    await setup.payAs(asha, ravi)
    expect(await warned()).toMatchObject([{ reason: 'risk:new-payee' }])
    setup.clock.advance(25 * 3_600_000)
    expect(await warned()).toEqual([])
  })
  it('warns of somebody whom the payer has blocked, by any of their UPI IDs', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    await setup.platform.person(asha)(blockPerson, { params: { vpa: ravi.vpa } })
    const other = `other-${ravi.vpa}`
    setup.parties.set(other, { ...ravi.party, vpa: other })
    for (const vpa of [ravi.vpa, other])
      expect(await quoteOf(asha, vpa, { amountPaise: 1_00 })).toMatchObject({
        ...{ decision: 'allow', refusals: [] },
        warnings: [{ reason: 'person:blocked-payee' }],
      })
    expect((await quoteOf(ravi, asha.vpa, { amountPaise: 1_00 })).warnings).toEqual([])
  })
  it('refuses a code that asks for the PIN to receive, and so does the payment', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const code = { note: 'Enter PIN to receive', initiation: { mode: '01', origin: { kind: 'qr' } } } as const
    const { refusals } = await quoteOf(asha, ravi.vpa, { amountPaise: 1_00, ...code })
    expect(refusals.map(({ reason }) => reason)).toEqual(['risk:asks-to-receive'])
    const failed = await setup.payAs(asha, ravi, code)
    expect(failed.failure).toMatchObject({ code: 'U16', reason: 'risk:asks-to-receive' })
    const [row] = await setup.sql<{ assessment: object }[]>`
      select assessment from payment.payments where id = ${failed.id}`
    expect(row?.assessment).toMatchObject({ riskRules: '2', reasons: ['risk:asks-to-receive'] })
  })
  it('says the limit of a code from a picture before the PIN, and the payment is held to it', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const initiation = { mode: '01', origin: { kind: 'picture' } } as const
    expect(await quoteOf(asha, ravi.vpa, { initiation })).toMatchObject({
      ...{ maxPaise: 2_000_00, code: 'Z8', message: expect.stringContaining('from a picture') as string },
    })
    const over = await setup.payAs(asha, ravi, { amountPaise: 2_000_01, initiation })
    expect(over.failure).toMatchObject({ code: 'Z8', reason: 'picture:transaction-amount' })
    expect((await setup.payAs(asha, ravi, { amountPaise: 2_000_00, initiation })).status).toBe('settled')
    // What is in front of the camera, and a merchant whom a PSP has registered, has the usual limits.
    const scanned = { mode: '01', origin: { kind: 'qr' } } as const
    expect((await quoteOf(asha, ravi.vpa, { initiation: scanned })).maxPaise).toBe(lakh - 2_000_00)
    const shop = setup.newPerson()
    setup.parties.set(shop.vpa, { ...shop.party, kind: 'merchant', mcc: '5411' })
    expect((await quoteOf(asha, shop.vpa, { initiation })).maxPaise).toBe(lakh - 2_000_00)
  })
  it('names nobody whose UPI ID does not exist', async () => {
    const answer = await quoteOf(setup.newPerson(), 'nobody@bahi', { amountPaise: 1_00 })
    expect(answer.payee).toBeUndefined()
    expect(answer.refusals.map(({ reason }) => reason)).toEqual(['impossible:ZH'])
  })
  it('has so many a day, since it names who is paid', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const { quotesPerDay } = payRules.at(-1)!
    await Promise.all(Array.from({ length: quotesPerDay }, () => quoteOf(asha, ravi.vpa)))
    expect(await refusal(quoteOf(asha, ravi.vpa))).toBe('rate-limited')
  })
})
