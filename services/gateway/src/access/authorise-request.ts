// Decides whether a request is forwarded: rate limits first, then authentication, then authorisation.
import type { Contract } from '@bahi/contracts/contract.ts'
import { mayCall } from '@bahi/contracts/principal.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'
import type { RateLimit } from '../limits/rate-limit.ts'
import type { Acts } from './acts.ts'
import { isForStaff } from './staff-roles.ts'
import type { VerifiedToken, VerifyToken } from '../tokens/verify-token.ts'

export type AccessDeps = {
  verify: VerifyToken
  limit: RateLimit
  /** The token with what its person may do now. */
  staff(verified: VerifiedToken): Promise<VerifiedToken>
  acts: Acts
}

const verifiedTokens = new WeakMap<FastifyRequest, VerifiedToken>()

/** The token that `authoriseRequest` verified, also of who may not do this; undefined on public routes. */
export function verifiedOf(request: FastifyRequest): VerifiedToken | undefined {
  return verifiedTokens.get(request)
}

/** Observes what was refused: a hook for when the answer was sent. */
export function observeAnswer({ acts }: AccessDeps, contract: Contract) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const verified = verifiedOf(request)
    if (verified) acts.observe(contract, request, verified, reply.statusCode)
    done()
  }
}

/**
 * Throws `rate-limited`, `unauthenticated` or `not-allowed`, before the body is read; and for what only staff may do
 * `unavailable`, when it cannot be recorded.
 */
export async function authoriseRequest(
  deps: AccessDeps,
  contract: Contract,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { access } = contract
  if (request.headers['content-encoding'] !== undefined) {
    throw new Problem('media-type-unsupported', 'send the body without content-encoding')
  }
  if (access === 'network') return
  if (access === 'public') return deps.limit.address(request.ip, contract, reply)
  const signedIn = await authenticate(deps, contract, request, reply)
  await deps.limit.principal(signedIn.principal, contract, reply)
  const verified = isForStaff(access) ? await challenging(reply, deps.staff(signedIn)) : signedIn
  verifiedTokens.set(request, verified)
  if (!mayCall(verified.principal, access)) throw new Problem('not-allowed')
  if (isForStaff(access)) await deps.acts.record(contract, request, verified)
}

async function authenticate(
  deps: AccessDeps,
  contract: Contract,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<VerifiedToken> {
  const beforeVerification = () => deps.limit.address(request.ip, contract, reply)
  const token = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(request.headers.authorization ?? '')?.[1]
  if (!token) {
    await beforeVerification()
    void reply.header('www-authenticate', 'Bearer')
    throw new Problem('unauthenticated')
  }
  return challenging(reply, deps.verify(token, beforeVerification))
}

/** Says in the answer why a token was refused (RFC 6750). */
async function challenging<T>(reply: FastifyReply, verifying: Promise<T>): Promise<T> {
  try {
    return await verifying
  } catch (error) {
    if (error instanceof Problem && error.code === 'unauthenticated') {
      void reply.header('www-authenticate', 'Bearer error="invalid_token"')
    }
    throw error
  }
}
