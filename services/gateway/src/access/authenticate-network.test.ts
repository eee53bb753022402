// The network's door: only what is signed by the pinned key is carried further.
import { toPsp } from '@bahi/contracts/network.ts'
import { createSigner } from '@bahi/kit/crypto/signed-message.ts'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { openDoor, type Door } from '../testing.ts'

const path = toPsp.url.replace(':api', 'RespPay').replace(':txnId', `BHI${'0'.repeat(32)}`)

async function newKey() {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const privateJwk = JSON.stringify({ ...(await exportJWK(pair.privateKey)), kid: 'switch' })
  return { sign: await createSigner(privateJwk), publicJwk: JSON.stringify(await exportJWK(pair.publicKey)) }
}

let door: Door
let network: Awaited<ReturnType<typeof newKey>>

beforeAll(async () => {
  network = await newKey()
  door = await openDoor(inject('postgresUrl'), {
    env: { BAHI_NETWORK_PEER_KEY: network.publicJwk, BAHI_RATE_ADDRESS: '5:1' },
  })
})
afterAll(() => door.stop())

const post = (body: unknown) =>
  door.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

it('carries a message that the network signed, byte for byte, however many come', async () => {
  const signed = await network.sign({ api: 'RespPay' })
  for (let i = 0; i < 8; i++) expect((await post(signed)).status).toBe(200)
  expect(door.heard.at(-1)).toMatchObject({ service: 'payment', path })
  expect(JSON.parse(String(door.heard.at(-1)!.body))).toEqual(signed)
})

it.each([
  ['no signature at all', async () => Promise.resolve({ hello: 'there' })],
  ['no JSON', async () => Promise.resolve('-')],
  ['a key of somebody else', async () => (await newKey()).sign({ api: 'RespPay' })],
  [
    'another content under the signature',
    async () => ({
      ...(await network.sign({ api: 'RespPay' })),
      payload: Buffer.from('{"api":"ReqPay"}').toString('base64url'),
    }),
  ],
])('refuses %s', async (_what, make) => {
  const before = door.heard.length
  const answer = await post(await make())
  expect(answer.status).toBe(401)
  expect(door.heard.length).toBe(before)
})

it('whoever goes on trying is slowed down', async () => {
  const statuses = []
  for (let i = 0; i < 8; i++) statuses.push((await post('-')).status)
  expect(statuses.at(-1)).toBe(429)
})
