// Reports to the PSP of a payee elsewhere what became of its mandate: agreed to, changed, a debit refused.
import { runEach, type DueHandler, type DueResult } from '@bahi/kit/due-work/due-worker.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { PspMessages } from '../network/psp-messages.ts'
import { findMandate } from './store.ts'
import { reportKind, type ReportWork } from './work.ts'

export function reportHandlers(
  deps: Pick<Deps, 'sql'>,
  network: PspMessages | undefined,
): DueHandler<ReportWork>[] {
  if (!network) return []
  const run = async ({ mandateId, type, code, debit }: ReportWork): Promise<DueResult> => {
    const mandate = (await findMandate(deps.sql, mandateId))?.mandate
    if (!mandate) return { outcome: 'done' }
    // A refusal of the network says that its transaction is over: there is nobody left to be told.
    if (debit) await network.refuseDebit(mandate, debit, code)
    else if (type === 'CREATE') await network.answerMandate(mandate, code)
    else if (type !== 'DEBIT') await network.mandateChanged(mandate, type)
    return { outcome: 'done' }
  }
  return [{ kind: reportKind, run: runEach(({ payload }) => run(payload)) }]
}
