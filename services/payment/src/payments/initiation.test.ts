// How a payment began: from the API to row, event, views, receipt and network, and from the network.
import type { InitiationInput } from '@bahi/contracts/initiation.ts'
import { amountToWire, type Message } from '@bahi/contracts/network.ts'
import { receipt, showPayment } from '@bahi/contracts/payment.ts'
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import { refusal, type TestPerson } from '../testing.ts'
import { createSwitchTestSetup } from '../testing-switch.ts'

type Switch = Awaited<ReturnType<typeof createSwitchTestSetup>>
let network: Switch
let setup: Switch['setup']
beforeAll(async () => {
  network = await createSwitchTestSetup(inject('postgresUrl'))
  setup = network.setup
})
afterEach(async () => expect(await setup.inconsistencies()).toEqual([]))
afterAll(() => setup.stop())

const show = (person: TestPerson, id: string) =>
  setup.platform.person(person)(showPayment, { params: { id } })
const order: InitiationInput = {
  mode: '15',
  purpose: '08',
  reference: 'ORDER-77',
  mcc: '8211',
  origin: { kind: 'qr', id: 'q-1' },
}

it('is stored, and shown to both, the origin to the payer alone', async () => {
  const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
  const paid = await setup.payAs(asha, ravi, { id, initiation: order })
  expect(paid).toMatchObject({ status: 'settled', initiation: order })
  expect((await show(ravi, id)).initiation).toEqual({ ...order, origin: { kind: 'qr' } })
  const [event] = await setup.sql`select data from payment.events where stream = ${id} and version = 1`
  expect(event?.['data']).toMatchObject({ initiation: order, assessment: { decision: 'allow', reasons: [] } })
  const { lines } = await setup.platform.person(asha)(receipt, { params: { id } })
  expect(lines).toEqual(
    expect.arrayContaining([
      { label: 'Purpose', value: 'education' },
      { label: 'Order reference', value: 'ORDER-77' },
      { label: 'Merchant category (MCC)', value: '8211' },
    ]),
  )
})

it('is the default when left out, which is the same content', async () => {
  const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
  const paid = await setup.payAs(asha, ravi, { id })
  expect(paid.initiation).toEqual({ mode: '00', purpose: '00', mcc: '0000', origin: { kind: 'app' } })
  expect(await setup.payAs(asha, ravi, { id, initiation: { mode: '00' } })).toEqual(paid)
  expect(await refusal(setup.payAs(asha, ravi, { id, initiation: { purpose: '09' } }))).toBe('id-reused')
})

it('that contradicts itself is refused, and nothing is stored', async () => {
  const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
  for (const initiation of [{ mode: '22' }, { purpose: '44' }, { origin: { kind: 'mandate' } }] as const)
    expect(await refusal(setup.payAs(asha, ravi, { id, initiation }))).toBe('request-invalid')
  expect(await setup.eventsOf(id)).toEqual([])
})

it('has the category of a verified merchant, and no other', async () => {
  const [asha, shop] = [setup.newPerson(), setup.newPerson()]
  setup.parties.set(shop.vpa, { ...shop.party, mcc: '5411' })
  expect((await setup.payAs(asha, shop)).initiation?.mcc).toBe('5411')
  const initiation = { mcc: '6211' }
  expect(await refusal(setup.payAs(asha, shop, { initiation }))).toBe('request-invalid')
})

it('is sent to the network and received from it', async () => {
  const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
  const answered = setup.payAs(asha, { vpa: 'ramesh@ganga' }, { id, initiation: order })
  const message = await network.started(id)
  expect(message).toMatchObject({
    txn: { initiationMode: '15', purpose: '08', refId: 'ORDER-77' },
    payer: { code: '0000', type: 'PERSON' },
    payee: { code: '8211', type: 'ENTITY' },
  })
  await network.deliver(network.replyTo(message, { result: 'SUCCESS' }))
  expect((await answered).status).toBe('settled')

  const txnId = `GNG${setup.newId().replaceAll('-', '')}`
  const amount = amountToWire(100)
  const inbound: Message<'ReqAuthDetails'> = {
    api: 'ReqAuthDetails',
    head: network.headOf(),
    txn: {
      id: txnId,
      custRef: '632712000077',
      ts: setup.clock.now().toISOString(),
      type: 'PAY',
      ...{ initiationMode: '91', purpose: '09', refId: 'a?' },
    },
    payer: { addr: 'ramesh@ganga', name: 'Ramesh', type: 'PERSON', code: '0000', amount },
    payee: { addr: ravi.vpa, name: '', type: 'PERSON', code: '0000', amount },
  }
  await network.deliver(inbound)
  const rows = await setup.sql`
    select initiation_mode, purpose, reference, origin_kind from payment.payments where txn_prefix = ${txnId}`
  expect(rows).toEqual([{ initiationMode: '91', purpose: '09', reference: null, originKind: 'network' }])
})
