// Has account move the money: many payments in one call, each with its own outcome.
import {
  postTransfers,
  resolveTransfers,
  type Authorisation,
  type Transfer,
  type TransferDetails,
  type TransferOutcome,
} from '@bahi/contracts/transfers.ts'
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
    { name: 'post payments', maxItems: maxTransfers, maxInFlight, maxWaiting, interval },
  )
}

async function postAll(
  deps: Pick<Deps, 'call'>,
  transfers: Transfer[],
): Promise<(TransferOutcome | Error)[]> {
  const { outcomes } = await deps.call(postTransfers, { body: { transfers } })
  return inOrder(transfers, outcomes)
}

/**
 * What became of payments in the ledger, in their order; an `Error` where account reported no outcome. Never debits:
 * what was not posted by now is declined for good.
 */
export async function resolvePayments(
  deps: Pick<Deps, 'call'>,
  payments: Payment[],
): Promise<(TransferOutcome | Error)[]> {
  const transfers = payments.map(transferDetailsOf)
  const { outcomes } = await deps.call(resolveTransfers, { body: { transfers } })
  return inOrder(transfers, outcomes)
}

function inOrder(transfers: TransferDetails[], outcomes: TransferOutcome[]): (TransferOutcome | Error)[] {
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]))
  return transfers.map(
    (t) => byId.get(t.id) ?? new Problem('unavailable', `account reported no outcome of ${t.id}`),
  )
}

/** A transfer in our ledger, or a hold for the network. */
export function transferOf(payment: Payment, authorisation: Authorisation): Transfer {
  return { ...transferDetailsOf(payment), authorisation }
}

function transferDetailsOf(payment: Payment): TransferDetails {
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
  }
}
