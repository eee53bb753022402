// Finds the accounts that a bank holds for the phone of a person: what can be linked.
import type { Bank, discoverAccounts as contract } from '@bahi/contracts/account.ts'
import { ownPhoneOf } from '../upi-ids/own-phone.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { maskAccountNumber } from '@bahi/contracts/formats.ts'
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'
import { maxAccountsListed } from './own-bank.ts'
import type { AccountDeps } from '../config.ts'
import { findBank } from './list-banks.ts'
import type { NetworkDirectory } from '../network/network-directory.ts'
import { takeQuota } from './quota.ts'
import { bankAccountsOfPhone } from './store.ts'
import { linkedRefs } from './store.ts'
import { numberColumn, openHolder } from '../sealed-columns.ts'

type DiscoveredAccount = Output<typeof contract>['accounts'][number]

/** Throws `not-found` for an unknown bank, `rate-limited`, `bank-unreachable`. */
export async function discoverAccounts(
  deps: AccountDeps,
  directory: NetworkDirectory,
  userId: string,
  code: string,
): Promise<DiscoveredAccount[]> {
  await takeQuota(deps, 'discover', userId, rulesAt(payRules, deps.clock.now()).discoverPerDay)
  const bank = await findBank(directory, code)
  const accounts = await accountsAtBank(deps, userId, bank)
  const linked = await linkedRefs(deps.sql, userId, bank.code)
  return accounts.map(({ account }) => ({ ...account, linked: linked.has(account.accountRef) }))
}

/** `mcc`: of a business at another bank; our own bank knows those of its accounts. */
type HeldAccount = { account: Omit<DiscoveredAccount, 'linked'>; mcc?: string | undefined }

/** Accounts that the bank holds for the phone that the person proved. Throws `phone-revoked`. */
export async function accountsAtBank(deps: AccountDeps, userId: string, bank: Bank): Promise<HeldAccount[]> {
  const phone = await ownPhoneOf(deps, userId)
  if (!bank.onUs) {
    const accounts = await deps.network.listAccounts(bank.code, phone)
    return accounts
      .slice(0, maxAccountsListed)
      .map(({ accountRef, accountNumber, holderName, type, ifsc, pinSet, mcc }) => {
        const maskedNumber = maskAccountNumber(accountNumber)
        const account = { accountRef, bank: bank.code, ifsc, maskedNumber, holderName, type, pinSet }
        return { account, mcc }
      })
  }
  const print = deps.seal.fingerprint(phone, 'account.phone')
  const held = await bankAccountsOfPhone(deps.sql, print, maxAccountsListed)
  return held.map(({ accountRef, numberSealed, type, pinSet, ...holder }) => {
    const maskedNumber = maskAccountNumber(deps.seal.open(numberSealed, numberColumn, accountRef))
    const holderName = openHolder(deps.seal, accountRef, holder)
    return {
      account: { accountRef, bank: bank.code, ifsc: bank.ifsc, maskedNumber, holderName, type, pinSet },
    }
  })
}
