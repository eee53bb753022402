// The adapter for a platform that is in no network: there are only our own accounts.
import type { NetworkAdapter } from '@bahi/contracts/network-adapter.ts'
import { Problem } from '@bahi/contracts/problem.ts'

export function noNetwork(about: Pick<NetworkAdapter, 'orgId' | 'timeScale'>): NetworkAdapter {
  const refuse = () => Promise.reject(new Problem('bank-unreachable', 'there is no network here'))
  return {
    ...about,
    connected: false,
    prepare: refuse,
    send: refuse,
    read: refuse,
    resolveAddresses: refuse,
    listBanks: refuse,
    listAccounts: refuse,
    listKeys: refuse,
    listSigners: refuse,
    setPin: refuse,
    showBalance: refuse,
    operate: refuse,
    listHeld: refuse,
    requestPort: refuse,
    closePort: refuse,
    settlementReport: refuse,
  }
}
