// The public keys that UPI PINs are encrypted for: our bank's, and the network's for all other banks.
import { ownBank } from '../bank-accounts/own-bank.ts'
import type { AccountDeps } from '../config.ts'
import type { Network } from '../network/network.ts'

/** `bank`: whose PINs a key is for, `*` for every bank that has none of its own. Ours stands first. */
export async function publishedKeys(
  deps: Pick<AccountDeps, 'pins'>,
  network: Pick<Network, 'keys'>,
): Promise<Record<string, unknown>[]> {
  const others = await network.keys()
  return [{ ...deps.pins.published, bank: ownBank.code }, ...others.map((key) => ({ ...key, bank: '*' }))]
}
