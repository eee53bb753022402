// The key of a device of the seed, the demo and the tests: it follows from who has it, so that the same device can sign
// in again from another process. What is real makes a random one.
import { createECDH, createHash, createPrivateKey, randomUUID, sign } from 'node:crypto'

export type DeviceKey = {
  /** The header `DPoP` of one request (RFC 9449). */
  proof(request: { method: string; url: string; accessToken?: string | undefined }): string
  /** For a browser of the tests. */
  privateJwk: { kty: string; crv: string; x: string; y: string; d: string }
  /** Learns the services' time from the header `Date` of an answer. */
  learnTime(date: string | null): void
}

/** @param secret at least 32 random bytes, but for devices of tests and demonstrations */
export function deviceKey(secret: string): DeviceKey {
  const { d, ...jwk } = jwkFrom(secret)
  const key = createPrivateKey({ key: { ...jwk, d }, format: 'jwk' })
  const header = encoded({ typ: 'dpop+jwt', alg: 'ES256', jwk })
  let aheadMs = 0
  return {
    privateJwk: { ...jwk, d },
    proof({ method, url, accessToken }) {
      const { origin, pathname } = new URL(url)
      const claims = {
        ...{ htm: method, htu: origin + pathname, jti: randomUUID() },
        iat: Math.floor((Date.now() + aheadMs) / 1000),
        ...(accessToken === undefined ? {} : { ath: hash(accessToken).toString('base64url') }),
      }
      const signed = `${header}.${encoded(claims)}`
      const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
      return `${signed}.${signature.toString('base64url')}`
    },
    learnTime(date) {
      const ms = Date.parse(date ?? '')
      if (!Number.isNaN(ms)) aheadMs = ms - Date.now()
    },
  }
}

function jwkFrom(secret: string): DeviceKey['privateJwk'] {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(hash(`bahi device ${secret}`))
  const point = curve.getPublicKey()
  const [x, y] = [point.subarray(1, 33), point.subarray(33)]
  const text = (part: Buffer) => part.toString('base64url')
  return { kty: 'EC', crv: 'P-256', x: text(x), y: text(y), d: text(curve.getPrivateKey()) }
}

const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
