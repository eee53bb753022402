// What holds whatever dies, repeats or races: each message once in effect, each leg once, every outcome told.
import type { Runtime } from '@bahi/kit/runtime/runtime.ts'
import { toSwitch, type Api, type Message } from '@bahi/contracts/network.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import { generateServiceKeys } from '@bahi/kit/transport/service-token.ts'
import { allServiceNames, startServices } from '@bahi/kit/runtime/runtime.ts'
import { testDataKeys } from '@bahi/testing/platform.ts'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { service } from '../app.ts'
import { amountPaise, networkStage, type Stage } from '../testing.ts'

let stage: Stage
const others: Runtime[] = []
beforeEach(async () => {
  stage = await networkStage(inject('postgresUrl'))
})
afterEach(async () => {
  await stage.expectBooksInOrder()
  for (const other of others.splice(0)) await other.close()
  await stage.platform.stop()
})

/** Another sandbox on the same database. */
async function another() {
  const { clock, keys, house, platform, sign } = stage
  const serviceKeys = await generateServiceKeys(allServiceNames)
  const running = await startServices([service], {
    env: keys.env,
    mode: 'sandbox',
    databaseUrl: platform.database.url,
    poolSize: 6,
    bus: memoryBus({ clock }),
    cache: memoryCache({ clock }),
    clock,
    logLevel: process.env['BAHI_TEST_LOG'] ?? 'silent',
    dataKeys: () => testDataKeys,
    keys: serviceKeys,
    transport: house.neighbours,
  })
  others.push(running)
  const call = running.callAs('payment')
  return async (api: Api, message: object) => {
    const { id: txnId } = (message as Message).txn
    return call(toSwitch, { params: { api, txnId }, body: await sign(message) })
  }
}

const told = (txnId: string) => stage.house.told(txnId)
const count = async (table: string) => {
  const [row] = await stage.platform.database.admin<{ n: number }[]>`
    select count(*)::int as n from sandbox.${stage.platform.database.admin(table)}`
  return row!.n
}

describe('a message', () => {
  it('that comes again is acknowledged the same, and nothing happens twice', async () => {
    const gita = await stage.customer('GANG', 0)
    const head = stage.house.head()
    const { txnId } = stage.newIds()
    const acks = await Promise.all(Array.from({ length: 8 }, () => stage.pay(gita.vpa, { txnId, head })))
    expect(new Set(acks.map(({ ack }) => JSON.stringify(ack))).size).toBe(1)
    await stage.pay(gita.vpa, { txnId })
    await vi.waitFor(() => expect(told(txnId)).toEqual(['psp RespPay SUCCESS']))
    await stage.pass(5)
    expect(told(txnId)).toEqual(['psp RespPay SUCCESS'])
    expect(await stage.balanceOf(gita.accountRef)).toBe(amountPaise)
  })

  it('with the id of another transaction and other content is refused', async () => {
    const { txnId } = await stage.pay('ok@sandbox')
    expect((await stage.pay('ok@sandbox', { txnId, amount: 1 })).ack).toMatchObject({ err: 'U01' })
  })

  it('that is too old is refused and never happens', async () => {
    const head = stage.house.head()
    stage.clock.advance(61_000)
    const { txnId, ack } = await stage.pay('ok@sandbox', { head })
    expect(ack).toMatchObject({ err: 'U70' })
    await stage.pass(5)
    expect(told(txnId)).toEqual([])
    expect(await stage.transaction(txnId)).toBeUndefined()
  })

  it('that is not ours, or not what its address says, is not taken', async () => {
    const { txnId } = stage.newIds()
    const call = stage.platform.as('payment')
    const body = await stage.sign({ api: 'ReqPay' })
    await expect(call(toSwitch, { params: { api: 'ReqPay', txnId }, body })).rejects.toMatchObject({
      code: 'request-invalid',
    })
    const forged = { ...body, payload: Buffer.from('{"api":"ReqPay","x":1}').toString('base64url') }
    await expect(call(toSwitch, { params: { api: 'ReqPay', txnId }, body: forged })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    const elsewhere = { ...stage.house.head(), orgId: 'OTHER' }
    expect((await stage.pay('ok@sandbox', { head: elsewhere })).ack).toMatchObject({ err: 'U17' })
  })

  it('that our house does not take is sent again with back-off, and given up in the end', async () => {
    stage.house.plays.gateway = () => 503
    const kept = await stage.pay('ok@sandbox')
    await stage.pass(5)
    stage.house.plays.gateway = () => 200
    await stage.pass(10)
    expect(told(kept.txnId)).toEqual(['psp RespPay SUCCESS'])
    stage.house.plays.gateway = () => 503
    const lost = await stage.pay('ok@sandbox')
    await stage.pass(120)
    stage.house.plays.gateway = () => 200
    await stage.pass(30)
    expect(told(lost.txnId)).toEqual([])
    await stage.check(lost.txnId)
    await vi.waitFor(() => expect(told(lost.txnId)).toEqual(['psp RespChkTxn SUCCESS']))
  })

  it('that our PSP refuses ends the transaction', async () => {
    stage.house.plays.party = () => 'ZH'
    const gita = await stage.customer('GANG', 1_000_00, '4071')
    const { txnId } = await stage.payFrom(gita, '4071', 'ravi@bahi')
    await vi.waitFor(() => expect(told(txnId)).toEqual(['psp ReqAuthDetails', 'psp RespPay FAILURE ZH']))
    expect(await stage.balanceOf(gita.accountRef)).toBe(1_000_00)
  })
})

describe('a PIN at another bank', () => {
  it.each([
    ['wrong', '4072', {}, 'ZM'],
    ['for another amount', '4071', { amountPaise: 1 }, 'U54'],
    ['for another payee', '4071', { payeeVpa: 'eve@ganga' }, 'U54'],
    ['for something else', '4071', { purpose: 'balance' as const }, 'U54'],
    ['made long ago', '4071', { iat: 1_700_000_000 }, 'U54'],
  ])('%s pays nothing', async (_what, pin, block, code) => {
    const gita = await stage.customer('GANG', 1_000_00, '4071')
    const { txnId } = await stage.payFrom(gita, pin, 'ok@sandbox', block)
    await vi.waitFor(() => expect(told(txnId)).toHaveLength(1))
    expect(JSON.stringify(await stage.transaction(txnId))).toContain(code)
    expect(await stage.balanceOf(gita.accountRef)).toBe(1_000_00)
  })

  it('guessed many times at once is locked, whoever is asked', async () => {
    const gita = await stage.customer('GANG', 1_000_00, '4071')
    const sent = await Promise.all(
      Array.from({ length: 12 }, (_, i) => stage.payFrom(gita, `50${10 + i}`, 'ok@sandbox')),
    )
    await vi.waitFor(() => sent.forEach(({ txnId }) => expect(told(txnId)).toHaveLength(1)))
    const all = await Promise.all(
      sent.map(async ({ txnId }) => JSON.stringify(await stage.transaction(txnId))),
    )
    expect(all.filter((text) => text.includes('debit: ZM'))).toHaveLength(3)
    expect(all.filter((text) => text.includes('debit: Z6'))).toHaveLength(9)
  })
})

describe('the switch', () => {
  it('that ends in the middle of everything goes on where it was', async () => {
    const gita = await stage.customer('GANG', 10_000_00, '4071')
    stage.house.plays.gateway = () => 503
    const pays = [
      await stage.pay('ok@sandbox'),
      await stage.pay('slow@sandbox'),
      await stage.pay('deemed@sandbox'),
      await stage.payFrom(gita, '4071', 'ravi@bahi'),
    ]
    await stage.platform.close()
    // Whoever died with a message in hand leaves a lease behind.
    await stage.platform.database.admin`
      update sandbox.outbox set leased_until = ${new Date(stage.clock.now().getTime() + 3_000)} where ended_at is null`
    stage.house.plays.gateway = () => 200
    stage.house.connect(await another())
    stage.clock.advance(4_000)
    await vi.waitFor(() => expect(told(pays[3]!.txnId)).toContain('psp RespPay SUCCESS'), { timeout: 5_000 })
    await stage.pass(30)
    const answers = pays.map(({ txnId }) => told(txnId).filter((line) => line.startsWith('psp RespPay')))
    expect(answers).toEqual([
      ['psp RespPay SUCCESS'],
      ['psp RespPay SUCCESS'],
      ['psp RespPay DEEMED RB'],
      ['psp RespPay SUCCESS'],
    ])
    await stage.pass(65)
    expect(await stage.balanceOf(gita.accountRef)).toBe(10_000_00 - amountPaise)
  })

  it('in two copies does everything once', async () => {
    const second = await another()
    const first = stage.callAs(stage.platform)
    let turn = 0
    stage.house.connect((api, message) => (turn++ % 2 ? first : second)(api, message))
    const [gita, hari] = [await stage.customer('GANG', 0), await stage.customer('KAVE', 100_000_00, '918273')]
    const sent = await Promise.all(
      Array.from({ length: 24 }, async (_, i) => {
        const head = stage.house.head()
        const { txnId } = stage.newIds()
        // The same message to both copies at once.
        const to = i % 3 ? gita.vpa : 'slow@sandbox'
        await Promise.all([stage.pay(to, { txnId, head }), stage.pay(to, { txnId, head })])
        return { txnId }
      }),
    )
    const incoming = await Promise.all(
      Array.from({ length: 12 }, (_, i) => stage.payFrom(hari, '918273', i % 2 ? 'ravi@bahi' : gita.vpa)),
    )
    await stage.pass(20)
    const answers = [...sent, ...incoming].map(({ txnId }) =>
      told(txnId).filter((l) => l.includes('RespPay')),
    )
    expect(answers).toEqual(answers.map(() => ['psp RespPay SUCCESS']))
    expect(await stage.balanceOf(hari.accountRef)).toBe(100_000_00 - 12 * amountPaise)
    expect(await count('transactions')).toBe(36)
  })
})
