// A person's linked accounts as they see them; what belongs to others is not there.
import type { Account } from '@bahi/contracts/account.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { linkedAccounts, type LinkedAccount } from './store.ts'

export async function listAccounts(deps: Pick<Deps, 'sql'>, userId: string): Promise<Account[]> {
  return (await linkedAccounts(deps.sql, userId)).map(accountView)
}

/** Throws `not-found`. */
export async function showAccount(deps: Pick<Deps, 'sql'>, userId: string, id: string): Promise<Account> {
  return accountView(await ownAccount(deps, userId, id))
}

export async function holderNamesOf(deps: Pick<Deps, 'sql'>, userId: string): Promise<{ names: string[] }> {
  const accounts = await linkedAccounts(deps.sql, userId.toLowerCase())
  return { names: [...new Set(accounts.map(({ holderName }) => holderName))] }
}

/** Throws `not-found`, for an account of somebody else as well. */
export async function ownAccount(
  deps: Pick<Deps, 'sql'>,
  userId: string,
  id: string,
): Promise<LinkedAccount> {
  const [found] = await linkedAccounts(deps.sql, userId, id)
  if (!found) throw new Problem('not-found', 'you have no such account')
  return found
}

export type OnUsAccount = LinkedAccount & { bankAccountId: string; ledgerAccountId: number }

/** Whether it is in our own ledger. */
export function isOnUs(account: LinkedAccount): account is OnUsAccount {
  return account.bankAccountId !== null && account.ledgerAccountId !== null
}

function accountView(account: LinkedAccount): Account {
  const { id, bank, bankName, ifsc, maskedNumber, holderName, type, status, pinSet, pinLength, vpas } =
    account
  const linkedAt = account.linkedAt.toISOString()
  return {
    ...{ id, bank, bankName, ifsc, maskedNumber, holderName, type, status },
    ...{ pinSet, pinLength, vpas, linkedAt },
    ...(account.isDefault ? { default: true } : {}),
  }
}
