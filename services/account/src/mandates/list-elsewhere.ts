// A person's mandates that other apps keep, of the accounts that they have linked here.
import { mandateIdIn } from '@bahi/contracts/umn.ts'
import { normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import type { MandateElsewhere } from '@bahi/contracts/mandates.ts'
import type { HeldElsewhere } from '@bahi/contracts/network-adapter.ts'
import type { AccountDeps } from '../config.ts'
import { linkedAccounts } from '../bank-accounts/store.ts'
import { vpasOf } from '../upi-ids/store.ts'

/** Throws `bank-unreachable`. */
export async function listMandatesElsewhere(
  deps: Pick<AccountDeps, 'sql' | 'network' | 'config'>,
  userId: string,
): Promise<MandateElsewhere[]> {
  const accounts = await linkedAccounts(deps.sql, userId)
  if (accounts.length === 0 || !deps.network.connected) return []
  const held = await deps.network.listHeld(accounts.map(({ bank, accountRef }) => ({ bank, accountRef })))
  const { BAHI_HANDLE: handle, BAHI_MANDATES_TO_PAYEES_HERE: movesToPayees } = deps.config
  const own = new Set((await vpasOf(deps.sql, userId)).map(({ vpa }) => vpa))
  return held.flatMap(({ accountRef, mcc: _, txnId: _txn, rrn: _rrn, ...mandate }) => {
    const account = accounts.find((one) => one.bank === mandate.bank && one.accountRef === accountRef)
    const id = mandateIdIn(mandate.umn)
    if (!account || id === undefined) return []
    return [{ ...mandate, id, accountId: account.id, ...staysOf(mandate, { own, handle, movesToPayees }) }]
  })
}

/** @param own the person's UPI IDs */
export function staysOf(
  { terms, payee }: Pick<HeldElsewhere, 'terms' | 'payee'>,
  { own, handle, movesToPayees }: { own: Set<string>; handle: string; movesToPayees: boolean },
): Pick<MandateElsewhere, 'stays'> {
  if (terms.blockFunds) return { stays: 'money-reserved' }
  const vpa = normaliseVpa(payee.vpa)
  if (own.has(vpa)) return { stays: 'own-payee' }
  return !movesToPayees && splitVpa(vpa)?.handle === handle ? { stays: 'payee-here' } : {}
}
