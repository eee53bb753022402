// Both ends of transfers: their owners and their ledger accounts. None of it ever changes, so what was found is
// cached in this process, bounded in number.
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import type { TransferDetails } from '@bahi/contracts/transfers.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { internalAccount } from './store.ts'
import { linkedAccountKeys, vpaOwners, type LinkedAccountKeys } from './store.ts'

const maxRemembered = 50_000

export type TransferAccounts = {
  payer: LinkedAccountKeys | undefined
  payee: LinkedAccountKeys | undefined
  /** Whose the payee's UPI ID is. */
  payeeOwner: string | undefined
  /** The ledger account between us and the network. */
  settlement: number
}
export type FindAccounts = (transfers: TransferDetails[]) => Promise<TransferAccounts[]>

export function createFindAccounts(deps: Pick<Deps, 'sql'>): FindAccounts {
  const accounts = remembered(async (ids) => {
    return (await linkedAccountKeys(deps.sql, ids)).map((end) => [end.accountId, end] as const)
  })
  const owners = remembered(async (vpas) => {
    return (await vpaOwners(deps.sql, vpas)).map(({ vpa, userId }) => [vpa, userId] as const)
  })
  let settlement: number | undefined
  return async (transfers) => {
    const settlementId = (settlement ??= await internalAccount(deps.sql, 'settlement'))
    const wanted = transfers.map((t) => ({
      payer: t.payerAccountId.toLowerCase(),
      payee: t.payeeAccountId?.toLowerCase(),
      vpa: normaliseVpa(t.payeeVpa),
    }))
    const [endOf, ownerOf] = await Promise.all([
      accounts(wanted.flatMap(({ payer, payee }) => (payee === undefined ? [payer] : [payer, payee]))),
      owners(wanted.map(({ vpa }) => vpa)),
    ])
    return wanted.map(({ payer, payee, vpa }) => {
      const ends = { payer: endOf.get(payer), payee: endOf.get(payee ?? '') }
      return { ...ends, payeeOwner: ownerOf.get(vpa), settlement: settlementId }
    })
  }
}

/** Loads many at once and keeps what was found; beyond the bound the oldest goes. */
function remembered<V>(load: (keys: string[]) => Promise<(readonly [string, V])[]>) {
  const entries = new Map<string, V>()
  return async (keys: string[]): Promise<Map<string, V>> => {
    const asked = [...new Set(keys)]
    const found = new Map<string, V>()
    for (const key of asked) {
      const value = entries.get(key)
      if (value !== undefined) found.set(key, value)
    }
    const missing = asked.filter((key) => !found.has(key))
    for (const [key, value] of missing.length > 0 ? await load(missing) : []) {
      found.set(key, value)
      entries.set(key, value)
      if (entries.size > maxRemembered) entries.delete(entries.keys().next().value!)
    }
    return found
  }
}
