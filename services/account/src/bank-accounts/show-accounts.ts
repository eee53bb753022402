// A person's linked accounts as they see them; what belongs to others is not there.
import type { Account } from '@bahi/contracts/account.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Seal } from '@bahi/kit/crypto/seal.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { openLinkHolder } from '../sealed-columns.ts'
import { linkedAccounts, type LinkedAccount } from './store.ts'

type ViewDeps = Pick<Deps, 'sql' | 'seal'>

export async function listAccounts({ sql, seal }: ViewDeps, userId: string): Promise<Account[]> {
  return (await linkedAccounts(sql, userId)).map((account) => accountView(seal, account))
}

/** Throws `not-found`. */
export async function showAccount(deps: ViewDeps, userId: string, id: string): Promise<Account> {
  return accountView(deps.seal, await ownAccount(deps, userId, id))
}

export async function holderNamesOf({ sql, seal }: ViewDeps, userId: string): Promise<{ names: string[] }> {
  const accounts = await linkedAccounts(sql, userId.toLowerCase())
  return { names: [...new Set(accounts.map((account) => openLinkHolder(seal, account)))] }
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

function accountView(seal: Seal, account: LinkedAccount): Account {
  const { id, bank, bankName, ifsc, maskedNumber, type, status, pinSet, pinLength, vpas } = account
  const holderName = openLinkHolder(seal, account)
  const linkedAt = account.linkedAt.toISOString()
  return {
    ...{ id, bank, bankName, ifsc, maskedNumber, holderName, type, status },
    ...{ pinSet, pinLength, vpas, linkedAt },
    ...(account.isDefault ? { default: true } : {}),
  }
}
