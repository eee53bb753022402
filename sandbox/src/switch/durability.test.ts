// Under crashes, repeats and races: each message has its effect once, each leg happens once, each result is sent.
import type { Runtime } from '@bahi/kit/runtime/runtime.ts'
import { toSwitch, type Api, type Message } from '@bahi/contracts/network.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import { generateServiceKeys } from '@bahi/kit/transport/service-token.ts'
import { allServiceNames, startServices } from '@bahi/kit/runtime/runtime.ts'
import { testDataKeys } from '@bahi/testing/platform.ts'
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { service } from '../app.ts'
import { amountPaise, startTestNetwork, type TestNetwork } from '../testing.ts'

let network: TestNetwork
const others: Runtime[] = []
beforeEach(async () => {
  network = await startTestNetwork(inject('postgresUrl'))
})
afterEach(async () => {
  await network.expectBooksInOrder()
  for (const other of others.splice(0)) await other.close()
  await network.platform.stop()
})

/** A second instance of the sandbox on the same database. */
async function startReplica() {
  const { clock, keys, member, platform, sign } = network
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
    transport: member.stubs,
  })
  others.push(running)
  const call = running.callAs('payment')
  return async (api: Api, message: object) => {
    const { id: txnId } = (message as Message).txn
    return call(toSwitch, { params: { api, txnId }, body: await sign(message) })
  }
}

const receivedAbout = (txnId: string) => network.member.receivedAbout(txnId)
const count = async (table: string) => {
  const [row] = await network.platform.database.admin<{ n: number }[]>`
    select count(*)::int as n from sandbox.${network.platform.database.admin(table)}`
  return row!.n
}

describe('a message', () => {
  it('that is repeated gets the same acknowledgement, and has its effect once', async () => {
    const gita = await network.customer('GANG', 0)
    const head = network.member.head()
    const { txnId } = network.newIds()
    const acks = await Promise.all(Array.from({ length: 8 }, () => network.pay(gita.vpa, { txnId, head })))
    expect(new Set(acks.map(({ ack }) => JSON.stringify(ack))).size).toBe(1)
    await network.pay(gita.vpa, { txnId })
    await vi.waitFor(() => expect(receivedAbout(txnId)).toEqual(['psp RespPay SUCCESS']))
    await network.pass(5)
    expect(receivedAbout(txnId)).toEqual(['psp RespPay SUCCESS'])
    expect(await network.balanceOf(gita.accountRef)).toBe(amountPaise)
  })

  it('with the id of another transaction and other content is refused', async () => {
    const { txnId } = await network.pay('ok@sandbox')
    expect((await network.pay('ok@sandbox', { txnId, amount: 1 })).ack).toMatchObject({ err: 'U01' })
  })

  it('that is too old is refused and has no effect', async () => {
    const head = network.member.head()
    network.clock.advance(61_000)
    const { txnId, ack } = await network.pay('ok@sandbox', { head })
    expect(ack).toMatchObject({ err: 'U70' })
    await network.pass(5)
    expect(receivedAbout(txnId)).toEqual([])
    expect(await network.transaction(txnId)).toBeUndefined()
  })

  it('of another sender, or that does not match its path, is refused', async () => {
    const { txnId } = network.newIds()
    const call = network.platform.as('payment')
    const body = await network.sign({ api: 'ReqPay' })
    await expect(call(toSwitch, { params: { api: 'ReqPay', txnId }, body })).rejects.toMatchObject({
      code: 'request-invalid',
    })
    const forged = { ...body, payload: Buffer.from('{"api":"ReqPay","x":1}').toString('base64url') }
    await expect(call(toSwitch, { params: { api: 'ReqPay', txnId }, body: forged })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    const elsewhere = { ...network.member.head(), orgId: 'OTHER' }
    expect((await network.pay('ok@sandbox', { head: elsewhere })).ack).toMatchObject({ err: 'U17' })
  })

  it('that our gateway refuses is retried with backoff, for a limited time', async () => {
    network.member.behaviour.gateway = () => 503
    const retried = await network.pay('ok@sandbox')
    await network.pass(5)
    network.member.behaviour.gateway = () => 200
    await network.pass(10)
    expect(receivedAbout(retried.txnId)).toEqual(['psp RespPay SUCCESS'])
    network.member.behaviour.gateway = () => 503
    const lost = await network.pay('ok@sandbox')
    await network.pass(120)
    network.member.behaviour.gateway = () => 200
    await network.pass(30)
    expect(receivedAbout(lost.txnId)).toEqual([])
    await network.check(lost.txnId)
    await vi.waitFor(() => expect(receivedAbout(lost.txnId)).toEqual(['psp RespChkTxn SUCCESS']))
  })

  it('that our PSP refuses ends the transaction', async () => {
    network.member.behaviour.party = () => 'ZH'
    const gita = await network.customer('GANG', 1_000_00, '4071')
    const { txnId } = await network.payFrom(gita, '4071', 'ravi@bahi')
    await vi.waitFor(() =>
      expect(receivedAbout(txnId)).toEqual(['psp ReqAuthDetails', 'psp RespPay FAILURE ZH']),
    )
    expect(await network.balanceOf(gita.accountRef)).toBe(1_000_00)
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
    const gita = await network.customer('GANG', 1_000_00, '4071')
    const { txnId } = await network.payFrom(gita, pin, 'ok@sandbox', block)
    await vi.waitFor(() => expect(receivedAbout(txnId)).toHaveLength(1))
    expect(JSON.stringify(await network.transaction(txnId))).toContain(code)
    expect(await network.balanceOf(gita.accountRef)).toBe(1_000_00)
  })

  it('guessed many times concurrently is locked', async () => {
    const gita = await network.customer('GANG', 1_000_00, '4071')
    const sent = await Promise.all(
      Array.from({ length: 12 }, (_, i) => network.payFrom(gita, `50${10 + i}`, 'ok@sandbox')),
    )
    await vi.waitFor(() => sent.forEach(({ txnId }) => expect(receivedAbout(txnId)).toHaveLength(1)))
    const all = await Promise.all(
      sent.map(async ({ txnId }) => JSON.stringify(await network.transaction(txnId))),
    )
    expect(all.filter((text) => text.includes('debit: ZM'))).toHaveLength(3)
    expect(all.filter((text) => text.includes('debit: Z6'))).toHaveLength(9)
  })
})

describe('the switch', () => {
  it('resumes all transactions after a crash', async () => {
    const gita = await network.customer('GANG', 10_000_00, '4071')
    network.member.behaviour.gateway = () => 503
    const pays = [
      await network.pay('ok@sandbox'),
      await network.pay('slow@sandbox'),
      await network.pay('deemed@sandbox'),
      await network.payFrom(gita, '4071', 'ravi@bahi'),
    ]
    await network.platform.close()
    // A killed process leaves a lease.
    await network.platform.database.admin`
      update sandbox.outbox set leased_until = ${new Date(network.clock.now().getTime() + 3_000)}
      where ended_at is null`
    network.member.behaviour.gateway = () => 200
    network.member.connect(await startReplica())
    network.clock.advance(4_000)
    await vi.waitFor(() => expect(receivedAbout(pays[3]!.txnId)).toContain('psp RespPay SUCCESS'))
    await network.pass(30)
    const answers = pays.map(({ txnId }) =>
      receivedAbout(txnId).filter((line) => line.startsWith('psp RespPay')),
    )
    expect(answers).toEqual([
      ['psp RespPay SUCCESS'],
      ['psp RespPay SUCCESS'],
      ['psp RespPay DEEMED RB'],
      ['psp RespPay SUCCESS'],
    ])
    await network.pass(65)
    expect(await network.balanceOf(gita.accountRef)).toBe(10_000_00 - amountPaise)
  })

  it('in two instances does everything once', async () => {
    const second = await startReplica()
    const first = network.callAs(network.platform)
    let turn = 0
    network.member.connect((api, message) => (turn++ % 2 ? first : second)(api, message))
    const [gita, hari] = [
      await network.customer('GANG', 0),
      await network.customer('KAVE', 100_000_00, '918273'),
    ]
    const sent = await Promise.all(
      Array.from({ length: 24 }, async (_, i) => {
        const head = network.member.head()
        const { txnId } = network.newIds()
        // The same message to both instances at once.
        const to = i % 3 ? gita.vpa : 'slow@sandbox'
        await Promise.all([network.pay(to, { txnId, head }), network.pay(to, { txnId, head })])
        return { txnId }
      }),
    )
    const incoming = await Promise.all(
      Array.from({ length: 12 }, (_, i) => network.payFrom(hari, '918273', i % 2 ? 'ravi@bahi' : gita.vpa)),
    )
    await network.pass(20)
    const answers = [...sent, ...incoming].map(({ txnId }) =>
      receivedAbout(txnId).filter((l) => l.includes('RespPay')),
    )
    expect(answers).toEqual(answers.map(() => ['psp RespPay SUCCESS']))
    expect(await network.balanceOf(hari.accountRef)).toBe(100_000_00 - 12 * amountPaise)
    expect(await count('transactions')).toBe(36)
  })
})
