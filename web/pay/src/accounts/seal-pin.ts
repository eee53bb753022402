// Encrypts the UPI PIN for the bank, bound to its purpose. It is in no state, no storage and no log.
import { pinKeys } from '@bahi/contracts/account.ts'
import type { PinBlock } from '@bahi/contracts/pin-block.ts'
import { call } from '../api/client.ts'
import { serverNow } from '../api/clock.ts'

/** @param bank code of the bank that checks the PIN */
export async function sealPin(bank: string, block: Omit<PinBlock, 'iat'>): Promise<string> {
  const [{ keys }, { CompactEncrypt, importJWK }] = await Promise.all([call(pinKeys, {}), import('jose')])
  const jwk = keys.find((key) => key['bank'] === bank) ?? keys.find((key) => key['bank'] === '*')
  if (!jwk) throw new Error(`no key of ${bank} is known`)
  const plain = new TextEncoder().encode(JSON.stringify({ iat: Math.floor(serverNow() / 1_000), ...block }))
  const kid = jwk['kid'] as string | undefined
  return new CompactEncrypt(plain)
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', ...(kid ? { kid } : {}) })
    .encrypt(await importJWK(jwk, 'ECDH-ES'))
}
