// What I can pay from: each UPI ID of mine with its account.
import { splitVpa } from '@bahi/contracts/formats.ts'
import { useMyAccounts, useMyVpas } from '../accounts/my-accounts.ts'
import { sourcesOf } from './send-money.ts'

export function useSources() {
  const vpas = useMyVpas()
  const accounts = useMyAccounts()
  const sources = vpas.data && accounts.data && sourcesOf(vpas.data, accounts.data)
  return {
    sources,
    /** Ours: that of my own UPI IDs. */
    handle: splitVpa(vpas.data?.[0]?.vpa ?? '')?.handle ?? 'bahi',
    error: vpas.error ?? accounts.error,
    again: () => void Promise.all([vpas.refetch(), accounts.refetch()]),
  }
}
