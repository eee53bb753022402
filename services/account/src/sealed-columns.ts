// The columns that account seals.
import type { SealedColumn } from '@bahi/kit/crypto/seal.ts'

export const numberColumn: SealedColumn = { table: 'bank_accounts', column: 'number_sealed', row: 'id' }
export const phoneColumn: SealedColumn = { table: 'bank_accounts', column: 'phone_sealed', row: 'id' }
