// Every published route for every role on the whole platform: refused with 401 or 403, or decided by its service.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { listDeadLetters } from '@bahi/contracts/audit.ts'
import { listSessions } from '@bahi/contracts/auth.ts'
import { isPublished, type Contract } from '@bahi/contracts/contract.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { grantedRoles, type Role, type GrantedRole } from '@bahi/contracts/permissions.ts'
import { mayCall, principalOf } from '@bahi/contracts/principal.ts'
import type { Problem } from '@bahi/contracts/problem.ts'
import { approveRoleGrant, requestRoleGrant, revokeRoleGrant } from '@bahi/contracts/roles.ts'
import { routes } from '@bahi/contracts/routes.ts'
import { beginTotp, confirmTotp } from '@bahi/contracts/second-factor.ts'
import { apiAt, type SignedInPerson } from '@bahi/platform/api-client.ts'
import { totpCode } from '@bahi/platform/totp.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startPlatform, type RunningPlatform } from '@bahi/platform/testing-platform.ts'

const admin = fileURLToPath(new URL('../../tools/admin.ts', import.meta.url))
let platform: RunningPlatform
beforeAll(async () => void (platform = await startPlatform(inject('postgresUrl'))))
afterAll(() => platform.stop())

/** Without the stream, which does not end, and logging out, which ends what the others need. */
const contracts = routes.filter(
  (contract) =>
    isPublished(contract) &&
    contract.access !== 'network' &&
    contract.service !== 'gateway' &&
    !contract.url.endsWith('/logout'),
)

/** The status of a request whose input is wrong, so that nothing happens where it is allowed. */
async function statusOf({ method, url }: Contract, token?: string): Promise<number> {
  const response = await fetch(platform.url + url.replaceAll(/:[A-Za-z]+/g, 'x'), {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
    },
    ...(method === 'GET' || method === 'DELETE' ? {} : { body: '{"unknown":true}' }),
  })
  await response.arrayBuffer()
  return response.status
}

/** Enrols an authenticator app, right after signing in. */
async function enrol({ call }: SignedInPerson): Promise<void> {
  const { secret } = await call(beginTotp, {})
  await call(confirmTotp, { body: { code: totpCode(secret) } })
}

it('a role that two administrators grant is in effect at once, and so is its end', async () => {
  const [aditi, arjun, ravi] = [await platform.person(), await platform.person(), await platform.person()]
  const phones = [aditi, arjun].flatMap(({ phone }) => ['--phone', phone])
  const appoint = () =>
    promisify(execFile)(process.execPath, [admin, ...phones, '--note', 'the first two'], {
      env: {
        DATABASE_ADMIN_URL: platform.databaseUrl,
        BAHI_DATA_KEYS: JSON.stringify(platform.secrets.dataKeys),
      },
    })
  expect((await appoint()).stdout).toContain(`administrator: ${aditi.userId}`)
  await expect(appoint()).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has its administrators') as string,
  })
  const params = { id: uuidv7() }
  const body = { phone: ravi.phone, role: 'operator', note: 'Night shift', days: 7 } as const
  const ask = () =>
    aditi.call(requestRoleGrant, { params, body: { ...body, stepUp: { password: aditi.password } } })
  await expect(ask()).rejects.toMatchObject({ code: 'second-factor-required' })
  await enrol(aditi)
  await ask()
  await expect(ravi.call(listDeadLetters, { querystring: {} })).rejects.toMatchObject({ code: 'not-allowed' })
  await enrol(arjun)
  await arjun.call(approveRoleGrant, { params, body: { stepUp: { password: arjun.password } } })
  // The same token, from before the grant to after its end.
  const token = ravi.token()
  await expect(ravi.call(listDeadLetters, { querystring: {} })).rejects.toMatchObject({
    code: 'second-factor-required',
  })
  await enrol(ravi)
  const stolen = apiAt(platform.url, () => token)
  expect(await stolen(listDeadLetters, { querystring: {} })).toEqual({ deadLetters: [] })
  await aditi.call(revokeRoleGrant, { params, body: { note: 'Left the team' } })
  const codeOf = (call: Promise<unknown>) => call.catch((error: Problem) => error.code)
  expect(await codeOf(stolen(listDeadLetters, { querystring: {} }))).toBe('unauthenticated')
  // What is the person's own ends with the event, a moment later.
  await expect.poll(() => codeOf(stolen(listSessions, {}))).toBe('unauthenticated')
})

it('without a token only public routes are decided by their service', async () => {
  for (const contract of contracts) {
    // Who authenticates callers itself.
    if (contract.forwards?.includes('authorization')) continue
    const refused = (await statusOf(contract)) === 401
    expect([contract.url, refused]).toEqual([contract.url, contract.access !== 'public'])
  }
})

it.each<[GrantedRole[]]>([[[]], ...grantedRoles.map((role): [GrantedRole[]] => [[role]]), [grantedRoles]])(
  'a customer with the staff roles %j gets 403 exactly where no role has the permission',
  async (granted) => {
    const token = (await platform.staff(granted, { isKeyless: true })).token()
    const all: Role[] = ['customer', ...granted]
    const principal = principalOf({ userId: 'u', sessionId: 's', deviceId: 'd', roles: all, amr: ['mfa'] })
    for (const contract of contracts) {
      const status = await statusOf(contract, token)
      const name = `${contract.method} ${contract.url}`
      expect([name, status === 403]).toEqual([name, !mayCall(principal, contract.access)])
    }
  },
)
