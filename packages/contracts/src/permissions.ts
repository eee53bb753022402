// What principals may do: contracts demand a permission, and a role is a named set of permissions.

/** Of everybody with a role in the console. */
const ofStaff = ['views:read', 'views:write'] as const

const permissionsByRole = {
  /** Every signed-in person. */
  customer: [
    'sessions:read',
    'sessions:end',
    'password:change',
    'step-up:prove',
    'second-factor:prove',
    'phone:change',
    'profile:read',
    'profile:write',
    'erasure:read',
    'erasure:request',
    'exports:read',
    'contacts:read',
    'contacts:write',
    'accounts:read',
    'accounts:link',
    'accounts:set-pin',
    'balances:read',
    'statements:read',
    'vpas:read',
    'vpas:write',
    'payees:resolve',
    'payments:create',
    'payments:read',
    'controls:read',
    'controls:write',
    'requests:create',
    'requests:read',
    'requests:answer',
    'mandates:create',
    'mandates:read',
    'mandates:change',
    'mandates:present',
    'schedules:read',
    'schedules:write',
    'people:read',
    'people:block',
    'payments:hide',
    'notifications:read',
    'notifications:write',
    'kyc:read',
    'kyc:submit',
    'apps:read',
    'apps:connect',
  ],
  /** A business that we know: keeps the apps that act for its own account. No staff. */
  merchant: ['own-clients:read', 'own-clients:write'],
  /** Answers people who ask for help. */
  support: [
    ...ofStaff,
    ...(['deliveries:read', 'payments:look-up', 'payments:reveal', 'payments:count'] as const),
    ...(['people:look-up', 'people:reveal', 'rules:read', 'stops:read'] as const),
  ],
  /** Decides on the documents by which people prove who they are. */
  'kyc-reviewer': [...ofStaff, 'kyc:review'],
  /** Looks into fraud, takes away names that mislead payers, and freezes people, two of them together. */
  'risk-analyst': [
    ...ofStaff,
    ...(['reports:read', 'vpas:withdraw'] as const),
    ...([
      'payments:look-up',
      'payments:reveal',
      'payments:count',
      'people:look-up',
      'people:reveal',
    ] as const),
    ...(['people:freeze', 'rules:read', 'revoked-numbers:read', 'stops:read', 'stops:change'] as const),
  ],
  /** Clears what a settlement report and our books do not agree on, and asks for payments in doubt. */
  reconciler: [
    ...ofStaff,
    ...(['reconciliation:read', 'reconciliation:handle', 'payments:check'] as const),
    ...(['payments:look-up', 'payments:count', 'rules:read', 'stops:read'] as const),
  ],
  /** Keeps the platform running, and stops payments while something is wrong. */
  operator: [
    ...ofStaff,
    ...([
      'health:read',
      'payments:count',
      'dead-letters:read',
      'dead-letters:handle',
      'clients:read',
      'clients:write',
      'revoked-numbers:read',
      'revoked-numbers:upload',
      'stops:read',
      'stops:change',
    ] as const),
  ],
  /** Reads what was recorded, and changes nothing. */
  auditor: [
    ...ofStaff,
    ...(['audit:read', 'roles:read', 'health:read', 'payments:count', 'rules:read'] as const),
    ...(['revoked-numbers:read', 'stops:read'] as const),
  ],
  /** Decides who has which of these roles. */
  administrator: [
    ...ofStaff,
    ...(['roles:read', 'roles:change', 'health:read', 'payments:count', 'rules:read', 'stops:read'] as const),
  ],
} as const

export type Role = keyof typeof permissionsByRole
export type Permission = (typeof permissionsByRole)[Role][number]

// What is made of the table is marked pure: the app of customers uses none of it, and does not load it.
export const roles = /* @__PURE__ */ Object.keys(permissionsByRole) as Role[]

/** The roles that a person has only by a grant. */
export type GrantedRole = Exclude<Role, 'customer'>
/** Those of our own people. */
export type StaffRole = Exclude<GrantedRole, 'merchant'>

export const grantedRoles = /* @__PURE__ */ roles.filter((role): role is GrantedRole => role !== 'customer')
export const staffRoles = /* @__PURE__ */ grantedRoles.filter(
  (role): role is StaffRole => role !== 'merchant',
)

export const isStaff = (own: readonly Role[]): boolean =>
  own.some((role) => (staffRoles as readonly Role[]).includes(role))

const setByRole = /* @__PURE__ */ (() =>
  new Map<Role, ReadonlySet<Permission>>(
    Object.entries(permissionsByRole).map(([role, permissions]) => [role as Role, new Set(permissions)]),
  ))()

export const permissions: Permission[] = /* @__PURE__ */ (() => [
  ...new Set(Object.values(permissionsByRole).flat()),
])()

export function isRole(value: unknown): value is Role {
  return typeof value === 'string' && Object.hasOwn(permissionsByRole, value)
}

/** A role of a newer version, which a gateway of that version may name, allows nothing. */
export function roleAllows(role: Role, permission: Permission): boolean {
  return setByRole.get(role)?.has(permission) ?? false
}

export function rolesWith(permission: Permission): Role[] {
  return roles.filter((role) => roleAllows(role, permission))
}

/** What people may let an app of somebody else do. Never what takes a PIN or a password. */
export const clientScopes = [
  'profile:read',
  'accounts:read',
  'vpas:read',
  'payments:read',
  'requests:create',
  'requests:read',
  'mandates:read',
] as const satisfies Permission[]

export function isClientScope(value: unknown): value is (typeof clientScopes)[number] {
  return (clientScopes as readonly unknown[]).includes(value)
}
