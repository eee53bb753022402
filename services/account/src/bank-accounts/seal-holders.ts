// Seals names of account holders that a version of before wrote in clear.
import { holderColumn, sealLinkHolder } from '../sealed-columns.ts'
import type { AccountDeps } from '../config.ts'
import {
  lockUnsealedAccounts,
  lockUnsealedLinks,
  setAccountHolders,
  setLinkHolders,
} from './store-unsealed.ts'

const atOnce = 200

/** True when there may be more. */
export function sealHolders({
  transaction,
  seal,
}: Pick<AccountDeps, 'transaction' | 'seal'>): Promise<boolean> {
  return transaction(async (tx) => {
    const links = await lockUnsealedLinks(tx, atOnce)
    await setLinkHolders(
      tx,
      links.map(({ id, holderName, ...link }) => ({ id, sealed: sealLinkHolder(seal, link, holderName) })),
    )
    const accounts = await lockUnsealedAccounts(tx, atOnce)
    await setAccountHolders(
      tx,
      accounts.map(({ id, holderName }) => ({ id, sealed: seal.seal(holderName, holderColumn, id) })),
    )
    return links.length === atOnce || accounts.length === atOnce
  })
}
