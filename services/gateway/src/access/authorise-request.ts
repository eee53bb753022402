// Decides whether a request is forwarded: rate limits first, then authentication, then authorisation.
import type { Contract } from '@bahi/contracts/contract.ts'
import { lacksSecondFactor, mayCall } from '@bahi/contracts/principal.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'
import type { RateLimit } from '../limits/rate-limit.ts'
import type { Acts } from './acts.ts'
import { isForStaff, isGranted } from './staff-roles.ts'
import type { VerifyProof } from '../tokens/device-proofs.ts'
import type { VerifiedToken, VerifyToken } from '../tokens/verify-token.ts'

export type AccessDeps = {
  verify: VerifyToken
  proof: VerifyProof
  limit: RateLimit
  /** The token with what its person may do now. */
  staff(verified: VerifiedToken): Promise<VerifiedToken>
  acts: Acts
}

const verifiedTokens = new WeakMap<FastifyRequest, VerifiedToken>()

const deviceKeys = new WeakMap<FastifyRequest, string>()

/** The key with which a request to a public route was proved; undefined without a proof. */
export function deviceKeyOf(request: FastifyRequest): string | undefined {
  return deviceKeys.get(request)
}

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
 * Throws `rate-limited`, `unauthenticated`, `not-allowed` or `second-factor-required`, before the body is read; and for
 * what only staff may do `unavailable`, when it cannot be recorded.
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
  if (access === 'public') {
    await deps.limit.address(request.ip, contract, reply)
    // The protocol of OAuth verifies the proofs of its clients by itself.
    if (request.headers['dpop'] !== undefined && contract.url.startsWith('/v1/auth/'))
      deviceKeys.set(request, await challenging(reply, deps.proof(request)))
    return
  }
  const signedIn = await authenticate(deps, contract, request, reply)
  const verified = isGranted(access) ? await challenging(reply, deps.staff(signedIn)) : signedIn
  verifiedTokens.set(request, verified)
  const { principal } = verified
  if (!mayCall(principal, access))
    throw new Problem(lacksSecondFactor(principal, access) ? 'second-factor-required' : 'not-allowed')
  if (isForStaff(access)) await deps.acts.record(contract, request, verified)
}

async function authenticate(
  deps: AccessDeps,
  contract: Contract,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<VerifiedToken> {
  const beforeVerification = () => deps.limit.address(request.ip, contract, reply)
  const token = /^(?:Bearer|DPoP) +([A-Za-z0-9._~+/-]+=*) *$/i.exec(request.headers.authorization ?? '')?.[1]
  if (!token) {
    await beforeVerification()
    void reply.header('www-authenticate', 'Bearer')
    throw new Problem('unauthenticated')
  }
  const verified = await challenging(reply, deps.verify(token, beforeVerification))
  // Before the proof, so that bad proofs for a token that is known are limited like all that it asks.
  await deps.limit.principal(verified.principal, contract, reply)
  // What only reads is answered to our own app's token: a proof for each would cost more than it protects.
  const isProofNeeded = contract.method !== 'GET' || verified.principal.type === 'client'
  if (verified.deviceKey !== undefined && isProofNeeded)
    await challenging(reply, proveDevice(deps, verified.deviceKey, request, token))
  return verified
}

async function proveDevice(
  deps: AccessDeps,
  key: string,
  request: FastifyRequest,
  token: string,
): Promise<void> {
  if ((await deps.proof(request, token)) !== key)
    throw new Problem('device-proof-invalid', 'the access token is bound to the key of another device')
}

/** Says in the answer why a token or a proof was refused (RFC 6750, RFC 9449). */
async function challenging<T>(reply: FastifyReply, verifying: Promise<T>): Promise<T> {
  try {
    return await verifying
  } catch (error) {
    if (error instanceof Problem && error.code === 'device-proof-invalid')
      void reply.header('www-authenticate', 'DPoP error="invalid_dpop_proof", algs="ES256"')
    if (error instanceof Problem && error.code === 'unauthenticated') {
      void reply.header('www-authenticate', 'Bearer error="invalid_token"')
    }
    throw error
  }
}
