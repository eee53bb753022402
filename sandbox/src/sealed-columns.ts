// The columns that the sandbox seals.
import type { SealedColumn } from '@bahi/kit/crypto/seal.ts'

export const numberColumn: SealedColumn = {
  table: 'other_accounts',
  column: 'sealed_number',
  row: 'account_ref',
}
export const cardColumn: SealedColumn = { table: 'other_accounts', column: 'sealed_card', row: 'account_ref' }
export const messageColumn: SealedColumn = { table: 'messages', column: 'sealed', row: 'id' }
