// Evidence of keys that settings hold: their ids, kinds and times, never the keys.
import { secretOf } from '@bahi/kit/runtime/config.ts'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { parsed, type Evidence, type Found, type Source } from './source.ts'

/** A public or private JWK, a list of them, or a map of either. Codes are signed by keys with times. */
const settings = [
  ...['BAHI_PIN_KEY', 'BAHI_NETWORK_KEY', 'BAHI_NETWORK_PEER_KEY', 'BAHI_AUDIT_KEY', 'BAHI_VAPID_KEY'],
  ...['BAHI_CODE_KEYS', 'BAHI_SIGNING_KEYS', 'BAHI_SERVICE_KEYS'],
]

type Key = JWK & { from?: string; to?: string }
type Shown = {
  setting: string
  of?: string
  kid?: string
  algorithm?: string
  kind: string
  /** RFC 7638: the same for both halves. */
  thumbprint: string
  from?: string
  to?: string
}

async function keysOfSettings(evidence: Evidence): Promise<Found> {
  const env = evidence.settings()
  const value: Shown[] = []
  for (const setting of settings) {
    const text = secretOf(setting, env)
    if (text === undefined) continue
    for (const [of, key] of keysIn(parsed(setting, text))) value.push(await shown(setting, of, key))
  }
  const codes = value.filter(({ setting }) => setting === 'BAHI_CODE_KEYS')
  const now = evidence.now.toISOString()
  const isInForce = ({ from, to }: Shown) =>
    (from === undefined || new Date(from).toISOString() <= now) &&
    (to === undefined || new Date(to).toISOString() > now)
  const faults =
    codes.length > 0 && !codes.some(isInForce) ? ['no key that codes are signed with is in force'] : []
  return { value, faults }
}

function keysIn(given: unknown): [of: string | undefined, key: Key][] {
  if (Array.isArray(given)) return (given as Key[]).map((key) => [undefined, key])
  if (typeof given !== 'object' || given === null) return []
  if ('kty' in given) return [[undefined, given as Key]]
  return Object.entries(given as Record<string, Key | Key[]>).flatMap(([of, keys]) =>
    [keys].flat().map((key): [string, Key] => [of, key]),
  )
}

async function shown(setting: string, of: string | undefined, key: Key): Promise<Shown> {
  const { kid, alg, kty = '', crv, n, from, to } = key
  // The modulus is all of an RSA key's length: six bits a letter.
  const kind = crv ?? (n === undefined ? kty : `${kty} ${Math.floor((n.length * 6) / 8) * 8}`)
  return {
    ...{ setting, kind, thumbprint: await calculateJwkThumbprint(key) },
    ...(of === undefined ? {} : { of }),
    ...(kid === undefined ? {} : { kid }),
    ...(alg === undefined ? {} : { algorithm: alg }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  }
}

export const sourcesOfKeys: readonly Source[] = [
  { name: 'setting-keys.json', about: 'keys that settings hold: ids, kinds, times', collect: keysOfSettings },
]
