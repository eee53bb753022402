// The public keys that UPI PINs are encrypted for: our bank's, and the network's for all other banks.
import { ownBank } from '../bank-accounts/own-bank.ts'
import type { AccountDeps } from '../config.ts'
import type { NetworkDirectory } from '../network/network-directory.ts'

/** `bank`: whose PINs a key is for, `*` for every bank that has no own key. Ours comes first. */
export async function publishedKeys(
  deps: Pick<AccountDeps, 'pins'>,
  directory: Pick<NetworkDirectory, 'keys'>,
): Promise<Record<string, unknown>[]> {
  const others = await directory.keys()
  return [{ ...deps.pins.published, bank: ownBank.code }, ...others.map((key) => ({ ...key, bank: '*' }))]
}
