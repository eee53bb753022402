// Our own bank, and how many accounts, tries and UPI IDs one person may have.
import type { Bank } from '@bahi/contracts/account.ts'

export const ownBank: Bank = {
  code: 'BAHI',
  name: 'Bahi Bank',
  ifsc: 'BAHI0000001',
  onUs: true,
  pinLength: 4,
}

export const maxAccountsPerPerson = 20

export const maxVpasPerPerson = 5

/** Accounts that one discovery lists, the newest. */
export const maxAccountsListed = 50

/** Wrong card details until the card is locked. */
export const cardTries = 5

export const cardLockHours = 24
