// Decides whether a request is forwarded: rate limits first, then authentication, then authorisation.
import type { Contract } from '@bahi/contracts/contract.ts'
import { mayCall } from '@bahi/contracts/principal.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'
import type { RateLimit } from '../limits/rate-limit.ts'
import type { VerifiedToken, VerifyToken } from '../tokens/verify-token.ts'

export type AccessDeps = { verify: VerifyToken; limit: RateLimit }

const verifiedTokens = new WeakMap<FastifyRequest, VerifiedToken>()

/** The token that `authoriseRequest` accepted; undefined on public routes. */
export function verifiedOf(request: FastifyRequest): VerifiedToken | undefined {
  return verifiedTokens.get(request)
}

/** Throws `rate-limited`, `unauthenticated` or `not-allowed`, before the body is read. */
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
  const verified = await authenticate(deps, contract, request, reply)
  await deps.limit.person(verified.principal, contract, reply)
  if (!mayCall(verified.principal, access)) throw new Problem('not-allowed')
  verifiedTokens.set(request, verified)
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
  try {
    return await deps.verify(token, beforeVerification)
  } catch (error) {
    if (error instanceof Problem && error.code === 'unauthenticated') {
      void reply.header('www-authenticate', 'Bearer error="invalid_token"')
    }
    throw error
  }
}
