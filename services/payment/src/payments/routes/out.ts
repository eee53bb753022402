// Route `out`: the payer's account is ours, the payee's is not. The amount is held here, sent through the network, and
// then moved or released as the network decides.
import { Problem } from '@bahi/contracts/problem.ts'
import {
  closeHolds,
  type HoldClosing,
  type HoldOutcome,
  type Transfer,
  type TransferOutcome,
} from '@bahi/contracts/transfers.ts'
import { batch, type Batch } from '@bahi/kit/batch.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { startInNetwork, type NetworkRoute } from './via-network.ts'
import type { PspMessages } from '../../network/psp-messages.ts'
import { transferOf } from '../post.ts'
import type { Route } from './route.ts'

type OutDeps = Pick<Deps, 'call' | 'clock' | 'log' | 'sql'> & {
  network: PspMessages | undefined
  post: Batch<Transfer, TransferOutcome>
}

export function outRoute(deps: OutDeps, viaNetwork: NetworkRoute): Route & { idle(): Promise<void> } {
  const close = batch<HoldClosing, HoldOutcome>(
    async (closings) => {
      const { outcomes } = await deps.call(closeHolds, { body: { closings } })
      const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]))
      return closings.map((c) => byId.get(c.id) ?? new Problem('unavailable', `no outcome of hold ${c.id}`))
    },
    { maxItems: 200, maxInFlight: 2, maxWaiting: 20_000 },
  )

  const applyDecision: Route['applyDecision'] = async ({ id, txnId, rrn }, decision) => {
    const outcome = decision === 'settled' ? 'capture' : 'void'
    const { status } = await close({ id, outcome, txnId, rrn })
    if (outcome === 'capture' ? status === 'captured' : status !== 'captured') return true
    deps.log.error(
      { paymentId: id, network: decision, hold: status },
      'hold was closed against the decision of the network: reconcile this payment by hand',
    )
    return false
  }

  return {
    ...viaNetwork,
    refusalCode: deps.network ? undefined : 'U78',
    async move(payment, authorisation, { payerAccount, release }) {
      // A payment that has begun before is already with the network, or recovery finds out that it never was.
      if (!payerAccount) return 'waiting'
      const hold = await deps.post(transferOf(payment, authorisation))
      if (hold.status !== 'posted') return hold
      release()
      const refusedWith = await startInNetwork(deps, payment, payerAccount, { type: 'PreApproved' })
      if (refusedWith === undefined) return 'waiting'
      const released = await applyDecision(payment, 'failed')
      return released ? { status: 'declined', code: refusedWith } : 'waiting'
    },
    applyDecision,
    idle: () => close.idle(),
  }
}
