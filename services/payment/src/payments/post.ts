// Has account move the money: many payments in one call, each with an outcome of its own.
import { postTransfers, type Transfer, type TransferOutcome } from '@bahi/contracts/transfers.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { batch, type Batch, type BatchInterval } from '@bahi/kit/batch.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { PaymentMetrics } from '../metrics.ts'
import { payerOf, type Payment } from './payment.ts'

export const maxTransfers = 200
const maxInFlight = 2
const maxWaiting = 20_000

/** An error means that the outcome is not known, whatever the error. */
export function createPost(
  deps: Pick<Deps, 'call'>,
  metrics: PaymentMetrics,
  interval: BatchInterval,
): Batch<Transfer, TransferOutcome> {
  return batch<Transfer, TransferOutcome>(
    (transfers) => metrics.step('post', () => postAll(deps, transfers)),
    { maxItems: maxTransfers, maxInFlight, maxWaiting, interval },
  )
}

/** Outcomes in the order of the transfers; an `Error` where account reported none. */
export async function postAll(
  deps: Pick<Deps, 'call'>,
  transfers: Transfer[],
): Promise<(TransferOutcome | Error)[]> {
  const { outcomes } = await deps.call(postTransfers, { body: { transfers } })
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]))
  return transfers.map(
    (t) => byId.get(t.id) ?? new Problem('unavailable', `account reported no outcome of ${t.id}`),
  )
}

/** A transfer in our ledger, or a hold for the network. @param pin left out: only ask for its outcome */
export function transferOf(payment: Payment, pin?: string): Transfer {
  const { userId, accountId } = payerOf(payment)
  const isHold = payment.route === 'out'
  if (!isHold && payment.payee.accountId === undefined)
    throw new Error(`payment ${payment.id} has no payee account`)
  return {
    id: payment.id,
    payerUserId: userId,
    payerAccountId: accountId,
    ...(isHold ? { hold: true } : { payeeAccountId: payment.payee.accountId! }),
    payeeVpa: payment.payee.vpa,
    amountPaise: payment.amountPaise,
    ...(pin === undefined ? {} : { pin }),
  }
}
