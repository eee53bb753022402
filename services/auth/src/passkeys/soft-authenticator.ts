// For tests: an authenticator in software, which does what it is told, also what no browser would let it do.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { NewPasskey, PasskeyAnswer } from '@bahi/contracts/passkey-formats.ts'

const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest()
const flags = { present: 0x01, verified: 0x04, hasKey: 0x40 }

/** What it lies about, or leaves out. */
export type Lies = {
  origin?: string
  rpId?: string
  challenge?: string
  type?: string
  isVerified?: boolean
  counter?: number
  /** The number of COSE that its key claims to be for. */
  algorithm?: number
  id?: string
}

export type SoftAuthenticator = {
  make(options: Record<string, unknown>, lies?: Lies): NewPasskey
  sign(options: Record<string, unknown>, lies?: Lies): PasskeyAnswer
}

export function softAuthenticator(origin: string, rpId: string): SoftAuthenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x, y } = publicKey.export({ format: 'jwk' }) as { x: string; y: string }
  const credentialId = randomBytes(32)
  let counter = 0

  const clientData = (type: string, { challenge }: Record<string, unknown>, lies: Lies): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: lies.type ?? type,
        challenge: lies.challenge ?? challenge,
        origin: lies.origin ?? origin,
        crossOrigin: false,
      }),
    )

  function head(lies: Lies, more: number): Buffer {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(lies.counter ?? ++counter)
    const said = flags.present | (lies.isVerified === false ? 0 : flags.verified) | more
    return Buffer.concat([sha256(lies.rpId ?? rpId), Buffer.from([said]), count])
  }

  /** As COSE (RFC 9052): an elliptic key for the algorithm, with its point. */
  const coseKey = (algorithm: number): Buffer =>
    Buffer.concat([
      Buffer.from([0xa5, 0x01, 0x02, 0x03]),
      cborNegative(algorithm),
      Buffer.from([0x20, 0x01, 0x21, 0x58, 0x20]),
      Buffer.from(x, 'base64url'),
      Buffer.from([0x22, 0x58, 0x20]),
      Buffer.from(y, 'base64url'),
    ])

  const named = (lies: Lies) => {
    const id = lies.id ?? credentialId.toString('base64url')
    return { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {} }
  }

  return {
    make(options, lies = {}) {
      const length = Buffer.from([0, credentialId.length])
      const key = coseKey(lies.algorithm ?? -7)
      const made = Buffer.concat([head(lies, flags.hasKey), Buffer.alloc(16), length, credentialId, key])
      const size = Buffer.alloc(2)
      size.writeUInt16BE(made.length)
      const attestation = Buffer.concat([
        Buffer.from([0xa3]),
        ...[
          cborText('fmt'),
          cborText('none'),
          cborText('attStmt'),
          Buffer.from([0xa0]),
          cborText('authData'),
        ],
        ...[Buffer.from([0x59]), size, made],
      ])
      return {
        ...named(lies),
        response: {
          clientDataJSON: clientData('webauthn.create', options, lies).toString('base64url'),
          attestationObject: attestation.toString('base64url'),
          transports: ['internal'],
        },
      }
    },
    sign(options, lies = {}) {
      const client = clientData('webauthn.get', options, lies)
      const authenticator = head(lies, 0)
      const signature = sign('sha256', Buffer.concat([authenticator, sha256(client)]), privateKey)
      return {
        ...named(lies),
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: authenticator.toString('base64url'),
          signature: signature.toString('base64url'),
        },
      }
    },
  }
}

const cborText = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)])

/** −1 to −65536. */
function cborNegative(value: number): Buffer {
  const size = -1 - value
  if (size < 24) return Buffer.from([0x20 + size])
  return size < 256 ? Buffer.from([0x38, size]) : Buffer.from([0x39, size >> 8, size & 0xff])
}
