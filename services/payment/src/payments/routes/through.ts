// Route `through`: an account at another bank pays with our app. Its bank checks the PIN and debits; our ledger is not
// part of it, unless the payee's account is ours, which the network then credits as it credits any other.
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { PspMessages } from '../../network/psp-messages.ts'
import { startInNetwork, type NetworkRoute } from './via-network.ts'
import type { Route } from './route.ts'

export function throughRoute(
  deps: Pick<Deps, 'clock' | 'sql'> & { network: PspMessages | undefined },
  viaNetwork: NetworkRoute,
): Route {
  return {
    ...viaNetwork,
    refusalCode: deps.network ? undefined : 'U28',
    async move(payment, authorisation, { payerAccount, release }) {
      // The payer's bank decides on the debit, and it accepts the PIN that is encrypted for it.
      if (authorisation.kind !== 'pin') return { status: 'declined', code: 'U11' }
      release()
      if (!payerAccount) return 'waiting'
      const creds = { type: 'PIN', subType: 'MPIN', data: authorisation.pin } as const
      const refusedWith = await startInNetwork(deps, payment, payerAccount, creds)
      return refusedWith === undefined ? 'waiting' : { status: 'declined', code: refusedWith }
    },
    applyDecision: () => Promise.resolve(true),
  }
}
