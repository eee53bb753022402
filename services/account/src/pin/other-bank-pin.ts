// The UPI PIN of an account at another bank: only that bank can open the block; it answers with UPI codes.
import type { setPin as contract, balance as balanceContract } from '@bahi/contracts/account.ts'
import { verifyOtp } from '@bahi/contracts/auth.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { AccountAtBank, BankAnswer } from '@bahi/contracts/network-adapter.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'
import type { AccountDeps } from '../config.ts'
import { markPinBlockUsed } from './pin-block.ts'
import { takeQuota } from '../bank-accounts/quota.ts'
import { lockLink, markPinSet, type LinkedAccount } from '../bank-accounts/store.ts'

type Asked = Input<typeof contract>['body']

export function missingProof(card: Asked['card'], otp: Asked['otp']): Problem {
  const missing = [...(card ? [] : ['card']), ...(otp ? [] : ['otp'])]
  const fields = missing.map((name) => ({ path: `/body/${name}`, message: 'is missing' }))
  return new Problem('request-invalid', 'card and one-time code are needed without the old PIN', { fields })
}

/** Throws the problems of its contract. */
export async function setPinAtOtherBank(
  deps: AccountDeps,
  userId: string,
  account: LinkedAccount,
  { card, otp, pin }: Asked,
): Promise<void> {
  // Without either there must be an old PIN in the block, which the bank sees, not we.
  if ((card === undefined) !== (otp === undefined)) throw missingProof(card, otp)
  await markPinBlockUsed(deps, pin)
  // The bank relies on this service having verified that the phone is the person's.
  if (otp !== undefined) await deps.call(verifyOtp, { body: { userId, otp } })
  const answer = await deps.network.setPin(atBank(account), { ...(card ? { card } : {}), pin })
  await throwRefusal(deps, userId, account, answer)
  await deps.transaction(async (tx) => {
    await lockLink(tx, account.id)
    await markPinSet(tx, account.id, true)
    const data = { userId, accountId: account.id, changed: account.pinSet }
    await deps.append(tx, { type: 'account.pin-set', stream: account.id, data })
  })
}

/** Throws the problems of its contract, and `rate-limited`. */
export async function showBalanceAtOtherBank(
  deps: AccountDeps,
  userId: string,
  account: LinkedAccount,
  pin: string,
): Promise<Output<typeof balanceContract>> {
  await takeQuota(deps, 'balance', userId, rulesAt(payRules, deps.clock.now()).balancePerDay)
  await markPinBlockUsed(deps, pin)
  const answer = await deps.network.showBalance(atBank(account), pin)
  await throwRefusal(deps, userId, account, answer)
  const { balancePaise } = answer
  if (balancePaise === undefined) throw noAnswer(account, 'no balance')
  const at = deps.clock.now()
  await deps.transaction(async (tx) => {
    await lockLink(tx, account.id)
    const data = { userId, accountId: account.id }
    await deps.append(tx, { type: 'account.balance-shown', stream: account.id, data })
  })
  return { balancePaise, currency: 'INR', at: at.toISOString() }
}

/** How the account is named to its bank. */
const atBank = ({ id, bank, accountRef }: LinkedAccount): AccountAtBank => ({
  bank,
  accountRef,
  accountId: id,
})

async function throwRefusal(
  deps: AccountDeps,
  userId: string,
  account: LinkedAccount,
  answer: BankAnswer,
): Promise<void> {
  const { code, triesLeft } = answer
  if (code === '00') return
  const lockedNow = code === 'ZM' && triesLeft === 0
  if (lockedNow || code === 'AM') {
    await deps.transaction(async (tx) => {
      await lockLink(tx, account.id)
      if (code === 'AM') await markPinSet(tx, account.id, false)
      const data = { userId, accountId: account.id }
      if (lockedNow) await deps.append(tx, { type: 'account.pin-locked', stream: account.id, data })
    })
  }
  throw problemOf(account, answer)
}

/** The problem that a bank's code becomes, the same as at our own bank. */
export function problemOf(
  account: Pick<LinkedAccount, 'bankName'>,
  { code, triesLeft }: BankAnswer,
): Problem {
  const left = triesLeft === undefined ? {} : { triesLeft }
  switch (code) {
    case 'ZM':
      return new Problem('pin-wrong', undefined, left)
    case 'Z6':
      return new Problem('pin-locked', 'set a new PIN, or try again tomorrow', { triesLeft: 0 })
    case 'AM':
      return new Problem('pin-not-set')
    case 'SP':
    case 'AJ':
    case 'XN':
      return new Problem('card-wrong', undefined, left)
    case 'XL':
      return new Problem('card-wrong', 'the card has expired')
    case 'RM':
      return new Problem('pin-weak', `${account.bankName} does not take this PIN: choose another`)
    case 'U14':
    case 'U54':
      return new Problem(
        'pin-block-invalid',
        'the bank could not use the PIN block: encrypt it anew for this bank',
      )
    case 'YE':
      return new Problem('wrong-state', 'the account is frozen: ask your bank')
    case 'XH':
    case 'B3':
      return new Problem('wrong-state', 'the account is closed')
    default:
      return noAnswer(account, code)
  }
}

function noAnswer({ bankName }: Pick<LinkedAccount, 'bankName'>, why: string): Problem {
  return new Problem('bank-unreachable', `${bankName} could not do it now (${why}): try again in a while`, {
    retryAfterS: 30,
  })
}
