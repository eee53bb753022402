// Who may call what: every contract for every kind of principal, compared with a table that is read in review.
import { expect, it } from 'vitest'
import { callersOf, isPublished, serviceNames, type Contract } from './contract.ts'
import { isStaff, permissions, roles, rolesWith, type Permission } from './permissions.ts'
import { mayCall, principalOf, type Principal } from './principal.ts'
import { operationIds, routes } from './routes.ts'

const ids = { userId: 'u', sessionId: 's', deviceId: 'd' }
const services = [...serviceNames, 'sandbox'] as const
const permissionOf = ({ access }: Contract): Permission | undefined =>
  typeof access === 'object' && 'permission' in access ? access.permission : undefined

/** A client that was granted everything but one permission, or that one alone. */
const client = (scopes: Permission[]): Principal => ({ type: 'client', clientId: 'c', scopes })

const columns: [name: string, allowed: (contract: Contract) => string][] = [
  ['contract', (contract) => `${contract.method} ${contract.url}`],
  ['permission', (contract) => permissionOf(contract) ?? '-'],
  ['anybody', ({ access }) => cell(mayCall(undefined, access))],
  ...roles.map((role): (typeof columns)[number] => [
    role,
    ({ access }) => cell(mayCall(principalOf({ ...ids, roles: [role], amr: ['mfa'] }), access)),
  ]),
  [
    'client',
    (contract) => {
      const permission = permissionOf(contract)
      const withScope = mayCall(client(permission ? [permission] : []), contract.access)
      const without = mayCall(client(permissions.filter((other) => other !== permission)), contract.access)
      return withScope && !without ? 'by scope' : cell(withScope || without)
    },
  ],
  ['callers', ({ access }) => callersOf(access).join(' ')],
]

function cell(allowed: boolean): string {
  return allowed ? 'yes' : '-'
}

function table(): string {
  const rows = [
    columns.map(([name]) => name),
    ...[...routes]
      .sort((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : a.method < b.method ? -1 : 1))
      .map((contract) => columns.map(([, allowed]) => allowed(contract))),
  ]
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)))
  const line = (row: string[]) => row.map((text, at) => text.padEnd(widths[at]!)).join('  ')
  return `${rows.map((row) => line(row).trimEnd()).join('\n')}\n`
}

it('every cell of principal × contract is as the table says', async () => {
  await expect(table()).toMatchFileSnapshot('../permissions.snapshot')
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
