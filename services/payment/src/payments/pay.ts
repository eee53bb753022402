// Pays: prepares the payment, begins it, moves the money on its route, completes it. Its id makes it idempotent.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Batch } from '@bahi/kit/batch.ts'
import type { ConcurrencyLimiter } from '@bahi/kit/concurrency-limiter.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { currentTrace } from '@bahi/kit/trace.ts'
import type { VerifyCode } from '../codes/verify-code.ts'
import { approvedBy } from '../mandates/claim-debit.ts'
import type { PaymentMetrics } from '../metrics.ts'
import type { Completions } from './await-completion.ts'
import type { Begun, PreparedPayment } from './begin.ts'
import type { Completion } from './complete.ts'
import type { Payment } from './payment.ts'
import { prepare, type PaymentInstruction, type Preparation } from './prepare.ts'
import type { PartyResolver } from './resolve.ts'
import type { MoveContext, Routes } from './routes/route.ts'
import { findPayments, toPayment } from './store.ts'

export type PayDeps = Pick<Deps, 'sql' | 'clock' | 'log'> & {
  parties: PartyResolver
  verifyCode: VerifyCode
  begin: Batch<PreparedPayment, Begun>
  routes: Routes
  complete: Batch<Completion, Payment>
  completions: Completions
  metrics: PaymentMetrics
  inFlight: PaymentsInFlight
  limiter: ConcurrencyLimiter
}

/** How long the answer to the payer waits for the network; after that the payment is shown as pending. */
const waitMs = 8_000
/** When a payment is refused because all slots are in use. */
const retryAfterS = 1

/** Payments that this process is working on, by id. */
export type PaymentsInFlight = Map<string, { instruction: PaymentInstruction; answer: Promise<Payment> }>

/**
 * The payment: settled, failed, or pending while its outcome is not known. Repeating the instruction, at the same time
 * too, returns the same payment. Throws `not-found`, `id-reused`, `id-out-of-range`, `rate-limited`, `overloaded`;
 * nothing is stored then.
 */
export async function pay(deps: PayDeps, instruction: PaymentInstruction): Promise<Payment> {
  // Single flight: joining a payment that this process works on needs no slot.
  for (;;) {
    const other = deps.inFlight.get(instruction.id)
    if (!other) break
    const { userId, inputHash } = other.instruction
    if (userId === instruction.userId && inputHash === instruction.inputHash) return other.answer
    // A different use of the same id came first: what it leaves in the database decides about this one.
    await other.answer.catch(() => undefined)
  }
  const release = deps.limiter.acquire()
  if (!release)
    throw new Problem('overloaded', 'nothing was paid: send the same payment again shortly', { retryAfterS })
  const answer = payOnce(deps, instruction, release)
  deps.inFlight.set(instruction.id, { instruction, answer })
  try {
    return await answer
  } finally {
    release()
    deps.inFlight.delete(instruction.id)
  }
}

async function payOnce(
  deps: PayDeps,
  instruction: PaymentInstruction,
  release: () => void,
): Promise<Payment> {
  let prepared: Preparation
  try {
    prepared = await deps.metrics.step('resolve', () => prepare(deps, instruction))
  } catch (refusal) {
    // A payment that exists is answered even if its id is too old, its payer no longer exists or a service is down.
    const existing = await findExisting(deps, instruction)
    if (existing) return move(deps, existing, instruction.pin, { release })
    throw refusal
  }
  const { payment, isNew } = await deps.begin(prepared.payment)
  // Only the request that begins a payment may start it in the network.
  const payerAccount = isNew ? prepared.payerAccount : undefined
  return move(deps, payment, instruction.pin, { release, payerAccount })
}

/** The payment that has this id already. Throws `id-reused` when its content differs. */
async function findExisting(
  deps: PayDeps,
  { id, userId, inputHash }: PaymentInstruction,
): Promise<Payment | undefined> {
  const [row] = await findPayments(deps.sql, [id])
  if (!row) return undefined
  if (row.payerUserId !== userId || row.inputHash !== inputHash) throw new Problem('id-reused')
  return toPayment(row)
}

/** Drives a pending payment to its completion; its id makes that safe to repeat. */
async function move(deps: PayDeps, payment: Payment, pin: string, context: MoveContext): Promise<Payment> {
  if (payment.status !== 'pending') return payment
  try {
    const mandate = await approvedBy(deps.sql, payment)
    const authorisation = { kind: 'pin', pin, ...(mandate ? { mandate } : {}) } as const
    const outcome = await deps.routes[payment.route].move(payment, authorisation, context)
    if (outcome !== 'waiting')
      return await deps.complete({ payment, outcome, traceparent: currentTrace()?.traceparent })
    context.release()
    return await deps.completions.wait(payment, waitMs)
  } catch (error) {
    // Whether money moved is unknown here. Recovery asks with the same id; nothing is debited again.
    deps.log.warn(
      { err: error, paymentId: payment.id },
      'payment outcome unknown: it stays pending until recovery completes it',
    )
    return payment
  }
}
