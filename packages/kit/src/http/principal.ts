// Who acts on a request to a service: named by the gateway in a header, checked by the service against its contract.
import { Problem } from '@bahi/contracts/problem.ts'
import { callersOf, type Access, type ServiceName } from '@bahi/contracts/contract.ts'
import {
  hasPermission,
  lacksSecondFactor,
  principalOf,
  type Person,
  type Principal,
} from '@bahi/contracts/principal.ts'

/** Only the gateway may send it: services accept it with the gateway's service token alone. */
export const principalHeaderName = 'x-bahi-principal'

/** The client's network as the gateway sees it: an IPv4 address or the /64 of an IPv6 one. From the gateway only. */
export const clientNetworkHeaderName = 'x-bahi-client-network'

/** Thumbprint of the key with which the client's device proved the request. From the gateway only. */
export const deviceKeyHeaderName = 'x-bahi-device-key'

/**
 * What a request says of who acts and from which device, as the service token covers it: with the token of one person
 * nobody can act for another, nor from another device. Undefined when it names neither.
 */
export function identityIn(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): string | undefined {
  const { [principalHeaderName]: principal, [deviceKeyHeaderName]: deviceKey } = headers
  if (principal === undefined && deviceKey === undefined) return undefined
  return JSON.stringify([principal ?? null, deviceKey ?? null])
}

/** Whether this names a device, and nobody who acts. */
export const isDeviceAlone = (identity: string | undefined): boolean =>
  identity?.startsWith('[null,') === true

/** Whose request changed something: nobody's when it only read. */
export function writerOf(method: string, principal: Principal | undefined): string | undefined {
  if (method === 'GET' || method === 'HEAD' || !principal || principal.type === 'service') return undefined
  return principal.userId
}

/** What the gateway alone may say: undefined from any other caller. */
export function fromGateway(caller: ServiceName, header: string | string[] | undefined): string | undefined {
  return caller === 'gateway' && typeof header === 'string' && header !== '' ? header : undefined
}

/** The value of the header that names the principal. */
export function principalHeader(principal: Exclude<Principal, { type: 'service' }>): string {
  return Buffer.from(JSON.stringify(principal)).toString('base64url')
}

/** The header of a person. */
export function personHeader(person: Person): Record<string, string> {
  return { [principalHeaderName]: principalHeader(principalOf(person)) }
}

/**
 * The principal of a request, undefined on public routes and those of the network. Throws `caller-not-allowed`,
 * `unauthenticated`, `not-allowed` or `second-factor-required`.
 */
export function authorise(
  access: Access,
  caller: ServiceName,
  header: string | string[] | undefined,
): Principal | undefined {
  if (!callersOf(access).includes(caller))
    throw new Problem('caller-not-allowed', `${caller} may not call this`)
  if (access === 'public' || access === 'network') return undefined
  if ('services' in access) return { type: 'service', name: caller }
  const principal = parsePrincipal(header)
  if (!principal || principal.type === 'service') throw new Problem('unauthenticated')
  if (!hasPermission(principal, access.permission))
    throw new Problem(lacksSecondFactor(principal, access) ? 'second-factor-required' : 'not-allowed')
  return principal
}

/** Whom a client acts for, as if the client were their device. Throws `not-allowed` when that is nobody. */
export function personOf(principal: Principal): Person {
  if (principal.type === 'person' || principal.type === 'operator') return principal
  if (principal.type === 'client' && principal.userId !== undefined) {
    const { userId, clientId } = principal
    return { userId, sessionId: clientId, deviceId: `app ${clientId}`, roles: [] }
  }
  throw new Problem('not-allowed', 'this is for people only')
}

function parsePrincipal(header: string | string[] | undefined): Principal | undefined {
  if (typeof header !== 'string') return undefined
  try {
    const parsed: unknown = JSON.parse(Buffer.from(header, 'base64url').toString())
    return isPrincipal(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** Of any shape that is not a principal's, nobody is the principal. */
function isPrincipal(value: unknown): value is Principal {
  if (typeof value !== 'object' || value === null) return false
  const { type, userId, sessionId, deviceId, roles, amr, clientId, scopes } = value as Record<string, unknown>
  const isText = (one: unknown) => typeof one === 'string' && one !== ''
  const areTexts = (list: unknown) => Array.isArray(list) && list.every(isText)
  if (type === 'person' || type === 'operator')
    return (
      [userId, sessionId, deviceId].every(isText) && areTexts(roles) && (amr === undefined || areTexts(amr))
    )
  return type === 'client' && isText(clientId) && areTexts(scopes) && (userId === undefined || isText(userId))
}
