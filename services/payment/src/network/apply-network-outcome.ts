// Applies the network's outcome of a payment: our ledger follows it first, then the payment completes.
import { failureCode, type Message } from '@bahi/contracts/network.ts'
import { handlingOf } from '@bahi/contracts/upi-codes.ts'
import type { Batch } from '@bahi/kit/batch.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces } from '@bahi/kit/sql/sql.ts'
import type { Completion } from '../payments/complete.ts'
import { apply, toStreamEvent, type Payment } from '../payments/payment.ts'
import type { Routes } from '../payments/routes/route.ts'
import { deemPayment } from '../payments/store.ts'

/** What the network says of a payment; `open`: nothing that decides it. */
export type NetworkOutcome =
  { is: 'settled' } | { is: 'failed'; code: string } | { is: 'deemed'; code: string } | { is: 'open' }

type Answer = Message<'RespPay' | 'RespChkTxn' | 'ReqTxnConfirmation'>

/** Codes about the message, not the payment: it was a duplicate, or met one. */
const neverFailed = new Set(['U01', 'DF', 'DT', 'U35', 'U36', 'U37', 'U38'])

/**
 * A failure whose code means "outcome unknown" decides nothing. In the answer to a check it does: the switch gives it
 * only after its own timeouts and reversals are over.
 */
export function networkOutcomeOf({ api, resp, refs }: Pick<Answer, 'api' | 'resp' | 'refs'>): NetworkOutcome {
  if (resp.result === 'SUCCESS') return { is: 'settled' }
  if (resp.result === 'DEEMED') return { is: 'deemed', code: resp.errCode ?? 'RB' }
  if (resp.result === 'PENDING') return { is: 'open' }
  const code = failureCode({ resp, refs })
  if (neverFailed.has(code)) return { is: 'open' }
  const isCertain = api === 'RespChkTxn' || handlingOf(code) !== 'ask'
  return isCertain ? { is: 'failed', code } : { is: 'open' }
}

/** The payment afterwards. Throws when account cannot be asked: then nothing has completed, and it can be repeated. */
export type ApplyNetworkOutcome = (payment: Payment, outcome: NetworkOutcome) => Promise<Payment>

type OutcomeDeps = Pick<Deps, 'clock' | 'transaction'> & {
  complete: Batch<Completion, Payment>
  routes: Routes
}

export function createApplyNetworkOutcome(deps: OutcomeDeps): ApplyNetworkOutcome {
  async function deem(payment: Payment, code: string): Promise<Payment> {
    const now = deps.clock.now()
    const dueAt = new Date(now.getTime() + deps.routes[payment.route].firstCheckAfterMs(now))
    const event = { type: 'payment.deemed', at: now, data: { paymentId: payment.id, code } } as const
    const deemed = apply(payment, event)
    const isFirst = await retryRaces(() =>
      deps.transaction(async (tx) => {
        if (!(await deemPayment(tx, deemed, dueAt))) return false
        await appendEvents(tx, now, [toStreamEvent(event, { stream: payment.id, version: deemed.version })])
        return true
      }),
    )
    return isFirst ? deemed : payment
  }

  return async (payment, outcome) => {
    if (payment.status !== 'pending') return payment
    const route = deps.routes[payment.route]
    switch (outcome.is) {
      case 'open':
        return payment
      case 'deemed':
        return payment.deemedAt ? payment : deem(payment, outcome.code)
      case 'settled':
        if (!(await route.applyDecision(payment, 'settled'))) return payment
        return deps.complete({ payment, outcome: { status: 'posted', code: '00' } })
      case 'failed':
        if (!(await route.applyDecision(payment, 'failed'))) return payment
        return deps.complete({ payment, outcome: { status: 'declined', code: outcome.code } })
    }
  }
}
