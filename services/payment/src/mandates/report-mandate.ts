// Reports to the PSP of a payee elsewhere what became of its mandate: agreed to, changed, a debit refused.
import { cancel } from '@bahi/kit/due-work/due-work.ts'
import { runEach, type DueHandler, type DueItem, type DueResult } from '@bahi/kit/due-work/due-worker.ts'
import type { Mandate } from './mandate.ts'
import { begin, drive, type OperateDeps } from './operate.ts'
import { findMandate, lockMandates } from './store.ts'
import { offerKey, reportKind, type ReportWork } from './work.ts'

/** An offer that was not answered is made again, before scaling, so often. */
const offerAgainMs = 60_000
const maxOffers = 20

export function reportHandlers(deps: OperateDeps, timeScale: number): DueHandler<ReportWork>[] {
  const { network } = deps
  if (!network) return []
  const run = async ({ payload, attempts }: DueItem<ReportWork>): Promise<DueResult> => {
    const { mandateId, type, code, debit } = payload
    const mandate = (await findMandate(deps.sql, mandateId))?.mandate
    if (!mandate) return { outcome: 'done' }
    // A refusal of the network says that its transaction is over: there is nobody left to be told.
    if (debit) await network.refuseDebit(mandate, debit, code)
    else if (type === 'CREATE' && mandate.network!.reqMsgId === undefined)
      return offer(deps, mandate, { attempts, againMs: offerAgainMs / timeScale })
    else if (type === 'CREATE') await network.answerMandate(mandate, code)
    else if (type !== 'DEBIT') await network.mandateChanged(mandate, type)
    return { outcome: 'done' }
  }
  return [{ kind: reportKind, run: runEach(run) }]
}

/** Until the answer takes the item away. */
async function offer(
  deps: OperateDeps,
  mandate: Mandate,
  { attempts, againMs }: { attempts: number; againMs: number },
): Promise<DueResult> {
  if (mandate.status !== 'active') return { outcome: 'done' }
  if (attempts > maxOffers) return { outcome: 'give-up', error: 'the app of the payee does not answer' }
  const { err } = await deps.network!.offerMandate(mandate)
  if (err === undefined || attempts > 1)
    return { outcome: 'retry', at: new Date(deps.clock.now().getTime() + againMs) }
  await endOffered(deps, mandate.id)
  return { outcome: 'done' }
}

/** The app of the payee takes the mandate that was offered, or does not: then it is ended in its name. */
export async function offerAnswered(deps: OperateDeps, mandateId: string, code: string): Promise<void> {
  if (code !== '00') await endOffered(deps, mandateId)
  else await deps.transaction((tx) => cancel(tx, reportKind, [offerKey(mandateId)]))
}

async function endOffered(deps: OperateDeps, mandateId: string): Promise<void> {
  const operation = { type: 'revoke', by: 'payee' } as const
  const begun = await deps.transaction(async (tx) => {
    const mandate = (await lockMandates(tx, [mandateId])).get(mandateId)
    await cancel(tx, reportKind, [offerKey(mandateId)])
    return mandate?.status === 'active' ? begin(tx, mandate, operation, deps.clock.now()) : undefined
  })
  if (begun) await drive(deps, begun, operation)
}
