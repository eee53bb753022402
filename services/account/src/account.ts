// What all of account stands on: its settings, its seams, our own bank, the bounds of what one person may have.
import type { Bank } from '@bahi/contracts/account.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/service.ts'
import Type, { type Static } from 'typebox'
import type { PinKeys } from './pin-keys.ts'

export const Config = Type.Object({
  BAHI_PIN_KEY: Type.String({
    description: 'Private JWK (EC P-256 or OKP X25519, JSON): opens the PIN blocks that apps encrypt.',
  }),
  BAHI_PIN_VERIFIER_KEY: Type.String({
    pattern: '^[A-Za-z0-9+/]{43}=$',
    description: 'Base64 of 32 bytes: what PINs are verified under; in production it never leaves an HSM.',
  }),
  BAHI_HANDLE: Type.String({
    pattern: '^[a-z][a-z0-9]{1,29}$',
    default: 'bahi',
    description: 'What stands behind the @ of the UPI IDs that are issued here.',
  }),
})

export type AccountDeps = Deps<Static<typeof Config>> & { pins: PinKeys }

export const ownBank: Bank = {
  code: 'BAHI',
  name: 'Bahi Bank',
  ifsc: 'BAHI0000001',
  onUs: true,
  pinLength: 4,
}

export const maxAccountsPerPerson = 20
export const maxVpasPerPerson = 5
/** Accounts that one discovery tells of, the newest. */
export const maxAccountsTold = 50

/** Wrong card details until the card is of no use here for a while. */
export const cardTries = 5
export const cardLockHours = 24

/** What only the account's own bank could answer, asked of another bank. */
export function elsewhere(what: string, bankName: string): Problem {
  return new Problem('bank-unreachable', `${bankName} does not ${what} through us yet: use its own app`)
}
