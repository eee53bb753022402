// Lists the switch's recent transactions for people.
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { networkTransactions as contract } from '@bahi/contracts/scenario.ts'
import type { SandboxDeps } from '../sandbox.ts'
import { recentTransactions } from './store.ts'

const defaultLimit = 30

export async function listTransactions(
  deps: Pick<SandboxDeps, 'sql'>,
  { txnId, limit = defaultLimit }: Input<typeof contract>['querystring'],
): Promise<Output<typeof contract>> {
  const rows = await recentTransactions(deps.sql, txnId ?? null, limit)
  return {
    transactions: rows.map((txn) => ({
      txnId: txn.txnId,
      rrn: txn.rrn,
      ...(txn.origin === 'unknown'
        ? {}
        : { payerVpa: txn.content.payer.addr, payeeVpa: txn.content.payee.addr }),
      amountPaise: txn.amountPaise,
      phase: txn.phase,
      result: txn.result ?? 'PENDING',
      ...(txn.errCode === null ? {} : { errCode: txn.errCode }),
      ...(txn.content.scenario === undefined ? {} : { scenario: txn.content.scenario }),
      effects: txn.content.effects,
      takenAt: txn.takenAt.toISOString(),
      steps: txn.steps,
    })),
  }
}
