// Who acts on a request, and whether a contract allows it.
import type { Access, ServiceName } from './contract.ts'
import { isClientScope, isStaff, roleAllows, type Permission, type Role } from './permissions.ts'
import type { AuthMethod } from './second-factor-rules.ts'

/** A person who signed in on a device; a person with a staff role is an operator as a principal. */
export type Person = {
  userId: string
  sessionId: string
  deviceId: string
  roles: Role[]
  /** How the session was authenticated (RFC 8176); a gateway of the version before does not say it. */
  amr?: AuthMethod[]
}

export type Principal =
  | ({ type: 'person' } & Person)
  | ({ type: 'operator' } & Person)
  /** An OAuth client: the permissions it was granted, and the person it acts for, if any. */
  | { type: 'client'; clientId: string; scopes: Permission[]; userId?: string }
  | { type: 'service'; name: ServiceName }

export type PersonPrincipal = Extract<Principal, Person>

export function principalOf(person: Person): PersonPrincipal {
  return { type: isStaff(person.roles) ? 'operator' : 'person', ...person }
}

export function hasPermission(principal: Principal, permission: Permission): boolean {
  switch (principal.type) {
    case 'person':
    case 'operator':
      return principal.roles.some(
        (role) => roleAllows(role, permission) && (!isStaff([role]) || isSecondFactorProven(principal)),
      )
    case 'client':
      return isClientScope(permission) && principal.scopes.includes(permission)
    case 'service':
      return false
  }
}

/** Without a second factor staff may do what customers may. */
export const isSecondFactorProven = ({ amr }: Pick<Person, 'amr'>): boolean => amr?.includes('mfa') ?? false

/** Whether it is only the second factor that keeps a member of staff from a call. */
export function lacksSecondFactor(principal: Principal | undefined, access: Access): boolean {
  return principal?.type === 'operator' && mayCall({ ...principal, amr: ['mfa'] }, access)
}

/** Undefined is a caller without a principal; routes of the network are for its signed messages only. */
export function mayCall(principal: Principal | undefined, access: Access): boolean {
  if (access === 'public') return true
  if (access === 'network' || !principal) return false
  if ('services' in access) return principal.type === 'service' && access.services.includes(principal.name)
  return hasPermission(principal, access.permission)
}
