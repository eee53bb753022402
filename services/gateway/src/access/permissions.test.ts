// Every published route for every set of roles, at the edge: refused with 401 or 403, or forwarded.
import type { Contract } from '@bahi/contracts/contract.ts'
import { roles, staffRoles, type Role } from '@bahi/contracts/permissions.ts'
import { mayCall, principalOf } from '@bahi/contracts/principal.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { publishedIn } from '../app.ts'
import { bearer, startGateway, type TestGateway } from '../testing.ts'

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
  ...staffRoles.flatMap((role): [Role[]][] => [[[role]], [['customer', role]]]),
  [roles],
])('with the roles %j a route is forwarded exactly when a role has its permission', async (roles) => {
  const headers = bearer(await gateway.token({ roles }))
  const principal = principalOf({ userId: 'u', sessionId: 's', deviceId: 'd', roles })
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

it('the live stream needs its permission', async () => {
  expect((await gateway.fetch('/v1/stream')).status).toBe(401)
  const auditor = bearer(await gateway.token({ roles: ['auditor'] }))
  expect((await gateway.fetch('/v1/stream', { headers: auditor })).status).toBe(403)
})
