// Address requests and incoming payments: what our PSP replies to the network, and what it stores.
import { blockPerson } from '@bahi/contracts/people.ts'
import { amountToWire, type Message } from '@bahi/contracts/network.ts'
import { showPayment } from '@bahi/contracts/payment.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import type { TestPerson } from '../testing.ts'
import { createSwitchTestSetup } from '../testing-switch.ts'

type Switch = Awaited<ReturnType<typeof createSwitchTestSetup>>
let setup: Switch['setup']
let sentOf: Switch['sentOf']
let headOf: Switch['headOf']
let started: Switch['started']
let deliver: Switch['deliver']
let replyTo: Switch['replyTo']

beforeAll(async () => {
  ;({ setup, sentOf, headOf, started, deliver, replyTo } = await createSwitchTestSetup(inject('postgresUrl')))
})
afterEach(async () => expect(await setup.inconsistencies()).toEqual([]))
afterAll(() => setup.stop())

const see = (person: TestPerson, id: string) => setup.platform.person(person)(showPayment, { params: { id } })

describe('the address of a payment that began here', () => {
  it('the payee moved their UPI ID to another account meanwhile: the payment is refused', async () => {
    const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
    setup.parties.set(asha.vpa, { ...asha.party, bank: 'GANG', ifsc: 'GANG0000001', onUs: false })
    const answered = setup.payAs(asha, ravi, { id })
    const request = await started(id)
    const whose = (more: object = {}) =>
      deliver({ ...request, ...more, api: 'ReqAuthDetails', head: headOf() } as Message<'ReqAuthDetails'>)
    const answerNo = async (nth: number) => {
      await setup.until(() => sentOf('RespAuthDetails', request.txn.id).length === nth)
      return (sentOf('RespAuthDetails', request.txn.id)[nth - 1] as Message<'RespAuthDetails'>).resp
    }
    await whose()
    expect(await answerNo(1)).toMatchObject({ result: 'SUCCESS' })
    setup.parties.set(ravi.vpa, { ...ravi.party, accountId: setup.newId(), accountRef: setup.newId() })
    await whose()
    expect(await answerNo(2)).toMatchObject({ result: 'FAILURE', errCode: 'XI' })
    setup.parties.set(ravi.vpa, ravi.party)
    await whose({
      payee: { ...request.payee, amount: amountToWire(101) },
      payer: { ...request.payer, amount: amountToWire(101) },
    })
    expect(await answerNo(3)).toMatchObject({ result: 'FAILURE', errCode: 'U01' })
    await deliver(replyTo(request, { result: 'FAILURE', errCode: 'U17' }))
    expect((await answered).status).toBe('failed')
    // A payment that failed here is not confirmed to the network.
    await whose()
    expect(await answerNo(4)).toMatchObject({ result: 'FAILURE', errCode: 'U17' })
  })

  it('a request for an address with our prefix and an unknown id is refused', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const id = `BHI${setup.newId().replaceAll('-', '')}`
    const person = { type: 'PERSON', code: '0000', amount: amountToWire(100) } as const
    await deliver({
      api: 'ReqAuthDetails',
      head: headOf(),
      txn: { id, custRef: '632712000002', ts: setup.clock.now().toISOString(), type: 'PAY' },
      payer: { ...person, addr: asha.vpa, name: '' },
      payee: { ...person, addr: ravi.vpa, name: '' },
    })
    await setup.until(() => sentOf('RespAuthDetails', id).length === 1)
    expect(sentOf('RespAuthDetails', id)[0]).toMatchObject({ resp: { result: 'FAILURE', errCode: 'U48' } })
  })
})

describe('from another app to one of our UPI IDs', () => {
  const inbound = (ravi: TestPerson): Message<'ReqAuthDetails'> => {
    const id = `GNG${setup.newId().replaceAll('-', '')}`
    const person = { type: 'PERSON', code: '0000', amount: amountToWire(75_50) } as const
    return {
      api: 'ReqAuthDetails',
      head: headOf(),
      txn: { id, custRef: '632712000001', ts: setup.clock.now().toISOString(), type: 'PAY' },
      payer: { ...person, addr: 'ramesh@ganga', name: 'Ramesh' },
      payee: { ...person, addr: ravi.vpa.toUpperCase(), name: '' },
    }
  }
  const rowOf = async (txnId: string) => {
    const [row] = await setup.sql<{ id: string; status: string }[]>`
      select id, status from payment.payments where txn_prefix = ${txnId}`
    return row
  }

  it('is stored as pending with the reply, and visible to the payee once it is settled', async () => {
    const ravi = setup.newPerson()
    // Our bank knows that the payee is a shop; the other app does not.
    setup.parties.set(ravi.vpa, { ...ravi.party, kind: 'merchant', mcc: '5411' })
    const request = inbound(ravi)
    await Promise.all([deliver(request), deliver(request)])
    await deliver(request)
    const { id, status } = (await rowOf(request.txn.id))!
    expect(status).toBe('pending')
    await setup.until(() => sentOf('RespAuthDetails', request.txn.id).length >= 1)
    expect(sentOf('RespAuthDetails', request.txn.id)[0]).toMatchObject({
      resp: { result: 'SUCCESS' },
      payee: {
        ...{ type: 'ENTITY', code: '5411', name: ravi.party.name },
        ac: { acnum: ravi.party.accountRef },
      },
    })
    await expect(see(ravi, id)).rejects.toMatchObject({ code: 'not-found' })
    await deliver(replyTo(request, { result: 'SUCCESS' }, 'ReqTxnConfirmation'))
    await deliver(replyTo(request, { result: 'SUCCESS' }, 'ReqTxnConfirmation'))
    expect(await see(ravi, id)).toMatchObject({
      status: 'settled',
      direction: 'credit',
      amountPaise: 75_50,
      txnId: request.txn.id,
      payer: { vpa: 'ramesh@ganga', name: 'Ramesh' },
      initiation: { mcc: '5411' },
    })
    expect(await setup.eventsOf(id)).toEqual(['payment.begun', 'payment.settled'])
  })

  it('somebody whom the payee has blocked is refused, and nothing is stored', async () => {
    const ravi = setup.newPerson()
    const request = inbound(ravi)
    await setup.platform.person(ravi)(blockPerson, { params: { vpa: 'ramesh@ganga' } })
    await deliver(request)
    await setup.until(() => sentOf('RespAuthDetails', request.txn.id).length === 1)
    expect(sentOf('RespAuthDetails', request.txn.id)[0]).toMatchObject({
      resp: { result: 'FAILURE', errCode: 'ZG' },
    })
    expect(await rowOf(request.txn.id)).toBeUndefined()
  })

  it('an unknown UPI ID is refused, and nothing is stored', async () => {
    const request = { ...inbound(setup.newPerson()) }
    request.payee = { ...request.payee, addr: 'nobody@bahi' }
    await deliver(request)
    await setup.until(() => sentOf('RespAuthDetails', request.txn.id).length === 1)
    expect(sentOf('RespAuthDetails', request.txn.id)[0]).toMatchObject({
      resp: { result: 'FAILURE', errCode: 'ZH' },
    })
    expect(await rowOf(request.txn.id)).toBeUndefined()
  })

  it.each(['0.00', '10000000000000.01', '999999999999999.99'])(
    '%s rupees: refused, and nothing is stored',
    async (value) => {
      const request = inbound(setup.newPerson())
      request.payer = { ...request.payer, amount: { curr: 'INR', value } }
      request.payee = { ...request.payee, amount: { curr: 'INR', value } }
      await deliver(request)
      await setup.until(() => sentOf('RespAuthDetails', request.txn.id).length === 1)
      expect(sentOf('RespAuthDetails', request.txn.id)[0]).toMatchObject({ resp: { errCode: 'ZD' } })
      expect(await rowOf(request.txn.id)).toBeUndefined()
    },
  )

  it.each(['2016-12-31T23:59:60Z', '0001-01-01T00:00:00Z'])(
    'of %s: not a valid time, refused',
    async (ts) => {
      const request = inbound(setup.newPerson())
      const sending = deliver({ ...request, txn: { ...request.txn, ts } })
      await expect(sending).rejects.toMatchObject({ code: 'request-invalid' })
      expect(await rowOf(request.txn.id)).toBeUndefined()
    },
  )

  it('the same id with another amount is refused; with another name it is not', async () => {
    const request = inbound(setup.newPerson())
    request.payer = { ...request.payer, name: 'Ra\0me\u202Esh' }
    await deliver(request)
    const amount = amountToWire(75_51)
    await deliver({ ...request, payer: { ...request.payer, amount }, payee: { ...request.payee, amount } })
    await setup.until(() => sentOf('RespAuthDetails', request.txn.id).length === 2)
    const answers = sentOf('RespAuthDetails', request.txn.id) as Message<'RespAuthDetails'>[]
    expect(answers.map(({ resp }) => resp.errCode)).toEqual([undefined, 'U01'])
    const [row] = await setup.sql<{ payerName: string }[]>`
      select payer_name from payment.payments where txn_prefix = ${request.txn.id}`
    expect(row).toEqual({ payerName: 'Ramesh' })
  })

  it('no confirmation arrives: checked like any other, and completed by the answer', async () => {
    const request = inbound(setup.newPerson())
    // It took a while to arrive.
    request.txn.ts = new Date(setup.clock.now().getTime() - 5_000).toISOString()
    await deliver(request)
    setup.clock.advance(91_000)
    await setup.until(() => sentOf('ReqChkTxn', request.txn.id).length === 1)
    expect(sentOf('ReqChkTxn', request.txn.id)[0]!.txn.ts).toBe(request.txn.ts)
    await deliver(replyTo(request, { result: 'FAILURE', errCode: 'U30' }, 'RespChkTxn'))
    expect((await rowOf(request.txn.id))!.status).toBe('failed')
  })
})
