// Who may call what: every contract for every kind of principal, compared with a table that is read in review.
import { expect, it } from 'vitest'
import { isPublished, serviceNames } from './contract.ts'
import { permissionMatrix, permissionOf } from './permission-matrix.ts'
import { isStaff, permissions, roles, rolesWith } from './permissions.ts'
import { mayCall, principalOf } from './principal.ts'
import { operationIds, routes } from './routes.ts'

const ids = { userId: 'u', sessionId: 's', deviceId: 'd' }
const services = [...serviceNames, 'sandbox'] as const
it('every cell of principal × contract is as the table says', async () => {
  await expect(permissionMatrix()).toMatchFileSnapshot('../permissions.snapshot')
})

it('every permission is demanded by a contract and is in a role', () => {
  const demanded = new Set(routes.map(permissionOf))
  for (const permission of permissions) {
    expect([permission, demanded.has(permission), rolesWith(permission).length > 0]).toEqual([
      ...[permission, true, true],
    ])
  }
})

it('several roles allow what each of them allows', () => {
  const all = principalOf({ ...ids, roles: [...roles], amr: ['mfa'] })
  for (const { access } of routes) {
    const single = roles.some((role) => mayCall(principalOf({ ...ids, roles: [role], amr: ['mfa'] }), access))
    expect(mayCall(all, access)).toBe(single)
  }
})

it('only a person with a staff role is an operator, and no role allows nothing', () => {
  expect(principalOf({ ...ids, roles: ['customer'] }).type).toBe('person')
  expect(principalOf({ ...ids, roles: ['customer', 'merchant'] }).type).toBe('person')
  expect(principalOf({ ...ids, roles: ['customer', 'auditor'] }).type).toBe('operator')
  // Without a second factor the roles of staff allow nothing.
  for (const { access } of routes)
    expect(mayCall(principalOf({ ...ids, roles: [...roles], amr: ['pwd', 'otp'] }), access)).toBe(
      mayCall(principalOf({ ...ids, roles: roles.filter((role) => !isStaff([role])) }), access),
    )
  const allowed = routes.filter(({ access }) => mayCall(principalOf({ ...ids, roles: [] }), access))
  expect(allowed.every(({ access }) => access === 'public')).toBe(true)
})

it('internal contracts are for services only, and services use no permissions', () => {
  for (const contract of routes) {
    const byServices = services.some((name) => mayCall({ type: 'service', name }, contract.access))
    const name = operationIds.get(contract)
    if (!isPublished(contract)) expect([name, byServices]).toEqual([name, true])
    if (permissionOf(contract)) expect([name, byServices]).toEqual([name, false])
  }
})
