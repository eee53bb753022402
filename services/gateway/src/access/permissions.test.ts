// Every published route for every set of roles, at the edge: refused with 401 or 403, or forwarded.
import type { Act } from '@bahi/contracts/acts.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { roles, grantedRoles, type Role } from '@bahi/contracts/permissions.ts'
import { mayCall, principalOf } from '@bahi/contracts/principal.ts'
import { checkText } from '@bahi/kit/http/json-copy.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { publishedIn } from '../app.ts'
import { bearer, json, startGateway, unreachable, type TestGateway } from '../testing.ts'

let gateway: TestGateway
beforeAll(async () => void (gateway = await startGateway(inject('postgresUrl'))))
afterAll(() => gateway.stop())

const contracts = publishedIn('sandbox').filter(
  ({ access, service }) => access !== 'network' && service !== 'gateway',
)
const call = ({ method, url }: Contract, headers: Record<string, string>) =>
  gateway.fetch(url.replaceAll(/:[A-Za-z]+/g, 'some-value'), { method, headers })

it.each(contracts.map((contract) => [`${contract.method} ${contract.url}`, contract] as const))(
  'without a token %s is public or unauthenticated',
  async (_name, contract) => {
    const before = gateway.forwarded.length
    expect((await call(contract, {})).status).toBe(contract.access === 'public' ? 200 : 401)
    expect(gateway.forwarded.length - before).toBe(contract.access === 'public' ? 1 : 0)
  },
)

it.each<[Role[]]>([
  [[]],
  [['customer']],
  ...grantedRoles.flatMap((role): [Role[]][] => [[[role]], [['customer', role]]]),
  [roles],
])('with the roles %j a route is forwarded exactly when a role has its permission', async (roles) => {
  const headers = bearer(await gateway.token({ roles }))
  const principal = principalOf({ userId: 'u', sessionId: 's', deviceId: 'd', roles, amr: ['mfa'] })
  for (const contract of contracts) {
    const allowed = mayCall(principal, contract.access)
    const before = gateway.forwarded.length
    const response = await call(contract, headers)
    const name = `${contract.method} ${contract.url}`
    expect([name, response.status]).toEqual([name, allowed ? 200 : 403])
    if (!allowed) expect(await response.json()).toMatchObject({ code: 'not-allowed' })
    expect(gateway.forwarded.length - before).toBe(allowed ? 1 : 0)
  }
})

describe('acts', () => {
  const withdraw = (headers: Record<string, string>) =>
    gateway.fetch('/v1/operations/vpas/asha@bahi/withdraw?what=ever', { method: 'POST', headers })
  const sid = uuidv7()
  const acts = () => gateway.acts.filter(({ sessionId }) => sessionId === sid)
  const forwards = () => gateway.forwarded.length
  let analyst: Record<string, string>
  beforeAll(async () => {
    analyst = bearer(await gateway.token({ sid, roles: ['customer', 'risk-analyst'] }))
  })

  it('of staff are recorded before they are done, with what they are about and none of the data', async () => {
    gateway.stubs.service = () => {
      expect(acts()).toHaveLength(1)
      return json({ fine: true })
    }
    expect((await withdraw(analyst)).status).toBe(200)
    gateway.stubs.service = () => json({ fine: true })
    const [act] = acts()
    expect(act).toMatchObject({
      kind: 'acted',
      operation: 'withdrawVpa',
      object: 'asha@bahi',
      sessionId: sid,
    })
    const reports = '/v1/operations/reports?limit=5'
    expect((await gateway.fetch(reports, { headers: analyst })).status).toBe(200)
    expect(acts().at(-1)).toMatchObject({ kind: 'acted', filters: ['limit'] })
  })

  it('that cannot be recorded are not done', async () => {
    const { acts: record } = gateway.stubs
    gateway.stubs.acts = unreachable
    const before = forwards()
    expect((await withdraw(analyst)).status).toBe(503)
    // What customers do waits for no record.
    const customer = bearer(await gateway.token())
    expect((await gateway.fetch('/v1/me', { headers: customer })).status).toBe(200)
    expect(forwards() - before).toBe(1)
    gateway.stubs.acts = record
  })

  it('that were denied or failed are recorded afterwards, those of one person by one route together', async () => {
    gateway.stubs.acts = unreachable
    const own = uuidv7()
    const mine = (one: Act) => one.sessionId === own
    const customer = bearer(await gateway.token({ sid: own }))
    for (let i = 0; i < 3; i++) expect((await withdraw(customer)).status).toBe(403)
    gateway.stubs.acts = ({ body }) => {
      gateway.acts.push(...(JSON.parse(String(body)) as { acts: Act[] }).acts)
      return json({ recorded: 1 }, 202)
    }
    gateway.stubs.service = () => json({}, 409)
    expect((await withdraw(analyst)).status).toBe(409)
    gateway.stubs.service = () => json({ fine: true })
    await expect
      .poll(() => gateway.acts.filter(mine))
      .toMatchObject([{ kind: 'denied', operation: 'withdrawVpa', object: 'asha@bahi', count: 3 }])
    await expect
      .poll(() => acts().at(-1))
      .toMatchObject({ kind: 'failed', operation: 'withdrawVpa', status: 409 })
  })

  it('are in the form that audit takes, whatever is in the path', async () => {
    const own = uuidv7()
    const customer = bearer(await gateway.token({ sid: own }))
    // The middle of a character is where it is cut.
    const object = `${'x'.repeat(199)}😀`
    const path = `/v1/operations/vpas/${encodeURIComponent(object)}/withdraw`
    expect((await gateway.fetch(path, { method: 'POST', headers: customer })).status).toBe(403)
    const denied = () => gateway.acts.find(({ sessionId }) => sessionId === own)?.object
    await expect.poll(denied).toBeDefined()
    expect(checkText(denied()!)).toBe(`${'x'.repeat(199)}\uFFFD`)
  })
})

it('the live stream needs its permission', async () => {
  expect((await gateway.fetch('/v1/stream')).status).toBe(401)
  const auditor = bearer(await gateway.token({ roles: ['auditor'] }))
  expect((await gateway.fetch('/v1/stream', { headers: auditor })).status).toBe(403)
})
