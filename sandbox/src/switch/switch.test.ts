// The switch as a member sees it: which messages come for a payment, and what the banks here have moved.
import { balEnq, payFromOutside, setCre, valAdd } from '@bahi/contracts/sandbox.ts'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { amountPaise, networkStage, ourPayer, type Stage } from '../testing.ts'

let stage: Stage
beforeAll(async () => {
  stage = await networkStage(inject('postgresUrl'))
})
afterAll(() => stage.platform.stop())

const until = async (txnId: string, ...told: string[]) =>
  vi.waitFor(() => expect(stage.house.told(txnId)).toEqual(told), { timeout: 5_000, interval: 20 })
const balanceOf = async (accountRef: string) => {
  const [row] = await stage.platform.database.admin<{ balancePaise: number }[]>`
    select balance_paise from sandbox.other_accounts where account_ref = ${accountRef}`
  return row!.balancePaise
}

describe('a payment of our PSP', () => {
  it('with money held at our bank credits a customer of another bank, and is answered once', async () => {
    const gita = await stage.customer('GANG', 100)
    expect(gita.vpa).toMatch(/^9876500001(\.\d+)?@ganga$/)
    const { txnId, ack } = await stage.pay(gita.vpa)
    expect(ack).toMatchObject({ api: 'ReqPay' })
    expect(ack.err).toBeUndefined()
    await until(txnId, 'psp RespPay SUCCESS')
    const { message } = stage.house.heard.find((h) => h.message.txn.id === txnId)!
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

  it('from an account at another bank is debited there against the PIN, and goes to our bank', async () => {
    const gita = await stage.customer('GANG', 1_000_00, '4071')
    const { paymentId, txnId } = stage.newIds()
    const block = { purpose: 'pay', paymentId, amountPaise, payeeVpa: 'ravi@bahi', pin: '4071' } as const
    const ac = { addrType: 'ACCOUNT', ifsc: gita.ifsc, actype: 'SAVINGS', acnum: gita.accountRef }
    const payer = { ac, creds: { type: 'PIN', subType: 'MPIN', data: await stage.encrypt(block) } }
    await stage.pay('ravi@bahi', { txnId, payer })
    await vi.waitFor(() => expect(stage.house.told(txnId)).toHaveLength(4), { timeout: 5_000 })
    expect(stage.house.told(txnId).slice(0, 2)).toEqual(['psp ReqAuthDetails', 'bank CREDIT'])
    expect(stage.house.told(txnId).slice(2).sort()).toEqual([
      'psp ReqTxnConfirmation SUCCESS',
      'psp RespPay SUCCESS',
    ])
    expect(await balanceOf(gita.accountRef)).toBe(1_000_00 - amountPaise)
    expect(stage.house.legs.get(`${txnId} CREDIT`)).toBe('CREDIT')
  })

  it('to an address that nobody has fails with ZH', async () => {
    const { txnId } = await stage.pay('nobody@ganga')
    await until(txnId, 'psp RespPay FAILURE ZH')
  })

  it('is found by a check, and one that nobody knows never happens any more', async () => {
    const { txnId } = await stage.pay('ok@sandbox')
    await until(txnId, 'psp RespPay SUCCESS')
    await stage.check(txnId)
    await until(txnId, 'psp RespPay SUCCESS', 'psp RespChkTxn SUCCESS')
    const unknown = stage.newIds().txnId
    await stage.check(unknown)
    await until(unknown, 'psp RespChkTxn FAILURE U48')
    expect((await stage.pay('ok@sandbox', { txnId: unknown })).ack).toMatchObject({ err: 'U48' })
  })
})

describe('a payment from outside', () => {
  it('asks for our address, credits at our bank and confirms', async () => {
    const gita = await stage.customer('KAVE', 500_00)
    const body = { payerVpa: gita.vpa, payeeVpa: 'Ravi@bahi', amountPaise, note: 'rent' }
    const { txnId } = await stage.platform.anybody(payFromOutside, { body })
    expect(txnId.slice(0, 3)).toBe('KVR')
    await until(txnId, 'psp ReqAuthDetails', 'bank CREDIT', 'psp ReqTxnConfirmation SUCCESS')
    expect(await balanceOf(gita.accountRef)).toBe(500_00 - amountPaise)
  })

  it('brings no more than an account may hold', async () => {
    const body = { payerVpa: 'ok@sandbox', payeeVpa: 'ravi@bahi', amountPaise: 1_000_000_000_01 }
    await expect(stage.platform.anybody(payFromOutside, { body })).rejects.toMatchObject({
      code: 'request-invalid',
    })
  })

  it('without enough money fails with Z9, and our PSP hears of it', async () => {
    const gita = await stage.customer('KAVE', 1)
    const body = { payerVpa: gita.vpa, payeeVpa: 'ravi@bahi', amountPaise }
    const { txnId } = await stage.platform.anybody(payFromOutside, { body })
    await until(txnId, 'psp ReqAuthDetails', 'psp ReqTxnConfirmation FAILURE U30')
  })
})

describe('the banks', () => {
  it('tell who is behind addresses', async () => {
    const gita = await stage.customer('GANG', 0)
    const body = { addrs: [gita.vpa, 'ok@sandbox', 'shop@sandbox', 'nobody@ganga', 'nobody@sandbox'] }
    const { found } = await stage.platform.as('account')(valAdd, { body })
    expect(found.map(({ addr, name, kind, bank }) => ({ addr, name, kind, bank }))).toEqual([
      { addr: 'ok@sandbox', name: 'Sandbox: ok', kind: 'person', bank: 'SAND' },
      { addr: 'shop@sandbox', name: 'Sandbox: shop', kind: 'merchant', bank: 'SAND' },
      { addr: gita.vpa, name: 'Gita Rao', kind: 'person', bank: 'GANG' },
    ])
  })

  it('tell who has an account, by its number and then by its reference', async () => {
    const gita = await stage.customer('GANG', 0)
    const ask = (...addrs: string[]) => stage.platform.as('account')(valAdd, { body: { addrs } })
    const byNumber = `${gita.accountNumber}@gang0000001.ifsc.npci`
    const { found } = await ask(byNumber, `${gita.accountNumber}@kave0000001.ifsc.npci`)
    expect(found).toEqual([
      expect.objectContaining({ addr: byNumber, name: 'Gita Rao', accountRef: gita.accountRef }),
    ])
    const byRef = `${gita.accountRef}@gang0000001.ifsc.npci`
    expect(
      (await ask(byRef, `${gita.accountRef}@kave0000001.ifsc.npci`)).found.map(({ addr }) => addr),
    ).toEqual([byRef])
    const { txnId } = await stage.pay(byRef)
    await until(txnId, 'psp RespPay SUCCESS')
    expect(await balanceOf(gita.accountRef)).toBe(amountPaise)
  })

  it('set a PIN, change it, and tell the balance against it; the third wrong one locks it', async () => {
    const gita = await stage.customer('KAVE', 777, '407182')
    const { bank, accountRef, accountId } = gita
    const account = stage.platform.as('account')
    const balance = async (pin: string) => {
      const block = await stage.encrypt({ pin, purpose: 'balance', accountId })
      return account(balEnq, { body: { bank, accountRef, accountId, pin: block } })
    }
    const change = async (oldPin: string, pin: string) => {
      const block = await stage.encrypt({ pin, oldPin, purpose: 'set-pin', accountId })
      return account(setCre, { body: { bank, accountRef, accountId, pin: block } })
    }
    expect(await balance('407182')).toEqual({ code: '00', balancePaise: 777 })
    expect(await change('407182', '111111')).toEqual({ code: 'RM' })
    expect(await change('407182', '918273')).toEqual({ code: '00' })
    expect(await balance('407182')).toEqual({ code: 'ZM', triesLeft: 2 })
    expect(await balance('407182')).toEqual({ code: 'ZM', triesLeft: 1 })
    expect(await balance('407182')).toEqual({ code: 'ZM', triesLeft: 0 })
    expect(await balance('918273')).toEqual({ code: 'Z6', triesLeft: 0 })
    stage.clock.advance(24 * 3_600_000)
    expect(await balance('918273')).toEqual({ code: '00', balancePaise: 777 })
  })
})
