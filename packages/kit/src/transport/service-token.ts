// How a service authenticates itself: a short-lived token, signed with its own key, that names caller and audience.
import { createHash } from 'node:crypto'
import { Problem } from '@bahi/contracts/problem.ts'
import { isDeviceAlone } from '../http/principal.ts'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT, type CryptoKey, type JWK } from 'jose'
import { keyIdIn, thumbprintOf } from '../crypto/key-ids.ts'
import { maxListedKeys } from '../crypto/secret-json.ts'
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
  /** What each service signs with. */
  private: Partial<Record<ServiceName, JWK>>
  /** What its tokens are verified with: several while a key is replaced. */
  public: Partial<Record<ServiceName, JWK | JWK[]>>
}

/** The public keys of a service; none of a name that is no service's. */
export function publicKeysOf(keys: Pick<ServiceKeys, 'public'>, name: string): JWK[] {
  const found = Object.hasOwn(keys.public, name) ? keys.public[name as ServiceName] : undefined
  return found === undefined ? [] : [found].flat()
}

/** What is wrong with the keys that a process has of its own services and of those that call it. */
export function keyFaults(services: readonly ServiceName[], keys: ServiceKeys): string[] {
  const isKey = (jwk: JWK) => jwk?.kty === 'OKP' && jwk.crv === 'Ed25519' && typeof jwk.x === 'string'
  const faults = Object.keys(keys.public).flatMap((name) => {
    const own = publicKeysOf(keys, name)
    if (own.length === 0 || own.length > maxListedKeys || !own.every(isKey)) {
      return [`BAHI_SERVICE_KEYS: ${name} must have 1 to ${maxListedKeys} Ed25519 JWKs`]
    }
    return own.some(({ d }) => d !== undefined) ? [`BAHI_SERVICE_KEYS has a private key of ${name}`] : []
  })
  if (faults.length > 0) return faults
  return services.flatMap((name) => {
    const own = keys.private[name]
    if (!own) return [`BAHI_SIGNING_KEYS has no key for ${name}`]
    if (!isKey(own) || !own.d) return [`BAHI_SIGNING_KEYS: that of ${name} must be a private Ed25519 JWK`]
    const kid = thumbprintOf(own)
    const isListed = publicKeysOf(keys, name).some((key) => thumbprintOf(key) === kid)
    return isListed ? [] : [`BAHI_SERVICE_KEYS does not list the key ${kid}, which ${name} signs with`]
  })
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
  const imported = new Map<JWK, Promise<CryptoKey>>()

  function importedKey(jwk: JWK): Promise<CryptoKey> {
    let key = imported.get(jwk)
    if (!key) imported.set(jwk, (key = importJWK(jwk, 'EdDSA') as Promise<CryptoKey>))
    return key
  }

  function signingKeyOf(name: ServiceName): JWK {
    const jwk = keys.private[name]
    if (!jwk) throw new Problem('caller-unknown', `no key is known for ${name}`)
    return jwk
  }

  /** By the key id that the token names. A version before this one named none: then each is tried. */
  function candidates(caller: string, kid: string | undefined): JWK[] {
    const all = publicKeysOf(keys, caller)
    const found = kid === undefined ? all : all.filter((jwk) => thumbprintOf(jwk) === kid)
    if (found.length > 0) return found
    throw new Problem('caller-unknown', noKey(kid, all.length > 0 ? caller : undefined))
  }

  return {
    async mint(caller, audience, identity) {
      const id = `${caller} ${audience} ${identity ?? ''}`
      const nowMs = clock.now().getTime()
      const known = minted.get(id)
      if (known) return known
      const iat = Math.floor(nowMs / 1000)
      const jwk = signingKeyOf(caller)
      const lifeS = identity === undefined ? lifetimeS : personLifetimeS
      const token = await new SignJWT({ actor: actorOf(identity) })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'bahi-service+jwt', kid: thumbprintOf(jwk) })
        .setIssuer(caller)
        .setAudience(audience)
        .setIssuedAt(iat)
        .setExpirationTime(iat + lifeS)
        .sign(await importedKey(jwk))
      minted.set(id, token, lifeS * 1000 - renewBeforeMs)
      return token
    },
    async verify(token, audience, identity) {
      const nowMs = clock.now().getTime()
      const id = `${audience} ${token}`
      const actor = actorOf(identity)
      const known = verified.get(id)
      if (known && isFor(known.actor, actor, identity)) return known.caller
      const { caller: claimed, kid } = claimsOf(token)
      for (const jwk of candidates(claimed, kid)) {
        try {
          const { payload } = await jwtVerify(token, await importedKey(jwk), {
            algorithms: ['EdDSA'],
            typ: 'bahi-service+jwt',
            audience,
            clockTolerance: 30,
            currentDate: clock.now(),
            requiredClaims: ['iss', 'aud', 'iat', 'exp'],
          })
          if (!isFor(payload['actor'], actor, identity)) break
          const caller = payload.iss as ServiceName
          verified.set(id, { caller, actor: payload['actor'] }, (payload.exp ?? 0) * 1000 - nowMs)
          return caller
        } catch {
          // The next one, if there is one.
        }
      }
      throw new Problem('caller-unknown')
    },
  }
}

/** What a token says of its caller and its key, unverified. */
function claimsOf(token: string): { caller: string; kid: string | undefined } {
  try {
    const [head = '', body = ''] = token.split('.')
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
    const { iss } = read(body) as { iss?: unknown }
    return { caller: String(iss), kid: (read(head) as { kid?: string }).kid }
  } catch {
    throw new Problem('caller-unknown')
  }
}

function noKey(kid: unknown, caller = 'this caller'): string {
  const named = keyIdIn({ kid })
  return named === undefined
    ? `no key of ${caller} is known here`
    : `no key ${named} of ${caller} is known here`
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
