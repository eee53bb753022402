// What a payment may be, asked before its PIN: the same limits that would refuse it, and no trace of the question.
import { paymentLimit } from '@bahi/contracts/payment.ts'
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

const limitOf = async (payer: TestPerson, payeeVpa: string) => {
  const { maxPaise, code } = await setup.platform.person(payer)(paymentLimit, {
    querystring: { payerVpa: payer.vpa, payeeVpa },
  })
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
    const asked = setup.platform.person(asha)(paymentLimit, {
      querystring: { payerVpa: ravi.vpa, payeeVpa: asha.vpa },
    })
    expect(await refusal(asked)).toBe('not-found')
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
