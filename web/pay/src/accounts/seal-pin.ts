// Encrypts the UPI PIN for the bank, bound to its purpose. It is in no state, no storage and no log.
import { pinKeys } from '@bahi/contracts/account.ts'
import type { PinBlock } from '@bahi/contracts/pin-block.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { callPublic } from '../api/client.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'

/** The banks' keys, fetched before the PIN is typed; a bank that rotates its key is asked again. */
const keysQuery = {
  queryKey: ['pin-keys'],
  queryFn: () => callPublic(pinKeys, {}),
  staleTime: 5 * 60_000,
}

/** On the way to a PIN: what encrypts it is there when its last digit is typed. */
export function usePreparePin(isAhead = true): void {
  const client = useQueryClient()
  useEffect(() => {
    if (!isAhead) return
    void client.prefetchQuery(keysQuery)
    // Without a network it is loaded with the PIN.
    void import('jose').catch(() => undefined)
  }, [isAhead, client])
}

/** A PIN that could not be opened was perhaps encrypted for a key that the bank has no more. */
export function forgetPinKeys(client: QueryClient, why: unknown): void {
  if (why === 'U14' || (why instanceof Problem && why.code === 'pin-block-invalid'))
    client.removeQueries({ queryKey: keysQuery.queryKey })
}

/** @param bank code of the bank that checks the PIN */
export async function sealPin(
  client: QueryClient,
  bank: string,
  block: Omit<PinBlock, 'iat'>,
): Promise<string> {
  const [{ keys }, { CompactEncrypt, importJWK }] = await Promise.all([
    client.fetchQuery(keysQuery),
    import('jose'),
  ])
  const jwk = keys.find((key) => key['bank'] === bank) ?? keys.find((key) => key['bank'] === '*')
  if (!jwk) throw new Error(`no key of ${bank} is known`)
  const plain = new TextEncoder().encode(JSON.stringify({ iat: Math.floor(serverNow() / 1_000), ...block }))
  const kid = jwk['kid'] as string | undefined
  return new CompactEncrypt(plain)
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', ...(kid ? { kid } : {}) })
    .encrypt(await importJWK(jwk, 'ECDH-ES'))
}
