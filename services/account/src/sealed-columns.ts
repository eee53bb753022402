// The columns that account seals, and the names of account holders as they are stored.
import type { Seal, SealedColumn } from '@bahi/kit/crypto/seal.ts'

export const numberColumn: SealedColumn = { table: 'bank_accounts', column: 'number_sealed', row: 'id' }
export const phoneColumn: SealedColumn = { table: 'bank_accounts', column: 'phone_sealed', row: 'id' }
export const holderColumn: SealedColumn = { table: 'bank_accounts', column: 'holder_name_sealed', row: 'id' }
/** By what an account that is linked again keeps, and not by its id, which is not known before. */
export const linkHolderColumn: SealedColumn = {
  ...{ table: 'linked_accounts', column: 'holder_name_sealed', row: ['user_id', 'bank', 'account_ref'] },
}

export type LinkKey = { userId: string; bank: string; accountRef: string }
/** Of erased people there is none, and nobody asks for it. */
export type StoredHolder = { holderNameSealed: string }

const rowOf = ({ userId, bank, accountRef }: LinkKey) => `${userId} ${bank} ${accountRef}`

export function sealLinkHolder(seal: Seal, link: LinkKey, name: string): string {
  return seal.seal(name, linkHolderColumn, rowOf(link))
}

/** Throws when the name was tampered with, or belongs to another row. */
export function openLinkHolder(seal: Seal, row: LinkKey & StoredHolder): string {
  return seal.open(row.holderNameSealed, linkHolderColumn, rowOf(row))
}

/** As `openLinkHolder`, of an account of our bank. */
export function openHolder(seal: Seal, id: string, { holderNameSealed }: StoredHolder): string {
  return seal.open(holderNameSealed, holderColumn, id)
}
