// Sets the UPI PIN: the first, or after it was forgotten, by card and one-time code; else by the old PIN.
import type { Account, setPin as contract } from '@bahi/contracts/account.ts'
import type { PinBlock } from '@bahi/contracts/pin-block.ts'
import { verifyOtp } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { cardLockHours, cardTries } from '../bank-accounts/own-bank.ts'
import type { AccountDeps } from '../config.ts'
import { cardText, isExpired } from '../bank-accounts/card.ts'
import { checkPin } from './check-pin.ts'
import { openPinBlockOnce } from './pin-block.ts'
import { missingProof, setPinAtOtherBank } from './other-bank-pin.ts'
import { isWeakPin } from './weak-pin.ts'
import { isOnUs, ownAccount, showAccount, type OnUsAccount } from '../bank-accounts/show-accounts.ts'
import { tryCard, writePin } from './store.ts'

type Asked = Input<typeof contract>['body']

/** Opens a locked PIN too. Throws the problems of its contract. */
export async function setPin(deps: AccountDeps, userId: string, id: string, asked: Asked): Promise<Account> {
  const account = await ownAccount(deps, userId, id)
  if (!isOnUs(account)) {
    await setPinAtOtherBank(deps, userId, account, asked)
    return showAccount(deps, userId, account.id)
  }
  if (account.status !== 'active') throw new Problem('wrong-state', `the account is ${account.status}`)
  const block = await openPinBlockOnce(deps, asked.pin, { purpose: 'set-pin', accountId: account.id })
  refuseWeak(account, block)

  if (block.oldPin === undefined) await proveCardAndPhone(deps, userId, account, asked)
  else if (asked.card || asked.otp) {
    throw new Problem('request-invalid', 'either the old PIN in the block, or card and one-time code')
  }
  const refusal = await deps.transaction(async (tx) => {
    if (block.oldPin !== undefined) {
      const wrong = await checkPin(deps, tx, userId, account, block.oldPin)
      if (wrong) return wrong
    }
    // Point of no return.
    const { bankAccountId } = account
    const verifier = deps.pins.digest(bankAccountId, block.pin)
    await writePin(tx, { bankAccountId, verifier, at: deps.clock.now() })
    const data = { userId, accountId: account.id, changed: account.pinSet }
    await deps.append(tx, { type: 'account.pin-set', stream: account.id, data })
    return undefined
  })
  if (refusal) throw refusal
  return showAccount(deps, userId, account.id)
}

function refuseWeak(account: OnUsAccount, { pin, oldPin }: PinBlock): void {
  if (pin.length !== account.pinLength) {
    throw new Problem('pin-weak', `a PIN of ${account.bankName} has ${account.pinLength} digits`)
  }
  if (isWeakPin(pin)) throw new Problem('pin-weak', 'no PIN of equal or counted digits, such as 1111 or 1234')
  if (pin === oldPin) throw new Problem('pin-weak', 'the new PIN is the old one')
}

/** The card first: a code is spent only when the rest is right. Throws `card-wrong`, `otp-wrong`. */
async function proveCardAndPhone(
  deps: AccountDeps,
  userId: string,
  account: OnUsAccount,
  { card, otp }: Asked,
): Promise<void> {
  if (!card || !otp) throw missingProof(card, otp)
  const { bankAccountId } = account
  const at = deps.clock.now()
  const verdict = await tryCard(deps.sql, {
    bankAccountId,
    fingerprint: deps.seal.fingerprint(cardText(bankAccountId, card), 'account.card'),
    at,
    maxTries: cardTries,
    lockedUntil: new Date(at.getTime() + cardLockHours * 3_600_000),
  })
  if (!verdict) {
    throw new Problem('card-wrong', `too many wrong tries: try again after ${cardLockHours} hours`, {
      triesLeft: 0,
    })
  }
  if (!verdict.right) throw new Problem('card-wrong', undefined, { triesLeft: verdict.triesLeft })
  if (isExpired(card.expiry, at)) throw new Problem('card-wrong', 'the card has expired')
  await deps.call(verifyOtp, { body: { userId, otp } })
}
