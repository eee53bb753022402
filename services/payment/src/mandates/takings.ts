// Mandates that are taken from another app: it lets one go, and is told how the bank decided; what it had announced is
// made here.
import { appOf, umnOf } from '@bahi/contracts/bank-mandates.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import {
  approvableUntil,
  debitWindowAt,
  mandateRulesAt,
  withoutPinPaise,
} from '@bahi/contracts/mandate-rules.ts'
import type { LetGo, Taking } from '@bahi/contracts/network-adapter.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { runEach, type DueHandler } from '@bahi/kit/due-work/due-worker.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { PaymentMetrics } from '../metrics.ts'
import type { PspMessages } from '../network/psp-messages.ts'
import { debitFactsOf, type Debit, type Mandate, type TakeOperation } from './mandate.ts'
import { plannedOf, type DebitWork } from './plan-debits.ts'
import { debitWith, insertDebit } from './store-debits.ts'
import { approvalKind, record, takenKind } from './work.ts'

type TakenWork = { taking: Taking; code: string }

/** The `nth` operation of a mandate is one try. */
export const takingOf = (
  { id, payer }: Pick<Mandate, 'id' | 'payer'>,
  { fromUmn, bank, accountRef }: TakeOperation,
  nth: number,
): Taking => ({ fromUmn, toUmn: umnOf(id, appOf(payer.vpa)), nth, bank, accountRef })

/** The app that has let it go is told once this transaction has committed, until it has heard it. */
export async function scheduleTaken(tx: Tx, taking: Taking, code: string, at: Date): Promise<void> {
  const payload: TakenWork = { taking, code }
  await schedule(tx, [{ kind: takenKind, key: `${taking.toUmn} ${taking.nth}`, dueAt: at, payload }])
}

export function takenHandlers(
  network: PspMessages | undefined,
  metrics: Pick<PaymentMetrics, 'ported'>,
): DueHandler<TakenWork>[] {
  if (!network) return []
  const run = runEach<TakenWork>(async ({ payload: { taking, code } }) => {
    await network.closeTaking(taking, code)
    metrics.ported('in', code)
    return { outcome: 'done' }
  })
  return [{ kind: takenKind, run }]
}

/** Of a locked mandate that is ours now: the payee's PSP makes here what the other app was told of. */
export async function adoptDebits(
  tx: Tx,
  mandate: Mandate,
  { debits }: Pick<LetGo, 'debits'>,
  now: Date,
): Promise<Mandate> {
  let last = mandate
  for (const one of debits) {
    if (await debitWith(tx, mandate.id, one.sequence)) continue
    last = await adoptDebit(tx, last, one, now)
  }
  return last
}

async function adoptDebit(
  tx: Tx,
  mandate: Mandate,
  { sequence, amountPaise, dueOn, noticedAt }: LetGo['debits'][number],
  now: Date,
): Promise<Mandate> {
  const { terms, mcc } = mandate
  const period = terms.recurrence === 'ASPRESENTED' ? undefined : debitWindowAt(terms, dueOn)?.period
  const wanted = {
    ...{ id: uuidv7(now.getTime()), sequence, amountPaise, dueOn },
    ...(period === undefined ? {} : { period }),
  }
  const rules = mandateRulesAt(now)
  const needsApproval = amountPaise > withoutPinPaise(rules, mcc)
  // The notice that the payer had there counts.
  const debit: Debit = {
    ...plannedOf(mandate, wanted, new Date(noticedAt)),
    status: needsApproval ? 'awaiting-approval' : 'planned',
  }
  await insertDebit(tx, debit)
  const payload: DebitWork = { mandateId: mandate.id, debitId: debit.id, attempt: rules.retries + 1 }
  const dueAt = approvableUntil(rules, istDateOf(debit.executeAt))
  await schedule(tx, [{ kind: approvalKind, key: debit.id, dueAt, payload }])
  const data = { ...debitFactsOf(mandate, debit), executeAt: debit.executeAt.toISOString(), needsApproval }
  return record(tx, mandate, { type: 'payment.mandate-debit-announced', data }, now)
}
