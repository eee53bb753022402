// Which messages our bank accepts, and how its replies reach the network.
import type { Message } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { createSigner } from '@bahi/kit/crypto/signed-message.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createAccountTestSetup, type Customer } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
let asha: Customer
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
})
afterAll(() => setup.platform.stop())
beforeEach(async () => {
  asha = await setup.customer(1_000_00)
})
afterEach(async () => {
  setup.network.switch.receive = () => undefined
  expect(await setup.bookFaults()).toEqual([])
})

const s = 1_000
const credit = () => ({ txnId: setup.network.newId(), ref: asha.accountRef, amountPaise: 100_00 })
const balance = async () => (await setup.inLedger(asha))[0]

describe('a message', () => {
  const refused: [why: string, err: string, change: (m: Message<'ReqPay'>) => object][] = [
    ['from 61 seconds ago', 'U70', (m) => ({ head: { ...m.head, ts: ago(61 * s) } })],
    ['from the future', 'U70', (m) => ({ head: { ...m.head, ts: ago(-61 * s) } })],
    ['of a transaction that is too old', 'U70', (m) => ({ txn: { ...m.txn, ts: ago(200 * s) } })],
    ['of a transaction in the future', 'U70', (m) => ({ txn: { ...m.txn, ts: ago(-90 * s) } })],
    ['that begins a payment', 'U10', (m) => ({ txn: { ...m.txn, type: 'PAY' } })],
    ['that reverses nothing', 'U10', (m) => ({ txn: { ...m.txn, type: 'REVERSAL' } })],
    [
      'whose amounts differ',
      'ZD',
      (m) => ({ payer: { ...m.payer, amount: { curr: 'INR', value: '1.00' } } }),
    ],
    ['of amount zero', 'ZD', (m) => amounts(m, '0.00')],
    ['of an amount beyond the bound', 'ZD', (m) => amounts(m, '999999999999999.00')],
  ]
  const ago = (ms: number) => new Date(setup.clock.now().getTime() - ms).toISOString()
  const amounts = ({ payer, payee }: Message<'ReqPay'>, value: string) => {
    const amount = { curr: 'INR', value }
    return { payer: { ...payer, amount }, payee: { ...payee, amount } }
  }
  it.each(refused)('%s is refused: %s', async (_why, err, change) => {
    const message = setup.network.legMessage({ leg: 'CREDIT', ...credit(), change })
    expect(await setup.send(message)).toMatchObject({ err, reqMsgId: message.head.msgId })
    expect(await balance()).toBe(1_000_00)
  })

  it('at the path of another transaction is refused', async () => {
    const message = setup.network.legMessage({ leg: 'CREDIT', ...credit() })
    const sign = () => setup.network.sign(message)
    const other = { ...message, txn: { ...message.txn, id: setup.network.newId() } }
    expect(await setup.send(other, sign)).toMatchObject({ err: 'ZD' })
  })

  it.each([
    ['of another API', (m: Message) => ({ ...m, api: 'ReqAuthDetails' })],
    ['without its parties', (m: Message) => ({ ...m, payee: undefined })],
    ['of an amount of three decimals', (m: Message) => ({ ...m, payee: { amount: { value: '1.000' } } })],
    [
      'of a second that no clock counts',
      (m: Message) => ({ ...m, head: { ...m.head, ts: '2016-12-31T23:59:60Z' } }),
    ],
    ['of text', () => 'credit me'],
  ])('%s is no message', async (_what, change) => {
    const message = setup.network.legMessage({ leg: 'CREDIT', ...credit() })
    const call = setup.send(message, () => setup.network.sign(change(message)))
    expect(await refusal(call)).toMatchObject({ code: 'request-invalid' })
  })

  it('signed with another key, or changed in transit, is refused', async () => {
    const message = setup.network.legMessage({ leg: 'CREDIT', ...credit() })
    const unknownSigner = await createSigner(setup.network.unknownSigner.own)
    expect(await refusal(setup.send(message, unknownSigner))).toMatchObject({ code: 'unauthenticated' })
    const bigger = { ...message, payee: { ...message.payee, name: 'Other' } }
    const { payload } = await setup.network.sign(bigger)
    const changed = async (m: unknown) => ({ ...(await setup.network.sign(m)), payload })
    expect(await refusal(setup.send(message, changed))).toMatchObject({ code: 'unauthenticated' })
    const ours = await createSigner(setup.network.env['BAHI_NETWORK_KEY']!)
    expect(await refusal(setup.send(message, ours))).toMatchObject({ code: 'unauthenticated' })
    expect(await balance()).toBe(1_000_00)
  })
})

describe('a reply', () => {
  const waiting = () => setup.platform.database.admin`select key from account.due_work`

  it('is sent until the network accepts it', async () => {
    let tries = 0
    setup.network.switch.receive = () => {
      if (++tries < 3) throw new Problem('unavailable')
      return undefined
    }
    const message = setup.network.legMessage({ leg: 'CREDIT', ...credit() })
    await setup.send(message)
    expect(await waiting()).toHaveLength(1)
    setup.clock.advance(3 * s)
    await expect.poll(() => tries).toBe(2)
    setup.clock.advance(10 * s)
    await expect.poll(() => tries).toBe(3)
    expect(await setup.answersTo(message.head.msgId)).toHaveLength(1)
    await expect.poll(waiting).toEqual([])
    expect(await balance()).toBe(1_100_00)
  })

  it('that is refused is not sent again', async () => {
    setup.network.switch.receive = () => 'U48'
    expect(await setup.leg({ leg: 'CREDIT', ...credit() })).toBe('00')
    await expect.poll(waiting).toEqual([])
  })

  it('is given up after two hours', async () => {
    let down = true
    setup.network.switch.receive = () => {
      if (down) throw new Problem('timeout')
      return undefined
    }
    const message = setup.network.legMessage({ leg: 'CREDIT', ...credit() })
    await setup.send(message)
    setup.clock.advance(121 * 60 * s)
    await expect.poll(waiting).toEqual([])
    down = false
    expect(setup.network.received.filter((m) => m.resp.reqMsgId === message.head.msgId)).toEqual([])
  })
})
