// Shows what can be spent from an account, against its UPI PIN.
import type { balance as contract } from '@bahi/contracts/account.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'
import type { AccountDeps } from '../config.ts'
import { checkPin } from '../pin/check-pin.ts'
import { openPinBlockOnce } from '../pin/pin-block.ts'
import { showBalanceAtOtherBank } from '../pin/other-bank-pin.ts'
import { takeQuota } from './quota.ts'
import { isOnUs, ownAccount } from './show-accounts.ts'
import { balanceOf } from '../ledger/store.ts'

/** Throws the problems of its contract, and `rate-limited`. */
export async function showBalance(
  deps: AccountDeps,
  userId: string,
  id: string,
  pin: string,
): Promise<Output<typeof contract>> {
  const account = await ownAccount(deps, userId, id)
  if (!isOnUs(account)) return showBalanceAtOtherBank(deps, userId, account, pin)
  await takeQuota(deps, 'balance', userId, rulesAt(payRules, deps.clock.now()).balancePerDay)
  const block = await openPinBlockOnce(deps, pin, { purpose: 'balance', accountId: account.id })
  const at = deps.clock.now()
  const found = await deps.transaction(async (tx) => {
    const wrong = await checkPin(deps, tx, userId, account, block.pin)
    if (wrong) return wrong
    const data = { userId, accountId: account.id }
    await deps.append(tx, { type: 'account.balance-shown', stream: account.id, data })
    return balanceOf(tx, account.ledgerAccountId)
  })
  if (found instanceof Problem) throw found
  if (!found) throw new Error(`account ${account.id} has no ledger account`)
  return { balancePaise: found.balancePaise - found.heldPaise, currency: 'INR', at: at.toISOString() }
}
