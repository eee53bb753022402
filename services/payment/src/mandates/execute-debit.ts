// Makes the debits that are due, without a PIN, in hours without peak; gives up those that nobody approved.
import { debitCodesOf } from '@bahi/contracts/initiation.ts'
import { executionFault, mandateRulesAt, nextSlot } from '@bahi/contracts/mandate-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import { runEach, type DueHandler, type DueItem, type DueResult } from '@bahi/kit/due-work/due-worker.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { currentTrace } from '@bahi/kit/trace.ts'
import type { PreparedPayment } from '../payments/begin.ts'
import type { PayDeps } from '../payments/pay.ts'
import { payerOf, type Payment } from '../payments/payment.ts'
import { inputHash } from '../payments/prepare.ts'
import { payeeIn, unreachable } from '../payments/resolve.ts'
import { routeBetween } from '../payments/routes/route.ts'
import { failAttempt } from './claim-debit.ts'
import { attemptOf, isOpen, isSameHolder, umnOfMandate, type Debit, type Mandate } from './mandate.ts'
import type { DebitWork } from './plan-debits.ts'
import { findMandates, lockMandates } from './store.ts'
import { findDebits } from './store-debits.ts'
import { answerEndKind, approvalKind, debitKind } from './work.ts'

/** Made at once: what many payments do together costs each of them less. */
const batchSize = 100
/** While its payment is in progress, or all slots are in use. */
export const lookAgainMs = 30_000
/** While staff have stopped it: all that is due then asks again, so not often. */
const stoppedAgainMs = 5 * 60_000
/** The payer's UPI ID names another account by now, or none. */
const accountChanged = 'VJ'
/** The payee's UPI ID, a released number say, is somebody else's by now. */
const payeeChanged = 'VG'

export type ExecuteDeps = Omit<PayDeps, 'inFlight' | 'completions'>

export function debitHandlers(deps: ExecuteDeps): DueHandler<DebitWork>[] {
  const each = (one: One) =>
    runEach((item: DueItem<DebitWork>) =>
      one(deps, item).catch((err: unknown) => {
        deps.log.error({ err, debitId: item.payload.debitId }, 'a debit failed and will be tried again')
        throw err
      }),
    )
  return [
    { kind: debitKind, batchSize, run: runAll(deps, each) },
    { kind: approvalKind, run: each(giveUp) },
    { kind: answerEndKind, run: each(endAnswer) },
  ]
}

async function read(deps: ExecuteDeps, { debitId }: DebitWork) {
  return { debit: (await findDebits(deps.sql, [debitId])).get(debitId) }
}

type One = (deps: ExecuteDeps, item: DueItem<DebitWork>) => Promise<DueResult>

/** What is due together is read together; each payment is judged by what it locks as it begins. */
function runAll(
  deps: ExecuteDeps,
  each: (one: One) => DueHandler<DebitWork>['run'],
): DueHandler<DebitWork>['run'] {
  return async (items) => {
    const [debits, mandates] = await Promise.all([
      findDebits(
        deps.sql,
        items.map(({ payload }) => payload.debitId),
      ),
      findMandates(deps.sql, [...new Set(items.map(({ payload }) => payload.mandateId))]),
    ])
    return each((_deps, item) => {
      const { debitId, mandateId } = item.payload
      return run(deps, item, debits.get(debitId), mandates.get(mandateId))
    })(items)
  }
}

async function run(
  deps: ExecuteDeps,
  { payload, createdId: paymentId }: DueItem<DebitWork>,
  debit: Debit | undefined,
  mandate: Mandate | undefined,
): Promise<DueResult> {
  if (!debit || !mandate || debit.status !== 'planned' || debit.attempts >= payload.attempt)
    return { outcome: 'done' }
  const now = deps.clock.now()
  const again: DueResult = { outcome: 'retry', at: new Date(now.getTime() + lookAgainMs) }
  if (debit.paymentId === undefined) {
    // What its bank decides now may be from which account it is debited.
    if (mandate.pendingOperation !== undefined) return again
    const slot = nextSlot(mandateRulesAt(now), now)
    if (slot > now) return { outcome: 'retry', at: slot }
    const code = faultOf(mandate, debit, now)
    if (code !== undefined) return failed(deps, payload, code)
  } else if (debit.paymentId !== paymentId) return again
  const release = deps.limiter.acquire()
  if (!release) return again
  try {
    const payment = await execute(deps, mandate, debit, paymentId, release)
    if (typeof payment === 'string') return await failed(deps, payload, payment, { judged: mandate.payer })
    // What a final payment means for the debit was written with it.
    return payment.status === 'pending' ? again : { outcome: 'done' }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.code === 'payments-stopped')
      return { outcome: 'retry', at: new Date(now.getTime() + stoppedAgainMs) }
    deps.log.warn({ err: error, debitId: debit.id }, 'a debit could not be made now and will be tried again')
    return again
  } finally {
    release()
  }
}

/** What an outage held up is made as soon as it can. */
export function faultOf(mandate: Mandate, { amountPaise }: Debit, now: Date): string | undefined {
  if (mandate.status !== 'active') return mandate.status === 'revoked' ? 'QC' : 'QD'
  const bound = { ...mandate.terms, ...(mandate.pause ? { pause: mandate.pause } : {}) }
  return executionFault(bound, { amountPaise, date: istDateOf(now) })
}

function failed(
  deps: ExecuteDeps,
  work: DebitWork,
  code: string,
  { isLast = false, judged }: { isLast?: boolean; judged?: Mandate['payer'] } = {},
): Promise<DueResult> {
  return Promise.resolve({
    outcome: 'done',
    async commit(tx: Tx) {
      const mandate = (await lockMandates(tx, [work.mandateId])).get(work.mandateId)!
      const debit = (await findDebits(tx, [work.debitId])).get(work.debitId)!
      if (!isOpen(debit) || debit.attempts >= work.attempt) return
      if (debit.paymentId !== undefined) throw new Error('a payment began meanwhile: the item is tried again')
      // What was found of the account before says nothing of the one that it debits now.
      if (judged && !isSameHolder(mandate, judged))
        throw new Error('the mandate was moved meanwhile: the item is tried again')
      await failAttempt(tx, mandate, debit, { code }, deps.clock.now(), { isLast })
    },
  })
}

/** The payment of one attempt, whose id was fixed when the attempt was scheduled. */
async function execute(
  deps: ExecuteDeps,
  mandate: Mandate,
  debit: Debit,
  paymentId: string,
  release: () => void,
): Promise<Payment | typeof accountChanged | typeof payeeChanged> {
  const [payer, payee] = await Promise.all([
    deps.parties.payer(mandate.payer.vpa),
    deps.parties.payee(mandate.payee.vpa),
  ])
  if (payer === unreachable || payee === unreachable) throw new Problem('bank-unreachable')
  const own = payerOf(mandate)
  const { userId, accountId } = own
  if (payer?.userId !== userId || payer.accountId !== accountId) return accountChanged
  if (payee !== undefined && payee.userId !== mandate.payee.userId) return payeeChanged
  const route = routeBetween(payer, payee)
  const refusalCode = payee === undefined ? 'ZH' : deps.routes[route].refusalCode
  const initiation = {
    ...debitCodesOf(mandate.initiation),
    mcc: mandate.mcc,
    origin: { kind: 'mandate', id: debit.id } as const,
  }
  const { amountPaise, note } = debit
  const content = { payerVpa: mandate.payer.vpa, payeeVpa: mandate.payee.vpa, amountPaise, initiation, note }
  const prepared: PreparedPayment = {
    ...{ id: paymentId, route, amountPaise, initiation, byMandate: true },
    inputHash: inputHash(content),
    ...(note === undefined ? {} : { note }),
    payer: own,
    payee: payeeIn(mandate.payee.vpa, payee),
    merchant: payee,
    ...(refusalCode === undefined ? {} : { refusalCode }),
    // The payer authorised it before; a new device or PIN changes nothing of that.
    coolingCauses: [],
    traceparent: currentTrace()?.traceparent,
  }
  const { payment, isNew } = await deps.begin(prepared)
  if (payment.status !== 'pending') return payment
  const authorisation = { kind: 'mandate', umn: umnOfMandate(mandate), sequence: debit.sequence } as const
  const context = { payerAccount: isNew ? payer : undefined, release }
  const outcome = await deps.routes[payment.route].move(payment, authorisation, context)
  if (outcome === 'waiting') return payment
  return deps.complete({ payment, outcome, traceparent: currentTrace()?.traceparent })
}

/** The time to approve it is over, or for the payee's PSP to make it. */
async function giveUp(deps: ExecuteDeps, item: DueItem<DebitWork>): Promise<DueResult> {
  const { debit } = await read(deps, item.payload)
  if (!debit || !isOpen(debit)) return { outcome: 'done' }
  if (debit.paymentId !== undefined || attemptOf(debit))
    return { outcome: 'retry', at: new Date(deps.clock.now().getTime() + lookAgainMs) }
  return failed(deps, item.payload, 'U69', { isLast: true })
}

/** The time to approve this attempt of a payee elsewhere is over: its app may begin another one. */
async function endAnswer(deps: ExecuteDeps, item: DueItem<DebitWork>): Promise<DueResult> {
  const { debit } = await read(deps, item.payload)
  if (!debit || attemptOf(debit)?.attempt !== item.payload.attempt) return { outcome: 'done' }
  if (debit.paymentId !== undefined)
    return { outcome: 'retry', at: new Date(deps.clock.now().getTime() + lookAgainMs) }
  return failed(deps, item.payload, 'U69')
}
