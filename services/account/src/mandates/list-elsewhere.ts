// A person's mandates that other apps keep, of the accounts that they have linked here.
import { mandateIdIn } from '@bahi/contracts/bank-mandates.ts'
import type { MandateElsewhere } from '@bahi/contracts/mandates.ts'
import type { AccountDeps } from '../config.ts'
import { linkedAccounts } from '../bank-accounts/store.ts'

/** Throws `bank-unreachable`. */
export async function listMandatesElsewhere(
  deps: Pick<AccountDeps, 'sql' | 'network'>,
  userId: string,
): Promise<MandateElsewhere[]> {
  const accounts = await linkedAccounts(deps.sql, userId)
  if (accounts.length === 0 || !deps.network.connected) return []
  const held = await deps.network.listHeld(accounts.map(({ bank, accountRef }) => ({ bank, accountRef })))
  return held.flatMap(({ accountRef, mcc: _, txnId: _txn, rrn: _rrn, ...mandate }) => {
    const account = accounts.find((one) => one.bank === mandate.bank && one.accountRef === accountRef)
    const id = mandateIdIn(mandate.umn)
    return account && id !== undefined ? [{ ...mandate, id, accountId: account.id }] : []
  })
}
