// Route `ledger`: both accounts are in our own ledger, so one transfer at account is the whole payment.
import type { Transfer, TransferOutcome } from '@bahi/contracts/transfers.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Batch } from '@bahi/kit/batch.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { resolvePayments, transferOf } from '../post.ts'
import type { MoveResult, Route } from './route.ts'

export function ledgerRoute(
  deps: Pick<Deps, 'call' | 'log'> & { post: Batch<Transfer, TransferOutcome> },
  settings: { recoveryAfterMs: number },
): Route {
  return {
    refusalCode: undefined,
    firstCheckAfterMs: () => settings.recoveryAfterMs,
    move: (payment, authorisation) => deps.post(transferOf(payment, authorisation)),
    applyDecision: () => Promise.resolve(true),
    async recover(payments) {
      try {
        const outcomes = await resolvePayments(deps, payments)
        return outcomes.map((outcome): MoveResult => (outcome instanceof Error ? 'waiting' : outcome))
      } catch (error) {
        // Account is down: the payments are due again when their lease expires.
        if (!(error instanceof Problem)) throw error
        deps.log.warn(
          { err: error, payments: payments.length },
          'account unavailable: open payments stay pending until the next round',
        )
        return payments.map(() => 'waiting')
      }
    },
  }
}
