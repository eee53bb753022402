// The network's door: whoever sends a message proves by its signature that they are the network.
import type { Contract } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'
import { createVerifier, type Signed } from '@bahi/kit/crypto/signed-message.ts'
import type { LimitRate } from '../limits/rate-limit.ts'

export type NetworkDoor = (signed: Signed) => Promise<unknown>

/** Undefined without a key: then nobody is the network. Throws when it is no key. */
export async function networkDoor(publicJwk: string): Promise<NetworkDoor | undefined> {
  return publicJwk === '' ? undefined : createVerifier(publicJwk)
}

/** Throws `unauthenticated`, or `rate-limited` for whoever tries that too often; what the message says comes later. */
export async function admitNetwork(
  { network, limit }: { network: NetworkDoor | undefined; limit: Pick<LimitRate, 'address'> },
  contract: Contract,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  try {
    if (!network) throw new Problem('unauthenticated', 'no network is connected here')
    await network(signedIn(request.body as Buffer | undefined))
  } catch (error) {
    await limit.address(request.ip, contract, reply)
    throw error
  }
}

function signedIn(body: Buffer | undefined): Signed {
  try {
    const found = JSON.parse((body ?? Buffer.alloc(0)).toString('utf8')) as Partial<Signed> | null
    const { protected: header, payload, signature } = found ?? {}
    if (typeof header === 'string' && typeof payload === 'string' && typeof signature === 'string') {
      return { protected: header, payload, signature }
    }
  } catch {
    // Not even JSON: no signature is in it.
  }
  throw new Problem('unauthenticated', 'this is no signed message')
}
