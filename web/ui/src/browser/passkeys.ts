// Passkeys of this device. The library is loaded when somebody uses one; what an extension answers stays here.
import type { NewPasskey, PasskeyAnswer } from '@bahi/contracts/passkey-formats.ts'

type Options = Record<string, unknown>

/** Whether the browser knows passkeys. It takes none at an address of digits, such as 127.0.0.1. */
export const canUsePasskeys = (): boolean =>
  typeof globalThis.PublicKeyCredential === 'function' && !/^[\d.]+$|^\[/.test(location.hostname)

/** Throws when the person leaves it at that, or has this passkey on the device already. */
export async function makePasskey(options: Options): Promise<NewPasskey> {
  const { startRegistration } = await import('@simplewebauthn/browser')
  const { response, ...made } = await startRegistration({ optionsJSON: options as never })
  const { clientDataJSON, attestationObject, transports } = response
  return {
    ...named(made),
    response: { clientDataJSON, attestationObject, ...(transports ? { transports } : {}) },
  }
}

/** Throws when the person leaves it at that, or has none of these passkeys here. */
export async function signByPasskey(options: Options): Promise<PasskeyAnswer> {
  const { startAuthentication } = await import('@simplewebauthn/browser')
  const { response, ...signed } = await startAuthentication({ optionsJSON: options as never })
  const { clientDataJSON, authenticatorData, signature, userHandle } = response
  return {
    ...named(signed),
    response: { clientDataJSON, authenticatorData, signature, ...(userHandle ? { userHandle } : {}) },
  }
}

type Named = {
  id: string
  rawId: string
  authenticatorAttachment?: 'platform' | 'cross-platform' | undefined
}

const named = ({ id, rawId, authenticatorAttachment }: Named) => ({
  ...{ id, rawId, type: 'public-key' as const, clientExtensionResults: {} },
  ...(authenticatorAttachment ? { authenticatorAttachment } : {}),
})

/** A key of this device for a lock: `id` names it, and with `salt` it has one secret. Neither opens anything alone. */
export type DeviceLockKey = { id: Uint8Array<ArrayBuffer>; salt: Uint8Array<ArrayBuffer> }

/**
 * Made by the device itself, which asks its person (WebAuthn, user verification), and known to no service. Undefined
 * where the device has no secrets of such keys (the PRF extension).
 */
export async function makeDeviceLockKey(
  name: string,
): Promise<(DeviceLockKey & { secret: ArrayBuffer }) | undefined> {
  const salt = crypto.getRandomValues(new Uint8Array(32))
  const made = (await navigator.credentials.create({
    publicKey: {
      rp: { name },
      user: { id: crypto.getRandomValues(new Uint8Array(16)), name, displayName: name },
      // Nobody verifies what it signs: its secret alone is used.
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      pubKeyCredParams: [
        { type: 'public-key', alg: -7 },
        { type: 'public-key', alg: -257 },
      ],
      authenticatorSelection: { authenticatorAttachment: 'platform', userVerification: 'required' },
      extensions: { prf: {} },
    },
  })) as PublicKeyCredential | null
  if (!made?.getClientExtensionResults().prf?.enabled) return undefined
  const key = { id: new Uint8Array(made.rawId), salt }
  const secret = await secretOfDeviceLockKey(key)
  return secret && { ...key, secret }
}

/** After the device has seen who uses it. Undefined when the key has none; throws when the person leaves it at that. */
export async function secretOfDeviceLockKey({ id, salt }: DeviceLockKey): Promise<ArrayBuffer | undefined> {
  const signed = (await navigator.credentials.get({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      allowCredentials: [{ type: 'public-key', id, transports: ['internal'] }],
      userVerification: 'required',
      extensions: { prf: { eval: { first: salt } } },
    },
  })) as PublicKeyCredential | null
  const secret = signed?.getClientExtensionResults().prf?.results?.first
  if (secret === undefined) return undefined
  return secret instanceof ArrayBuffer ? secret : new Uint8Array(secret.buffer as ArrayBuffer).slice().buffer
}
