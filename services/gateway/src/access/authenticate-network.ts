// Authenticates messages of the payment network by their signature.
import type { Contract } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'
import { createVerifier, type Signed } from '@bahi/kit/crypto/signed-message.ts'
import type { RateLimit } from '../limits/rate-limit.ts'

export type VerifyNetwork = (signed: Signed) => Promise<unknown>

/** Undefined without a key: then every message is refused. Throws when the key is not a JWK. */
export async function createVerifyNetwork(publicJwk: string): Promise<VerifyNetwork | undefined> {
  return publicJwk === '' ? undefined : createVerifier(publicJwk)
}

/** Throws `unauthenticated`, or `rate-limited` after too many failures; the service checks the content. */
export async function authenticateNetwork(
  { network, limit }: { network: VerifyNetwork | undefined; limit: Pick<RateLimit, 'address'> },
  contract: Contract,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  try {
    if (!network) throw new Problem('unauthenticated', 'no network is connected here')
    await network(parseSigned(request.body as Buffer | undefined))
  } catch (error) {
    await limit.address(request.ip, contract, reply)
    throw error
  }
}

function parseSigned(body: Buffer | undefined): Signed {
  try {
    const parsed = JSON.parse((body ?? Buffer.alloc(0)).toString('utf8')) as Partial<Signed> | null
    const { protected: header, payload, signature } = parsed ?? {}
    if (typeof header === 'string' && typeof payload === 'string' && typeof signature === 'string') {
      return { protected: header, payload, signature }
    }
  } catch {
    // Not JSON, so it has no signature.
  }
  throw new Problem('unauthenticated', 'this is not a signed message')
}
