// The switch as its member sees it: the messages of a payment, and the entries at the sandbox's banks.
import { balEnq, payFromOutside, setCre, valAdd } from '@bahi/contracts/sandbox.ts'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { amountPaise, startTestNetwork, ourPayer, type TestNetwork } from '../testing.ts'

let network: TestNetwork
beforeAll(async () => {
  network = await startTestNetwork(inject('postgresUrl'))
})
afterAll(() => network.platform.stop())

const until = async (txnId: string, ...expected: string[]) =>
  vi.waitFor(() => expect(network.member.receivedAbout(txnId)).toEqual(expected), { interval: 20 })
const balanceOf = async (accountRef: string) => {
  const [row] = await network.platform.database.admin<{ balancePaise: number }[]>`
    select balance_paise from sandbox.other_accounts where account_ref = ${accountRef}`
  return row!.balancePaise
}

describe('a payment of our PSP', () => {
  it('with money held at our bank credits a customer of another bank, and gets one response', async () => {
    const gita = await network.customer('GANG', 100)
    expect(gita.vpa).toMatch(/^9876500001(\.\d+)?@ganga$/)
    const { txnId, ack } = await network.pay(gita.vpa)
    expect(ack).toMatchObject({ api: 'ReqPay' })
    expect(ack.err).toBeUndefined()
    await until(txnId, 'psp RespPay SUCCESS')
    const { message } = network.member.received.find((h) => h.message.txn.id === txnId)!
    expect(message).toMatchObject({
      txn: { id: txnId, custRef: '632812000001', type: 'PAY' },
      resp: { reqMsgId: ack.reqMsgId, result: 'SUCCESS' },
      refs: [
        { type: 'PAYER', addr: ourPayer.addr, respCode: '00', settAmount: '250.00' },
        { type: 'PAYEE', addr: gita.vpa, respCode: '00', settAmount: '250.00' },
      ],
    })
    expect(await balanceOf(gita.accountRef)).toBe(100 + amountPaise)
  })

  it('from an account at another bank is debited there with the PIN, and credited at our bank', async () => {
    const gita = await network.customer('GANG', 1_000_00, '4071')
    const { paymentId, txnId } = network.newIds()
    const block = { purpose: 'pay', paymentId, amountPaise, payeeVpa: 'ravi@bahi', pin: '4071' } as const
    const ac = { addrType: 'ACCOUNT', ifsc: gita.ifsc, actype: 'SAVINGS', acnum: gita.accountRef }
    const payer = { ac, creds: { type: 'PIN', subType: 'MPIN', data: await network.encrypt(block) } }
    await network.pay('ravi@bahi', { txnId, payer })
    await vi.waitFor(() => expect(network.member.receivedAbout(txnId)).toHaveLength(4))
    expect(network.member.receivedAbout(txnId).slice(0, 2)).toEqual(['psp ReqAuthDetails', 'bank CREDIT'])
    expect(network.member.receivedAbout(txnId).slice(2).sort()).toEqual([
      'psp ReqTxnConfirmation SUCCESS',
      'psp RespPay SUCCESS',
    ])
    expect(await balanceOf(gita.accountRef)).toBe(1_000_00 - amountPaise)
    expect(network.member.legs.get(`${txnId} CREDIT`)).toBe('CREDIT')
  })

  it('to an unknown address fails with ZH', async () => {
    const { txnId } = await network.pay('nobody@ganga')
    await until(txnId, 'psp RespPay FAILURE ZH')
  })

  it('is found by a status check, and an unknown one is refused after its status check', async () => {
    const { txnId } = await network.pay('ok@sandbox')
    await until(txnId, 'psp RespPay SUCCESS')
    await network.check(txnId)
    await until(txnId, 'psp RespPay SUCCESS', 'psp RespChkTxn SUCCESS')
    const unknown = network.newIds().txnId
    await network.check(unknown)
    await until(unknown, 'psp RespChkTxn FAILURE U48')
    expect((await network.pay('ok@sandbox', { txnId: unknown })).ack).toMatchObject({ err: 'U48' })
  })
})

describe('a payment from another bank', () => {
  it('resolves our address, credits at our bank and confirms', async () => {
    const gita = await network.customer('KAVE', 500_00)
    const body = { payerVpa: gita.vpa, payeeVpa: 'Ravi@bahi', amountPaise, note: 'rent' }
    const { txnId } = await network.platform.anybody(payFromOutside, { body })
    expect(txnId.slice(0, 3)).toBe('KVR')
    await until(txnId, 'psp ReqAuthDetails', 'bank CREDIT', 'psp ReqTxnConfirmation SUCCESS')
    expect(await balanceOf(gita.accountRef)).toBe(500_00 - amountPaise)
  })

  it('is refused above the maximum balance', async () => {
    const body = { payerVpa: 'ok@sandbox', payeeVpa: 'ravi@bahi', amountPaise: 1_000_000_000_01 }
    await expect(network.platform.anybody(payFromOutside, { body })).rejects.toMatchObject({
      code: 'request-invalid',
    })
  })

  it('without enough money fails with Z9, and our PSP gets a confirmation', async () => {
    const gita = await network.customer('KAVE', 1)
    const body = { payerVpa: gita.vpa, payeeVpa: 'ravi@bahi', amountPaise }
    const { txnId } = await network.platform.anybody(payFromOutside, { body })
    await until(txnId, 'psp ReqAuthDetails', 'psp ReqTxnConfirmation FAILURE U30')
  })
})

describe('the banks', () => {
  it('resolve addresses', async () => {
    const gita = await network.customer('GANG', 0)
    const dairy = await network.customer('KAVE', 0, undefined, undefined, '5451')
    const addrs = [gita.vpa, dairy.vpa, 'ok@sandbox', 'shop@sandbox', 'nobody@ganga', 'nobody@sandbox']
    const body = { addrs }
    const { found } = await network.platform.as('account')(valAdd, { body })
    expect(found.map(({ addr, name, kind, mcc, bank }) => ({ addr, name, kind, mcc, bank }))).toEqual([
      { addr: 'ok@sandbox', name: 'Sandbox: ok', kind: 'person', bank: 'SAND' },
      { addr: 'shop@sandbox', name: 'Sandbox: shop', kind: 'merchant', mcc: '5411', bank: 'SAND' },
      { addr: gita.vpa, name: 'Gita Rao', kind: 'person', bank: 'GANG' },
      { addr: dairy.vpa, name: 'Gita Rao', kind: 'merchant', mcc: '5451', bank: 'KAVE' },
    ])
  })

  it('resolve an account by its number, then by its reference', async () => {
    const gita = await network.customer('GANG', 0)
    const resolve = (...addrs: string[]) => network.platform.as('account')(valAdd, { body: { addrs } })
    const byNumber = `${gita.accountNumber}@gang0000001.ifsc.npci`
    const { found } = await resolve(byNumber, `${gita.accountNumber}@kave0000001.ifsc.npci`)
    expect(found).toEqual([
      expect.objectContaining({ addr: byNumber, name: 'Gita Rao', accountRef: gita.accountRef }),
    ])
    const byRef = `${gita.accountRef}@gang0000001.ifsc.npci`
    expect(
      (await resolve(byRef, `${gita.accountRef}@kave0000001.ifsc.npci`)).found.map(({ addr }) => addr),
    ).toEqual([byRef])
    const { txnId } = await network.pay(byRef)
    await until(txnId, 'psp RespPay SUCCESS')
    expect(await balanceOf(gita.accountRef)).toBe(amountPaise)
  })

  it('set a PIN, change it, and show the balance with it; the third wrong one locks it', async () => {
    const gita = await network.customer('KAVE', 777, '407182')
    const { bank, accountRef, accountId } = gita
    const account = network.platform.as('account')
    const balance = async (pin: string) => {
      const block = await network.encrypt({ pin, purpose: 'balance', accountId })
      return account(balEnq, { body: { bank, accountRef, accountId, pin: block } })
    }
    const change = async (oldPin: string, pin: string) => {
      const block = await network.encrypt({ pin, oldPin, purpose: 'set-pin', accountId })
      return account(setCre, { body: { bank, accountRef, accountId, pin: block } })
    }
    expect(await balance('407182')).toEqual({ code: '00', balancePaise: 777 })
    expect(await change('407182', '111111')).toEqual({ code: 'RM' })
    expect(await change('407182', '918273')).toEqual({ code: '00' })
    expect(await balance('407182')).toEqual({ code: 'ZM', triesLeft: 2 })
    expect(await balance('407182')).toEqual({ code: 'ZM', triesLeft: 1 })
    expect(await balance('407182')).toEqual({ code: 'ZM', triesLeft: 0 })
    expect(await balance('918273')).toEqual({ code: 'Z6', triesLeft: 0 })
    network.clock.advance(24 * 3_600_000)
    expect(await balance('918273')).toEqual({ code: '00', balancePaise: 777 })
  })
})
