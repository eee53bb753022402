// Every adapter of the network is held to the same promises; what only some can do is asked of those.
import { createCall, type Call } from '@bahi/contracts/call.ts'
import { messages, type Message, type SignedMessage } from '@bahi/contracts/network.ts'
import type { NetworkAdapter } from '@bahi/contracts/network-adapter.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { Compile } from 'typebox/compile'
import { createSigner, createVerifier } from '../crypto/signed-message.ts'
import { createNetwork, NetworkConfig } from './network-config.ts'
import { noNetwork } from './no-network.ts'
import { sandboxNetwork } from './sandbox-network.ts'

async function newKey(kid?: string) {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const [own, open] = await Promise.all([exportJWK(pair.privateKey), exportJWK(pair.publicKey)])
  const json = (jwk: JWK) => JSON.stringify({ ...jwk, kid })
  return { own: json(own), open: json(open) }
}
const [ours, theirs, stranger] = await Promise.all([newKey(), newKey(), newKey()])
const about = { orgId: 'BAHI', timeScale: 1 }

/** The sandbox service: what it received, and what it answers by path. */
function sandboxStub() {
  const received: { path: string; body: unknown }[] = []
  const stub = {
    received,
    /** Rejects with this instead. */
    down: undefined as Problem | undefined,
    answers: {} as Record<string, unknown>,
    call: undefined as unknown as Call,
  }
  stub.call = createCall((_contract, request) => {
    const body: unknown = request.body === undefined ? undefined : JSON.parse(request.body as string)
    received.push({ path: request.path, body })
    if (stub.down) {
      return Promise.resolve({
        status: stub.down.status,
        headers: {},
        body: JSON.stringify(toDocument(stub.down)),
      })
    }
    const [, answer] = Object.entries(stub.answers).find(([path]) => request.path.includes(path)) ?? []
    return Promise.resolve({ status: 200, headers: {}, body: JSON.stringify(answer ?? {}) })
  })
  return stub
}

async function sandbox() {
  const stub = sandboxStub()
  const adapter = await sandboxNetwork(stub, { ...about, key: ours.own, peerKey: theirs.open })
  return { stub, adapter }
}

const txnId = `BHI${'0'.repeat(32)}`
const check: Message<'ReqChkTxn'> = {
  api: 'ReqChkTxn',
  head: { ver: '2.0', ts: '2026-11-23T09:00:00.000Z', orgId: 'BAHI', msgId: txnId, prodType: 'UPI' },
  txn: {
    id: txnId,
    custRef: '632709000042',
    ts: '2026-11-23T09:00:00.000Z',
    type: 'CHKTXN',
    subType: 'PAY',
  },
}
const account = { bank: 'GANG', accountRef: 'G-1', accountId: '00000000-0000-7000-8000-000000000001' }

/** Everything that is asked of the network and answered at once. */
const queries: [name: string, run: (adapter: NetworkAdapter) => Promise<unknown>][] = [
  ['resolveAddresses', (adapter) => adapter.resolveAddresses(['a@b'])],
  ['listBanks', (adapter) => adapter.listBanks()],
  ['listAccounts', (adapter) => adapter.listAccounts('GANG', '+919800000000')],
  ['listKeys', (adapter) => adapter.listKeys()],
  ['listSigners', (adapter) => adapter.listSigners()],
  ['setPin', (adapter) => adapter.setPin(account, { pin: 'x' })],
  ['showBalance', (adapter) => adapter.showBalance(account, 'x')],
  ['settlementReport', (adapter) => adapter.settlementReport('2026-11-23.C04', undefined)],
]

const silent: [name: string, make: () => Promise<NetworkAdapter>][] = [
  ['none', () => Promise.resolve(noNetwork(about))],
  [
    'sandbox, unavailable',
    async () => {
      const { stub, adapter } = await sandbox()
      stub.down = new Problem('unavailable')
      return adapter
    },
  ],
  [
    'sandbox, too slow',
    async () => {
      const { stub, adapter } = await sandbox()
      stub.down = new Problem('timeout')
      return adapter
    },
  ],
]

describe.each(silent)('an adapter that gets no answer (%s)', (_name, make) => {
  it.each(queries)('says so: %s', async (_query, run) => {
    await expect(run(await make())).rejects.toMatchObject({ code: 'bank-unreachable' })
  })

  it('does not say that a message arrived', async () => {
    await expect((await make()).send(check)).rejects.toBeInstanceOf(Problem)
  })
})

describe.each([
  ['none', () => Promise.resolve(noNetwork(about))],
  ['sandbox', async () => (await sandbox()).adapter],
  ['sandbox without keys', () => sandboxNetwork(sandboxStub(), { ...about, key: '', peerKey: '' })],
] as [string, () => Promise<NetworkAdapter>][])('an adapter (%s)', (name, make) => {
  it('reads no message that the network did not sign', async () => {
    const forged = (await (await createSigner(stranger.own))(check)) as SignedMessage
    await expect((await make()).read('ReqChkTxn', forged)).rejects.toMatchObject({
      code: name === 'sandbox' ? 'unauthenticated' : 'bank-unreachable',
    })
  })

  it('says whether it is connected, and who we are', async () => {
    expect(await make()).toMatchObject({ connected: name === 'sandbox', orgId: 'BAHI', timeScale: 1 })
  })
})

describe('the sandbox adapter', () => {
  it('sends what it signed, the same bytes each time', async () => {
    const { stub, adapter } = await sandbox()
    stub.answers = { [txnId]: { api: 'ReqChkTxn', reqMsgId: txnId, ts: check.head.ts } }
    const deliver = await adapter.prepare(check)
    expect(stub.received).toEqual([])
    expect(await deliver()).toMatchObject({ reqMsgId: txnId })
    await deliver()
    const [first, second] = stub.received
    expect(first).toEqual(second)
    expect(await (await createVerifier(ours.open))(first!.body as never)).toEqual(check)
    expect(Compile(messages.ReqChkTxn).Check(check)).toBe(true)
  })

  it('reads what the network signed, and refuses what is no message of that API', async () => {
    const { adapter } = await sandbox()
    const sign = await createSigner(theirs.own)
    expect(await adapter.read('ReqChkTxn', (await sign(check)) as SignedMessage)).toEqual(check)
    await expect(adapter.read('ReqPay', (await sign(check)) as SignedMessage)).rejects.toMatchObject({
      code: 'request-invalid',
    })
  })

  it('passes on what are answers: an unknown bank, a report that is not there yet', async () => {
    const { stub, adapter } = await sandbox()
    stub.down = new Problem('not-found')
    await expect(adapter.listAccounts('NONE', '+919800000000')).rejects.toMatchObject({ code: 'not-found' })
    stub.down = new Problem('wrong-state')
    await expect(adapter.settlementReport('2026-11-23.C04', undefined)).rejects.toMatchObject({
      code: 'wrong-state',
    })
  })

  it('lists banks as not on us', async () => {
    const { stub, adapter } = await sandbox()
    stub.answers = { banks: { banks: [{ code: 'GANG', onUs: true }] } }
    expect(await adapter.listBanks()).toEqual([{ code: 'GANG', onUs: false }])
  })
})

describe('a key of the peer that is replaced, one process after the other', async () => {
  const [old, next, forged] = await Promise.all([newKey('2025'), newKey('2026'), newKey('2026')])
  const both = `[${old.open},${next.open}]`

  it.each([
    ['1. both are accepted, the old one signs', [old.open, both], [old]],
    ['2. the new one signs', [both], [old, next]],
    ['3. the old one is removed', [both, next.open], [next]],
  ])('%s', async (_step, accepted, signing) => {
    for (const peerKey of accepted) {
      const { read } = await sandboxNetwork(sandboxStub(), { ...about, key: ours.own, peerKey })
      for (const { own } of signing) {
        const signed = (await (await createSigner(own))(check)) as SignedMessage
        expect(await read('ReqChkTxn', signed)).toEqual(check)
      }
    }
  })

  it('is refused once it is removed, and named by its id alone', async () => {
    const signed = await (await createSigner(old.own))(check)
    await expect((await createVerifier(next.open))(signed)).rejects.toMatchObject({
      ...{ code: 'unauthenticated', message: 'no key 2025 of the network is known here' },
    })
  })

  it.each([
    ['signed by another key under its id', forged.own],
    ['of an unknown key', stranger.own],
    ['that names its key by a sentence', JSON.stringify({ ...JSON.parse(stranger.own), kid: 'call: 1' })],
  ])('a message %s is refused', async (_what, own) => {
    const signed = await (await createSigner(own))(check)
    await expect((await createVerifier(both))(signed)).rejects.toMatchObject({
      ...{ code: 'unauthenticated', message: 'the signature is not that of the network' },
    })
  })

  it('a message without an id is tried with each key, and a key without one on each message', async () => {
    const { kid: _kid, ...unnamed } = JSON.parse(next.own) as JWK
    const signed = await (await createSigner(JSON.stringify(unnamed)))(check)
    expect(await (await createVerifier(both))(signed)).toEqual(check)
    const named = await (await createSigner(JSON.stringify({ ...unnamed, kid: 'other' })))(check)
    const { kid: _other, ...open } = JSON.parse(next.open) as JWK
    for (const keys of [next.open, `[${old.open},${JSON.stringify(open)}]`]) {
      expect(await (await createVerifier(keys))(named)).toEqual(check)
    }
  })

  it.each([
    ['none', '[]', '1 to 4'],
    ['five', `[${Array(5).fill(old.open).join()}]`, '1 to 4'],
    ['two of one id', `[${next.open},${forged.open}]`, 'one kid'],
    ['null', 'null', 'OKP Ed25519'],
  ])('%s is a fault of the start', async (_what, keys, fault) => {
    await expect(createVerifier(keys)).rejects.toThrow(fault)
  })
})

describe('the settings', () => {
  const config = {
    BAHI_NETWORK: 'sandbox',
    BAHI_NETWORK_KEY: ours.own,
    BAHI_NETWORK_PEER_KEY: theirs.open,
    BAHI_NETWORK_ORG: 'BAHI',
    BAHI_NETWORK_TIME_SCALE: 30,
  }
  const deps = { call: sandboxStub().call, mode: 'sandbox' as const }

  it.each([
    ['sandbox', config, true],
    ['none', { ...config, BAHI_NETWORK: 'none' }, false],
    ['no keys', { ...config, BAHI_NETWORK_KEY: '' }, false],
    ['a service that does not use the network', {}, false],
  ])('choose the adapter: %s', async (_name, settings, connected) => {
    expect(await createNetwork(settings, deps)).toMatchObject({ connected })
  })

  it('shorten no time in production', async () => {
    expect(await createNetwork(config, deps)).toMatchObject({ timeScale: 30 })
    expect(await createNetwork(config, { ...deps, mode: 'production' })).toMatchObject({ timeScale: 1 })
    expect(Object.keys(NetworkConfig.properties)).toContain('BAHI_NETWORK')
  })
})
