// This device's key, by which the services know it: made here, never leaves the browser, and signs a proof for each
// request that changes something (DPoP, RFC 9449).
import { createStore, get, update } from 'idb-keyval'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const

let making: Promise<CryptoKeyPair | undefined> | undefined

/** Undefined without https, where browsers have no keys. Where site data is blocked it lasts as long as the page. */
function deviceKey(): Promise<CryptoKeyPair | undefined> {
  making ??= globalThis.crypto?.subtle ? loadOrMake() : Promise.resolve(undefined)
  return making
}

async function loadOrMake(): Promise<CryptoKeyPair> {
  const made = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  try {
    const store = createStore('bahi-device', 'keys')
    // Of tabs that make one at once the first one's counts.
    await update<CryptoKeyPair>('key', (known) => known ?? made, store)
    return (await get<CryptoKeyPair>('key', store)) ?? made
  } catch {
    return made
  }
}

/** `nowMs`: by the clock of the services, as far as it is known. */
type Proven = { method: string; url: string; accessToken: string | undefined; nowMs: number }

/** The header `DPoP` of one request. */
export async function proofFor({ method, url, accessToken, nowMs }: Proven): Promise<string | undefined> {
  const key = await deviceKey()
  if (!key) return undefined
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', key.publicKey)
  const { origin, pathname } = new URL(url)
  const signed = [
    { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } },
    {
      ...{ htm: method, htu: origin + pathname, iat: Math.floor(nowMs / 1_000) },
      ...{ jti: base64url(crypto.getRandomValues(new Uint8Array(16))) },
      ...(accessToken === undefined ? {} : { ath: base64url(await sha256(accessToken)) }),
    },
  ]
    .map((part) => base64url(new TextEncoder().encode(JSON.stringify(part))))
    .join('.')
  const hash = { name: 'ECDSA', hash: 'SHA-256' }
  const signature = await crypto.subtle.sign(hash, key.privateKey, new TextEncoder().encode(signed))
  return `${signed}.${base64url(new Uint8Array(signature))}`
}

const sha256 = async (text: string) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
}
