// The columns that auth seals.
import type { SealedColumn } from '@bahi/kit/crypto/seal.ts'

export const phoneColumn: SealedColumn = { table: 'people', column: 'phone_sealed', row: 'id' }
/** Of a measure that gives a person their sign-in back. */
export const restoredPhoneColumn: SealedColumn = { table: 'measures', column: 'phone_sealed', row: 'id' }
export const totpColumn: SealedColumn = { table: 'totp_secrets', column: 'secret_sealed', row: 'id' }
export const privateKeyColumn: SealedColumn = { table: 'signing_keys', column: 'private_sealed', row: 'kid' }
export const idTokenKeyColumn: SealedColumn = { ...privateKeyColumn, table: 'id_token_keys' }
