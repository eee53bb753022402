// What a person may do now by a granted role: asked of auth for each request that takes one.
import type { Access } from '@bahi/contracts/contract.ts'
import { roleAllows } from '@bahi/contracts/permissions.ts'
import { principalOf } from '@bahi/contracts/principal.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { rolesOfSession } from '@bahi/contracts/roles.ts'
import { principalHeader } from '@bahi/kit/http/principal.ts'
import type { VerifiedToken } from '../tokens/verify-token.ts'
import type { GatewayDeps } from '../deps.ts'

/** Whether it takes a granted role: then what a token says of roles is not enough. */
export function isGranted(access: Access): boolean {
  return typeof access === 'object' && 'permission' in access && !roleAllows('customer', access.permission)
}

/** Whether only staff may call it. */
export function isForStaff(access: Access): boolean {
  return (
    isGranted(access) &&
    !(typeof access === 'object' && 'permission' in access && roleAllows('merchant', access.permission))
  )
}

/**
 * The token with the roles of this moment, so that a role that ended allows nothing from then on, whatever happened to
 * events and caches, and one that was granted, or a second factor, is in effect without a new token. Throws
 * `unauthenticated` when the session has ended, and `unavailable` or `timeout` when auth does not answer: then nobody
 * acts as staff.
 */
export async function withRolesOfNow(
  deps: Pick<GatewayDeps, 'call'>,
  verified: VerifiedToken,
): Promise<VerifiedToken> {
  // An app acts for people as customers alone.
  if (verified.principal.type === 'client') return verified
  const { userId, sessionId, deviceId } = verified.principal
  try {
    const { roles, amr = [] } = await deps.call(rolesOfSession, { params: { id: sessionId } })
    const principal = principalOf({ userId, sessionId, deviceId, roles, amr })
    return { ...verified, principal, header: principalHeader(principal) }
  } catch (error) {
    if (error instanceof Problem && error.code === 'not-found')
      throw new Problem('unauthenticated', 'the access token cannot be used: its session has ended')
    throw error
  }
}
