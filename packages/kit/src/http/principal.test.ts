// Who acts is what the gateway signed for, and nobody else.
import type { Contract } from '@bahi/contracts/contract.ts'
import type { Role } from '@bahi/contracts/permissions.ts'
import Type from 'typebox'
import { expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { createTrust, generateServiceKeys } from '../transport/service-token.ts'
import { buildApp } from './http.ts'
import { identityIn, personHeader } from './principal.ts'

const who = {
  service: 'user',
  method: 'GET',
  url: '/v1/who',
  access: { permission: 'profile:read' },
  summary: 'Who acts',
  schema: { response: { 200: Type.Object({ userId: Type.String() }) } },
} as const satisfies Contract
const person = { userId: 'u1', sessionId: 's1', deviceId: 'd1', roles: ['customer'] as Role[] }

it('another person, role or device than the gateway signed for is refused, and so is nobody or no name', async () => {
  const trust = createTrust(await generateServiceKeys(['gateway', 'user']), systemClock)
  const log = createLog('user', 'silent')
  const app = buildApp({ service: 'user', log, metrics: createMetrics('user'), trust, edge: false })
  app.route({ ...who, handler: ({ person: { userId } }) => ({ userId }) })
  const signed: Record<string, string> = { ...personHeader(person), 'x-bahi-device-key': 'own' }
  const token = await trust.mint('gateway', 'user', identityIn(signed))
  const ask = async (headers: Record<string, string>) =>
    (await app.inject({ url: who.url, headers: { ...headers, 'x-bahi-service': token } })).json<object>()
  expect(await ask(signed)).toEqual({ userId: 'u1' })
  const others = [
    personHeader({ ...person, userId: 'u2' }),
    personHeader({ ...person, roles: ['auditor'] }),
    { 'x-bahi-device-key': 'other' },
  ]
  for (const other of others)
    expect(await ask({ ...signed, ...other })).toMatchObject({ code: 'caller-unknown' })
  expect(await ask({})).toMatchObject({ code: 'caller-unknown' })
  for (const unreadable of ['', '%%%', Buffer.from('no json').toString('base64url')]) {
    const acting = { 'x-bahi-principal': unreadable }
    const headers = { ...acting, 'x-bahi-service': await trust.mint('gateway', 'user', identityIn(acting)) }
    const response = await app.inject({ url: who.url, headers })
    expect([response.statusCode, response.json()]).toMatchObject([401, { code: 'unauthenticated' }])
  }
  await app.close()
})
