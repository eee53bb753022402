// Proofs that a request was made by the device whose key it names: DPoP, RFC 9449.
import { createHash } from 'node:crypto'
import { Problem } from '@bahi/contracts/problem.ts'
import { boundedMap } from '@bahi/kit/cache/bounded-map.ts'
import type { FastifyRequest } from '@bahi/kit/http/http.ts'
import { calculateJwkThumbprint, errors, importJWK, jwtVerify, type CryptoKey, type JWTPayload } from 'jose'
import { listOf } from '@bahi/kit/runtime/list-of.ts'
import type { GatewayDeps } from '../deps.ts'

const maxProofLength = 2_048
/** A proof is good for so long before and after the time that it names. */
const proofLifeMs = 60_000
/** Proofs that are remembered so as to be taken once, and keys that need not be imported again. */
const maxProofs = 500_000
const maxKeys = 50_000
const keyLifeMs = 3_600_000
/** After a failure the cache is not asked for this long, so that one that hangs does not slow every request. */
const cacheRetryAfterMs = 1_000

type DeviceKey = { key: CryptoKey; thumbprint: string }

/**
 * The thumbprint of the key that signed the request's proof. With an access token the proof names it. Throws
 * `device-proof-invalid`.
 */
export type VerifyProof = (request: FastifyRequest, accessToken?: string) => Promise<string>

export function createVerifyProof(deps: Pick<GatewayDeps, 'cache' | 'clock' | 'config'>): VerifyProof {
  const keys = boundedMap<DeviceKey>(deps.clock, { maxEntries: maxKeys })
  const seen = boundedMap<true>(deps.clock, { maxEntries: maxProofs })
  const hosts = [deps.config.BAHI_ISSUER, ...listOf(deps.config.BAHI_ALLOWED_ORIGINS)].map(
    (url) => new URL(url).host,
  )

  async function keyOf(jwk: unknown): Promise<DeviceKey> {
    const { kty, crv, x, y } = publicPoint(jwk)
    const name = `${x}.${y}`
    const known = keys.get(name)
    if (known) return known
    const point = { kty, crv, x, y }
    const found = {
      key: (await importJWK(point, 'ES256')) as CryptoKey,
      thumbprint: await calculateJwkThumbprint(point),
    }
    keys.set(name, found, keyLifeMs)
    return found
  }

  async function verifySignature(proof: string): Promise<{ payload: JWTPayload; thumbprint: string }> {
    let thumbprint = ''
    const { payload } = await jwtVerify(
      proof,
      async ({ jwk }) => {
        const found = await keyOf(jwk)
        thumbprint = found.thumbprint
        return found.key
      },
      { algorithms: ['ES256'], typ: 'dpop+jwt', currentDate: deps.clock.now() },
    )
    return { payload, thumbprint }
  }

  let failedMs = -Infinity
  /**
   * Whether another gateway has taken this proof. A PUT is not asked about: its address names what it makes, so a
   * second one changes nothing, and payments are spared the round trip. While the cache is unavailable each gateway
   * knows its own.
   */
  async function isTakenElsewhere(id: string, { method }: FastifyRequest, nowMs: number): Promise<boolean> {
    if (method === 'PUT' || nowMs - failedMs < cacheRetryAfterMs) return false
    try {
      return !(await deps.cache.add(`proof:${id}`, '1', 2 * proofLifeMs))
    } catch {
      // The cache itself reports its outage.
      failedMs = nowMs
      return false
    }
  }

  return async (request, accessToken) => {
    const proof = request.headers['dpop']
    if (typeof proof !== 'string') throw invalid('the header DPoP is missing')
    if (proof.length > maxProofLength) throw invalid('the proof is too long')
    const { payload, thumbprint } = await verifySignature(proof).catch((error: unknown) => {
      if (error instanceof Problem) throw error
      if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException)
        throw invalid('its signature is not that of its key')
      throw error
    })
    const { htm, htu, iat, jti, ath } = payload
    if (htm !== request.method) throw invalid('it is for another method')
    if (!isAddressOf(htu, request, hosts)) throw invalid('it is for another address')
    const nowMs = deps.clock.now().getTime()
    if (typeof iat !== 'number' || Math.abs(nowMs - iat * 1000) > proofLifeMs)
      throw invalid('it was not made now: use the time of the header Date')
    if (accessToken !== undefined && ath !== hashOf(accessToken))
      throw invalid('it is for another access token')
    if (typeof jti !== 'string' || jti.length < 1 || jti.length > 128) throw invalid('its id is missing')
    const id = `${thumbprint} ${jti}`
    if (seen.get(id)) throw invalid('it was used before')
    seen.set(id, true, 2 * proofLifeMs)
    if (await isTakenElsewhere(id, request, nowMs)) throw invalid('it was used before')
    return thumbprint
  }
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

function invalid(why: string): Problem {
  return new Problem('device-proof-invalid', `the proof of the device's key cannot be used: ${why}`)
}

/** Of a key on P-256. Throws `device-proof-invalid` for any other, and for one that came with its private half. */
function publicPoint(jwk: unknown): { kty: 'EC'; crv: 'P-256'; x: string; y: string } {
  const { kty, crv, x, y, d } = Object(jwk) as Record<string, unknown>
  const isPoint = [x, y].every((one) => typeof one === 'string' && /^[\w-]{43}$/.test(one))
  if (kty !== 'EC' || crv !== 'P-256' || !isPoint || d !== undefined)
    throw invalid('its key is no public key on P-256')
  return { kty, crv, x: x as string, y: y as string }
}

/** The scheme and the query are not compared: a proxy may end TLS, and RFC 9449 leaves the query out. */
function isAddressOf(htu: unknown, request: FastifyRequest, hosts: string[]): boolean {
  if (typeof htu !== 'string' || !URL.canParse(htu)) return false
  const { host, pathname } = new URL(htu)
  if (pathname !== new URL(request.url, 'http://localhost').pathname) return false
  return host === request.host || hosts.includes(host)
}
