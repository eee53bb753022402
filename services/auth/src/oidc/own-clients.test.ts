// Apps that a merchant registers for their own account: only while they are one, and signed in.
import { resetPassword } from '@bahi/contracts/auth.ts'
import * as contracts from '@bahi/contracts/oauth-apps.ts'
import { grantRole } from '@bahi/contracts/roles.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { goodPassword, startAuth } from '../testing.ts'
import { secretHash } from './secret-hash.ts'

let harness: Awaited<ReturnType<typeof startAuth>>
beforeAll(async () => {
  harness = await startAuth(inject('postgresUrl'))
})
afterAll(() => harness.platform.stop())

async function merchant() {
  const { phone, tokens } = await harness.registered()
  const { userId, accessToken } = tokens
  const { sid: sessionId } = JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()) as {
    sid: string
  }
  await harness.platform.as('sandbox')(grantRole, { params: { userId }, body: { role: 'merchant' } })
  const call = harness.platform.person({ userId, sessionId, roles: ['customer', 'merchant'] })
  const body = { label: 'Till', scopes: ['payments:read' as const], asksForPayments: false }
  const register = () =>
    call(contracts.registerOwnClient, { body: { ...body, stepUp: { password: goodPassword } } })
  const listed = async () => (await call(contracts.listOwnClients, {})).clients
  const renew = (clientId: string) =>
    call(contracts.renewOwnClientSecret, {
      params: { clientId },
      body: { stepUp: { password: goodPassword } },
    })
  return { userId, phone, sessionId, call, register, renew, listed }
}

it('each acts for its owner as long as the role goes on', async () => {
  const { register, call } = await merchant()
  const { client } = await register()
  harness.clock.advance(5 * 366 * 86_400_000)
  const { apps } = await call(contracts.listConnectedApps, {})
  expect(apps.map(({ clientId }) => clientId)).toEqual([client.clientId])
})

it('one that is disconnected is gone, since nobody can connect it again', async () => {
  const { register, call, listed } = await merchant()
  const [first, second] = [await register(), await register()]
  await call(contracts.disconnectApp, { params: { clientId: first.client.clientId } })
  expect((await listed()).map(({ clientId }) => clientId)).toEqual([second.client.clientId])
  const types = async (id: string) => (await harness.published(id)).map(({ type }) => type)
  expect(await types(first.client.clientId)).toEqual(['auth.client-registered', 'auth.client-removed'])
})

it('a secret is renewed by its owner alone, with a proof, and takes the place of the one before', async () => {
  const { register, renew, call, listed } = await merchant()
  const { client, clientSecret: before } = await register()
  const { clientId } = client
  const { clientSecret } = await renew(clientId)
  expect(clientSecret).not.toBe(before)
  const [stored] = await harness.platform.database.admin<{ hash: string }[]>`
    select metadata ->> 'client_secret' as hash from auth.oauth_clients where id = ${clientId}`
  expect(stored!.hash).toBe(secretHash(clientSecret))
  expect(await listed()).toEqual([client])
  const unproven = { params: { clientId }, body: {} }
  expect(await refusal(call(contracts.renewOwnClientSecret, unproven))).toMatchObject({
    code: 'step-up-required',
  })
  const other = await merchant()
  expect(await refusal(other.renew(clientId))).toMatchObject({ code: 'not-found' })
  const types = (await harness.published(clientId)).map(({ type }) => type)
  expect(types).toEqual(['auth.client-registered', 'auth.client-secret-renewed'])
})

it('all are gone with the password that was forgotten', async () => {
  const { phone, register, listed } = await merchant()
  await register()
  const otp = await harness.codeFor(phone, 'reset-password')
  const device = { id: 'device-1', name: 'Pixel' }
  await harness.anybody(resetPassword, { body: { phone, otp, newPassword: 'Naya-khata-2026!', device } })
  expect(await listed()).toEqual([])
})

it('none is registered by who was a merchant, or signed in, when they asked', async () => {
  const { userId, sessionId, register, renew, listed } = await merchant()
  const { admin } = harness.platform.database
  await admin`update auth.sessions set ended_at = now() where id = ${sessionId}`
  expect(await refusal(register())).toMatchObject({ code: 'not-allowed' })
  expect(await refusal(renew('of-somebody'))).toMatchObject({ code: 'not-allowed' })
  await admin`update auth.sessions set ended_at = null where id = ${sessionId}`
  await admin`update auth.staff_grants set state = 'ended' where user_id = ${userId}`
  expect(await refusal(register())).toMatchObject({ code: 'not-allowed' })
  expect(await listed()).toEqual([])
})
