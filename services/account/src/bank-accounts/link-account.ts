// Links an account to the person whose phone is registered at its bank.
import type { Account } from '@bahi/contracts/account.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { maxAccountsPerPerson } from './own-bank.ts'
import type { AccountDeps } from '../config.ts'
import { accountsAtBank } from './discover-accounts.ts'
import { findBank } from './list-banks.ts'
import type { NetworkDirectory } from '../network/network-directory.ts'
import { showAccount } from './show-accounts.ts'
import { sealLinkHolder } from '../sealed-columns.ts'
import { insertLink, keepShared, linkedAccounts } from './store.ts'

/**
 * The same again gives the same account, which is not new then. Throws `not-found` for what the bank does not hold for
 * this phone, `wrong-state` for too many.
 */
export async function linkAccount(
  deps: AccountDeps,
  directory: NetworkDirectory,
  userId: string,
  asked: { bank: string; accountRef: string },
): Promise<{ isNew: boolean; account: Account }> {
  const bank = await findBank(directory, asked.bank)
  const held = await accountsAtBank(deps, userId, bank)
  const found = held.find(({ account }) => account.accountRef === asked.accountRef)
  if (!found) throw new Problem('not-found', 'the bank holds no such account for your phone')

  const linkedBefore = async () => {
    const links = await linkedAccounts(deps.sql, userId)
    const own = links.find((one) => one.bank === bank.code && one.accountRef === asked.accountRef)
    return own && { isNew: false, account: await showAccount(deps, userId, own.id) }
  }
  const before = await linkedBefore()
  if (before) return before

  const linkedAt = deps.clock.now()
  const newId = uuidv7(linkedAt.getTime())
  const { accountRef, maskedNumber, holderName, type, pinSet, ifsc } = found.account
  const bankAccountId = bank.onUs ? accountRef : undefined
  const link = {
    id: newId,
    userId,
    accountRef,
    bankAccountId,
    maskedNumber,
    holderNameSealed: sealLinkHolder(deps.seal, { userId, bank: bank.code, accountRef }, holderName),
    type,
    pinSet,
    mcc: found.mcc,
    linkedAt,
  }
  const id = await deps.transaction(async (tx) => {
    const linked = await insertLink(tx, { ...link, bank: { ...bank, ifsc } }, maxAccountsPerPerson)
    if (linked === undefined) return undefined
    await keepShared(tx, linked)
    const data = { userId, accountId: linked, bank: bank.code, maskedNumber }
    await deps.append(tx, { type: 'account.linked', stream: linked, data })
    return linked
  })
  if (id !== undefined) return { isNew: true, account: await showAccount(deps, userId, id) }
  const meanwhile = await linkedBefore()
  if (meanwhile) return meanwhile
  throw new Problem('wrong-state', `${maxAccountsPerPerson} linked accounts are the most`)
}
