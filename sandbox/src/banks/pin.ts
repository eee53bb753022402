// UPI PINs at the sandbox's banks: whether a block is recent, and its PIN the account's.
import { payRules, pinBlockTimeFault, rulesAt } from '@bahi/contracts/rules.ts'
import type { PinBlock } from '@bahi/contracts/pin-block.ts'
import { sameBytes } from '@bahi/kit/crypto/seal.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { writeTries, type LockedAccount } from './store.ts'

const hourMs = 3_600_000

export const pinVerifier = (deps: Pick<NetworkDeps, 'seal'>, accountRef: string, pin: string): Buffer =>
  deps.seal.fingerprint(`${accountRef}\0${pin}`, 'sandbox.pin')

/** Whether the PIN block is recent enough. */
export const isFresh = ({ iat }: PinBlock, at: Date): boolean => pinBlockTimeFault(iat, at) === undefined

export type PinVerdict = { code: '00' | 'ZM' | 'Z6' | 'AM'; triesLeft?: number }

/** Compares the PIN of a locked account, and counts a wrong one. */
export async function verifyPin(
  tx: Tx,
  guess: {
    deps: Pick<NetworkDeps, 'seal'>
    account: LockedAccount
    accountRef: string
    pin: string
    at: Date
  },
): Promise<PinVerdict> {
  const { account, accountRef, at } = guess
  const { pinTries, pinLockHours } = rulesAt(payRules, at)
  if (account.pinVerifier === null) return { code: 'AM' }
  if (account.pinLockedUntil !== null && account.pinLockedUntil > at) return { code: 'Z6', triesLeft: 0 }
  const triesBefore = account.pinLockedUntil === null ? account.pinTries : 0
  if (sameBytes(account.pinVerifier, pinVerifier(guess.deps, accountRef, guess.pin))) {
    if (account.pinTries > 0) await writeTries(tx, accountRef, 0, null)
    return { code: '00' }
  }
  const tries = triesBefore + 1
  const locked = tries >= pinTries ? new Date(at.getTime() + pinLockHours * hourMs) : null
  await writeTries(tx, accountRef, tries, locked)
  return { code: 'ZM', triesLeft: Math.max(pinTries - tries, 0) }
}
