// Who is behind our UPI IDs and accounts, by the name that their bank registered.
import type { AccountDeps } from '../config.ts'
import { openLinkHolder, type StoredHolder } from '../sealed-columns.ts'
import { findParties, type PartyRow } from './store.ts'

export type Party = Omit<PartyRow, keyof StoredHolder> & { name: string }

/** Unknown ones are left out. */
export async function partiesOf(
  { sql, seal }: Pick<AccountDeps, 'sql' | 'seal'>,
  vpas: string[],
): Promise<Party[]> {
  const rows = await findParties(sql, vpas)
  return rows.map(({ holderNameSealed, ...row }) => ({
    ...row,
    name: openLinkHolder(seal, { ...row, holderNameSealed }),
  }))
}
