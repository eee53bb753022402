// How a service authenticates itself: a short-lived token, signed with its own key, that names caller and audience.
import { createHash } from 'node:crypto'
import { Problem } from '@bahi/contracts/problem.ts'
import { isDeviceAlone } from '../http/principal.ts'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { generateKeyPair, exportJWK, importJWK, jwtVerify, SignJWT, type CryptoKey, type JWK } from 'jose'
import { boundedMap } from '../cache/bounded-map.ts'
import type { Clock } from '../clock.ts'

const lifetimeS = 300
/** Of a token that names a person. */
const personLifetimeS = 120
const renewBeforeMs = 60_000
/** Each person who acts has tokens of their own. */
const maxVerified = 20_000
const maxMinted = 20_000

export type Trust = {
  /**
   * A token for calling `audience`; minted once every few minutes.
   * @param identity what the request says of who acts, see `identityIn`; the token is good for that alone
   */
  mint(caller: ServiceName, audience: ServiceName, identity?: string): Promise<string>
  /** The caller that the token names. Throws `caller-unknown`, also when somebody else acts than it was signed for. */
  verify(token: string, audience: ServiceName, identity?: string): Promise<ServiceName>
}

export type ServiceKeys = {
  private: Partial<Record<ServiceName, JWK>>
  public: Partial<Record<ServiceName, JWK>>
}

/** A new key pair for each service: for a start on one machine, and for tests. */
export async function generateServiceKeys(names: readonly ServiceName[]): Promise<ServiceKeys> {
  const keys: ServiceKeys = { private: {}, public: {} }
  for (const name of names) {
    const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
    keys.private[name] = await exportJWK(pair.privateKey)
    keys.public[name] = await exportJWK(pair.publicKey)
  }
  return keys
}

const audiences = new Map<string, ServiceName | undefined>()

/** The service that a token names as its audience, unverified: only that service may decide what the token is worth. */
export function audienceOf(token: string | string[] | undefined): ServiceName | undefined {
  if (typeof token !== 'string') return undefined
  if (!audiences.has(token)) {
    if (audiences.size >= maxVerified) audiences.clear()
    audiences.set(token, claimedAudience(token))
  }
  return audiences.get(token)
}

function claimedAudience(token: string): ServiceName | undefined {
  try {
    const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    return (JSON.parse(claims) as { aud?: ServiceName } | null)?.aud
  } catch {
    return undefined
  }
}

export function createTrust(keys: ServiceKeys, clock: Clock): Trust {
  const minted = boundedMap<string>(clock, { maxEntries: maxMinted })
  const verified = boundedMap<{ caller: ServiceName; actor: unknown }>(clock, { maxEntries: maxVerified })
  const imported = new Map<string, Promise<CryptoKey>>()

  function keyOf(kind: 'private' | 'public', name: ServiceName): Promise<CryptoKey> {
    const jwk = Object.hasOwn(keys[kind], name) ? keys[kind][name] : undefined
    if (!jwk) throw new Problem('caller-unknown', `no key is known for ${name}`)
    const id = `${kind} ${name}`
    let key = imported.get(id)
    if (!key) imported.set(id, (key = importJWK(jwk, 'EdDSA') as Promise<CryptoKey>))
    return key
  }

  return {
    async mint(caller, audience, identity) {
      const id = `${caller} ${audience} ${identity ?? ''}`
      const nowMs = clock.now().getTime()
      const known = minted.get(id)
      if (known) return known
      const iat = Math.floor(nowMs / 1000)
      const lifeS = identity === undefined ? lifetimeS : personLifetimeS
      const token = await new SignJWT({ actor: actorOf(identity) })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'bahi-service+jwt' })
        .setIssuer(caller)
        .setAudience(audience)
        .setIssuedAt(iat)
        .setExpirationTime(iat + lifeS)
        .sign(await keyOf('private', caller))
      minted.set(id, token, lifeS * 1000 - renewBeforeMs)
      return token
    },
    async verify(token, audience, identity) {
      const nowMs = clock.now().getTime()
      const id = `${audience} ${token}`
      const actor = actorOf(identity)
      const known = verified.get(id)
      if (known && isFor(known.actor, actor, identity)) return known.caller
      let claimed: string | undefined
      try {
        claimed = (
          JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { iss?: string }
        ).iss
      } catch {
        throw new Problem('caller-unknown')
      }
      try {
        const { payload } = await jwtVerify(token, await keyOf('public', claimed as ServiceName), {
          algorithms: ['EdDSA'],
          typ: 'bahi-service+jwt',
          audience,
          clockTolerance: 30,
          currentDate: clock.now(),
          requiredClaims: ['iss', 'aud', 'iat', 'exp'],
        })
        if (!isFor(payload['actor'], actor, identity)) throw new Problem('caller-unknown')
        const caller = payload.iss as ServiceName
        verified.set(id, { caller, actor: payload['actor'] }, (payload.exp ?? 0) * 1000 - nowMs)
        return caller
      } catch {
        throw new Problem('caller-unknown')
      }
    },
  }
}

/** Empty for nobody. */
function actorOf(identity: string | undefined): string {
  return identity === undefined ? '' : createHash('sha256').update(identity).digest('base64url')
}

/**
 * A version before this one runs beside it while it is replaced: its tokens have no claim, or one of nobody where a
 * device alone has proven its key.
 */
function isFor(claimed: unknown, actor: string, identity: string | undefined): boolean {
  return claimed === undefined || claimed === actor || (claimed === '' && isDeviceAlone(identity))
}
