// Tries the UPI PIN of one account for something other than paying, and says what a wrong one means.
import { Problem } from '@bahi/contracts/problem.ts'
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { AccountDeps } from '../config.ts'
import type { OnUsAccount } from '../bank-accounts/show-accounts.ts'
import { tryPin, type PinRules } from './store.ts'

export function pinRulesAt(at: Date): PinRules {
  const { pinTries, pinLockHours } = rulesAt(payRules, at)
  return { maxTries: pinTries, lockHours: pinLockHours }
}

/**
 * Undefined when the PIN is right, and no other try passes until the transaction ends. Else the refusal, returned so
 * that the caller commits the try that it cost, and then throws.
 */
export async function checkPin(
  deps: AccountDeps,
  tx: Tx,
  userId: string,
  account: OnUsAccount,
  pin: string,
): Promise<Problem | undefined> {
  const at = deps.clock.now()
  const { bankAccountId } = account
  const pinDigest = deps.pins.digest(bankAccountId, pin)
  const verdict = await tryPin(tx, { bankAccountId, pinDigest, at, ...pinRulesAt(at) })
  if (verdict.lockedNow) {
    const data = { userId, accountId: account.id }
    await deps.append(tx, { type: 'account.pin-locked', stream: account.id, data })
  }
  switch (verdict.code) {
    case '00':
      return undefined
    case 'ZM':
      return new Problem('pin-wrong', undefined, { triesLeft: verdict.triesLeft ?? 0 })
    case 'Z6':
      return new Problem('pin-locked', 'set a new PIN, or try again tomorrow', { triesLeft: 0 })
    case 'AM':
      return new Problem('pin-not-set')
    case 'YE':
      return new Problem('wrong-state', 'the account is frozen: ask your bank')
    default:
      return new Problem('wrong-state', 'the account is closed')
  }
}
