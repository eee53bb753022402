// Messages of the network: only those signed with the configured key are forwarded.
import { toPsp } from '@bahi/contracts/network.ts'
import { createSigner } from '@bahi/kit/crypto/signed-message.ts'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startGateway, type TestGateway } from '../testing.ts'

const path = toPsp.url.replace(':api', 'RespPay').replace(':txnId', `BHI${'0'.repeat(32)}`)

async function newKey() {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const privateJwk = JSON.stringify({ ...(await exportJWK(pair.privateKey)), kid: 'switch' })
  return { sign: await createSigner(privateJwk), publicJwk: JSON.stringify(await exportJWK(pair.publicKey)) }
}

let gateway: TestGateway
let network: Awaited<ReturnType<typeof newKey>>

beforeAll(async () => {
  network = await newKey()
  gateway = await startGateway(inject('postgresUrl'), {
    env: { BAHI_NETWORK_PEER_KEY: network.publicJwk, BAHI_RATE_ADDRESS: '5:1' },
  })
})
afterAll(() => gateway.stop())

const post = (body: unknown) =>
  gateway.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

it('forwards messages that the network signed, unchanged and without a rate limit', async () => {
  const signed = await network.sign({ api: 'RespPay' })
  for (let i = 0; i < 8; i++) expect((await post(signed)).status).toBe(200)
  expect(gateway.forwarded.at(-1)).toMatchObject({ service: 'payment', path })
  expect(JSON.parse(String(gateway.forwarded.at(-1)!.body))).toEqual(signed)
})

it.each([
  ['an unsigned message', async () => Promise.resolve({ hello: 'there' })],
  ['a body that is not JSON', async () => Promise.resolve('-')],
  ['another key', async () => (await newKey()).sign({ api: 'RespPay' })],
  [
    'content that the signature does not cover',
    async () => ({
      ...(await network.sign({ api: 'RespPay' })),
      payload: Buffer.from('{"api":"ReqPay"}').toString('base64url'),
    }),
  ],
])('refuses %s', async (_what, make) => {
  const before = gateway.forwarded.length
  const response = await post(await make())
  expect(response.status).toBe(401)
  expect(gateway.forwarded.length).toBe(before)
})

it('limits the rate of failed attempts by address', async () => {
  const statuses = []
  for (let i = 0; i < 8; i++) statuses.push((await post('-')).status)
  expect(statuses.at(-1)).toBe(429)
})
