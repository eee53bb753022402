// Who may call what, as a table: every contract for every kind of principal.
import { callersOf, type Contract } from './contract.ts'
import { permissions, roles, type Permission } from './permissions.ts'
import { mayCall, principalOf, type Principal } from './principal.ts'
import { routes } from './routes.ts'

const ids = { userId: 'u', sessionId: 's', deviceId: 'd' }

export const permissionOf = ({ access }: Contract): Permission | undefined =>
  typeof access === 'object' && 'permission' in access ? access.permission : undefined

/** A client that was granted everything but one permission, or that one alone. */
const client = (scopes: Permission[]): Principal => ({ type: 'client', clientId: 'c', scopes })

const cell = (allowed: boolean): string => (allowed ? 'yes' : '-')

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

/** As text in columns; the first line names them. */
export function permissionMatrix(): string {
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
