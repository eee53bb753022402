// Route `through`: an account at another bank pays with our app. Its bank checks the PIN or the mandate, and debits;
// our ledger is not part of it, unless the payee's account is ours: the network credits that as any other.
import type { Creds } from '@bahi/contracts/network.ts'
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
      // The payer's bank decides, by the PIN that is encrypted for it, the mandate that it holds, or both.
      if (authorisation.kind === 'preapproved') return { status: 'declined', code: 'U11' }
      release()
      if (!payerAccount) return 'waiting'
      const isByPin = authorisation.kind === 'pin'
      const creds: Creds = isByPin
        ? { type: 'PIN', subType: 'MPIN', data: authorisation.pin }
        : { type: 'UpiMandate' }
      const debit = isByPin ? authorisation.mandate : authorisation
      const refusedWith = await startInNetwork(deps, payment, payerAccount, creds, debit)
      return refusedWith === undefined ? 'waiting' : { status: 'declined', code: refusedWith }
    },
    applyDecision: () => Promise.resolve(true),
  }
}
