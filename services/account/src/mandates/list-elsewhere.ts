// A person's mandates that other apps keep, of the accounts that they have linked here.
import { mandateIdIn } from '@bahi/contracts/bank-mandates.ts'
import { normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import type { MandateElsewhere } from '@bahi/contracts/mandates.ts'
import type { HeldElsewhere } from '@bahi/contracts/network-adapter.ts'
import type { AccountDeps } from '../config.ts'
import { linkedAccounts } from '../bank-accounts/store.ts'

/** Throws `bank-unreachable`. */
export async function listMandatesElsewhere(
  deps: Pick<AccountDeps, 'sql' | 'network' | 'config'>,
  userId: string,
): Promise<MandateElsewhere[]> {
  const accounts = await linkedAccounts(deps.sql, userId)
  if (accounts.length === 0 || !deps.network.connected) return []
  const held = await deps.network.listHeld(accounts.map(({ bank, accountRef }) => ({ bank, accountRef })))
  return held.flatMap(({ accountRef, mcc: _, txnId: _txn, rrn: _rrn, ...mandate }) => {
    const account = accounts.find((one) => one.bank === mandate.bank && one.accountRef === accountRef)
    const id = mandateIdIn(mandate.umn)
    if (!account || id === undefined) return []
    return [{ ...mandate, id, accountId: account.id, ...staysOf(mandate, deps.config.BAHI_HANDLE) }]
  })
}

function staysOf(
  { terms, payee }: Pick<HeldElsewhere, 'terms' | 'payee'>,
  handle: string,
): Pick<MandateElsewhere, 'stays'> {
  if (terms.blockFunds) return { stays: 'money-reserved' }
  // Its record here is the payee's.
  return splitVpa(normaliseVpa(payee.vpa))?.handle === handle ? { stays: 'payee-here' } : {}
}
