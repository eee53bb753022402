// A payer chooses the id of a payment: it must not be that of another transfer of the ledger, which then could not be.
import { txnIdOf } from '@bahi/contracts/formats.ts'
import { uuidv7, uuidv7TimeMs } from '@bahi/contracts/id.ts'
import { closeHolds } from '@bahi/contracts/transfers.ts'
import { deriveId } from '@bahi/kit/crypto/derive-id.ts'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { createAccountTestSetup, type Customer } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
let asha: Customer
let ravi: Customer
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
})
afterAll(() => setup.platform.stop())
beforeEach(async () => {
  asha = await setup.customer(1_000_00)
  ravi = await setup.customer(0)
})
afterEach(async () => {
  expect(await setup.bookFaults()).toEqual([])
})

/** A payment whose id anybody can work out from public words. */
const payAs = (timeMs: number, ...words: string[]) =>
  setup.pay(asha, ravi, { id: deriveId(timeMs, ...words), amountPaise: 1 })

it.each([
  ['capture', 'captured'],
  ['void', 'voided'],
] as const)('a payment cannot keep a hold from its %s', async (outcome, status) => {
  const payee = { vpa: 'kavya@ganga', accountId: uuidv7() }
  const order = await setup.transfer(asha, payee, { hold: true, amountPaise: 400_00 })
  const { payeeAccountId: _, ...held } = order
  const { id } = held
  expect(await setup.post(held)).toMatchObject([{ code: '00' }])
  await payAs(uuidv7TimeMs(id), id, outcome)
  const closings = [{ id, outcome, txnId: txnIdOf('BAH', id), rrn: '632709000001' }]
  const { outcomes } = await setup.platform.as('payment')(closeHolds, { body: { closings } })
  expect(outcomes).toMatchObject([{ id, status }])
})

it.each(['CREDIT', 'CREDIT-REVERSAL'] as const)(
  'a payment cannot keep a transaction of the network from its %s',
  async (leg) => {
    const txn = { txnId: setup.network.newId(), ref: asha.accountRef, amountPaise: 100_00 }
    if (leg !== 'CREDIT') expect(await setup.leg({ leg: 'CREDIT', ...txn })).toBe('00')
    const { ts } = setup.network.legMessage({ leg, ...txn }).txn
    await payAs(Date.parse(ts), txn.txnId, leg)
    expect(await setup.leg({ leg, ...txn })).toBe('00')
  },
)
