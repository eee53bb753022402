// Lets a request in, or refuses it: fair shares first, then who asks, then what they may.
import type { Contract } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'
import type { LimitRate } from '../limits/rate-limit.ts'
import type { Verified, VerifyToken } from '../tokens/verify-token.ts'

export type AccessDeps = { verify: VerifyToken; limit: LimitRate }

const admitted = new WeakMap<FastifyRequest, Verified>()

/** Whom `admit` let in; undefined on public routes. */
export function verifiedOf(request: FastifyRequest): Verified | undefined {
  return admitted.get(request)
}

/** Throws `rate-limited`, `unauthenticated` or `not-allowed`. A body is not read before. */
export async function admit(
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
  await deps.limit.person(verified.person, contract, reply)
  if (typeof access === 'object' && (!('role' in access) || access.role !== verified.person.role)) {
    throw new Problem('not-allowed')
  }
  admitted.set(request, verified)
}

async function authenticate(
  deps: AccessDeps,
  contract: Contract,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Verified> {
  const atFirstSight = () => deps.limit.address(request.ip, contract, reply)
  const token = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(request.headers.authorization ?? '')?.[1]
  if (!token) {
    await atFirstSight()
    void reply.header('www-authenticate', 'Bearer')
    throw new Problem('unauthenticated')
  }
  try {
    return await deps.verify(token, atFirstSight)
  } catch (error) {
    if (error instanceof Problem && error.code === 'unauthenticated') {
      void reply.header('www-authenticate', 'Bearer error="invalid_token"')
    }
    throw error
  }
}
