// Debits of payers with another app: each attempt is a transaction of ours in the network, a collect that names mandate
// and debit. What became of it the network says.
import { approvableUntil, mandateRulesAt, nextSlot, withoutPinPaise } from '@bahi/contracts/mandate-rules.ts'
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import { txnIdOf } from '@bahi/contracts/formats.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { runEach, type DueHandler, type DueItem, type DueResult } from '@bahi/kit/due-work/due-worker.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { PspMessages } from '../network/psp-messages.ts'
import { unreachable, type PartyResolver } from '../payments/resolve.ts'
import type { RrnOf } from '../payments/rrn.ts'
import { nextRrnSequence } from '../payments/store-network.ts'
import { failAttempt } from './claim-debit.ts'
import { faultOf, lookAgainMs } from './execute-debit.ts'
import { attemptOf, isPayerElsewhere, type Debit, type Mandate } from './mandate.ts'
import { arrivingBy } from './operate.ts'
import type { DebitWork } from './plan-debits.ts'
import { findMandate, lockMandates } from './store.ts'
import { findDebits, updateDebit } from './store-debits.ts'
import { collectCheckKind, collectKind } from './work.ts'

/** UPI code of an account that is not there any more. */
const noAccount = 'XI'

type CollectDeps = Pick<Deps, 'sql' | 'transaction' | 'clock' | 'network'> & {
  parties: PartyResolver
  txnPrefix: string
  rrnOf: RrnOf
}

export function collectHandlers(
  deps: CollectDeps,
  network: PspMessages | undefined,
): DueHandler<DebitWork>[] {
  if (!network) return []
  return [
    { kind: collectKind, run: runEach((item) => collect(deps, network, item)) },
    { kind: collectCheckKind, run: runEach((item) => check(deps, network, item)) },
  ]
}

/** The attempt is stored before it is sent, and sent again after a crash: its id makes it one. */
async function collect(
  deps: CollectDeps,
  network: PspMessages,
  item: DueItem<DebitWork>,
): Promise<DueResult> {
  const { payload, createdId } = item
  const txnId = txnIdOf(deps.txnPrefix, createdId)
  const begun = await begin(deps, payload, txnId)
  if ('result' in begun) return begun.result
  const { mandate, debit, isNew } = begun
  const payee = await deps.parties.payer(mandate.payee.vpa)
  if (payee === unreachable) return { outcome: 'retry', error: 'the account of the payee is not known now' }
  const now = deps.clock.now()
  const minutes = answerMinutes(mandate, debit, now)
  const isSame = payee !== undefined && payee.accountId === mandate.payee.accountId
  const err = isSame ? (await network.collectDebit(mandate, debit, payee, minutes)).err : noAccount
  // Only at the first try a refusal says that nothing happens by it.
  if (err !== undefined && isNew) return failed(deps, payload, txnId, err)
  const { firstCheckAfterS } = networkRulesAt(now, deps.network.timeScale)
  const dueAt = new Date(debit.network!.begunAt!.getTime() + minutes * 60_000 + firstCheckAfterS * 1_000)
  const checking = { kind: collectCheckKind, key: createdId, dueAt, payload }
  return { outcome: 'done', commit: (tx) => schedule(tx, [checking]) }
}

type Begun = { mandate: Mandate; debit: Debit; isNew: boolean }

/** The attempt of this item, begun now or before; or why there is none. */
function begin(
  deps: CollectDeps,
  { mandateId, debitId, attempt }: DebitWork,
  txnId: string,
): Promise<Begun | { result: DueResult }> {
  return deps.transaction(async (tx): Promise<Begun | { result: DueResult }> => {
    const mandate = (await lockMandates(tx, [mandateId])).get(mandateId)!
    const debit = (await findDebits(tx, [debitId])).get(debitId)!
    const inProgress = attemptOf(debit)
    if (inProgress?.txnId === txnId) return { mandate, debit, isNew: false }
    // Its payer has moved it here: it is made as those of ours are.
    if (!isPayerElsewhere(mandate)) return { result: { outcome: 'done' } }
    if (inProgress || debit.status !== 'planned' || debit.attempts >= attempt)
      return { result: { outcome: 'done' } }
    const now = deps.clock.now()
    if (await arrivingBy(tx, mandate))
      return { result: { outcome: 'retry', at: new Date(now.getTime() + lookAgainMs) } }
    const slot = nextSlot(mandateRulesAt(now), now)
    if (slot > now) return { result: { outcome: 'retry', at: slot } }
    const code = faultOf(mandate, debit, now)
    if (code !== undefined) {
      await failAttempt(tx, mandate, debit, { code }, now)
      return { result: { outcome: 'done' } }
    }
    const rrn = deps.rrnOf(now, await nextRrnSequence(tx))
    const begun = { ...debit, network: { txnId, rrn, attempt, begunAt: now } }
    await updateDebit(tx, begun)
    return { mandate, debit: begun, isNew: true }
  })
}

function failed(
  deps: CollectDeps,
  { mandateId, debitId }: DebitWork,
  txnId: string,
  code: string,
): DueResult {
  return {
    outcome: 'done',
    async commit(tx) {
      const mandate = (await lockMandates(tx, [mandateId])).get(mandateId)!
      const debit = (await findDebits(tx, [debitId])).get(debitId)!
      if (attemptOf(debit)?.txnId === txnId) await failAttempt(tx, mandate, debit, { code }, deps.clock.now())
    },
  }
}

/** Above what is debited without PIN the payer has to enter it, as long as the rules let them. */
function answerMinutes({ mcc }: Mandate, { amountPaise, executeAt }: Debit, now: Date): number {
  const rules = mandateRulesAt(now)
  if (amountPaise <= withoutPinPaise(rules, mcc)) return rules.debitMinutes
  const leftMs = approvableUntil(rules, istDateOf(executeAt)).getTime() - now.getTime()
  return Math.max(rules.debitMinutes, Math.floor(leftMs / 60_000))
}

/** As of a payment request: what the network says nothing of stays as it is, for a person and the settlement report. */
async function check(
  deps: CollectDeps,
  network: PspMessages,
  { payload, key, attempts }: DueItem<DebitWork>,
): Promise<DueResult> {
  const mandate = (await findMandate(deps.sql, payload.mandateId))!.mandate
  const debit = (await findDebits(deps.sql, [payload.debitId])).get(payload.debitId)!
  if (attemptOf(debit)?.txnId !== txnIdOf(deps.txnPrefix, key)) return { outcome: 'done' }
  const { checkEveryS, maxChecks } = networkRulesAt(deps.clock.now(), deps.network.timeScale)
  if (attempts > maxChecks)
    return {
      outcome: 'give-up',
      error: `the network was asked ${maxChecks} times and did not say what became of the debit`,
    }
  await network.checkDebit(mandate, debit)
  return { outcome: 'retry', at: new Date(deps.clock.now().getTime() + checkEveryS * 1_000) }
}
