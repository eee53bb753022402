// For tests of beginning: a process as the database sees it, and a payment that may begin.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { defaultInitiation } from '@bahi/contracts/initiation.ts'
import type { OperatorLimit } from '@bahi/contracts/limits.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { newDataKeys } from '@bahi/kit/crypto/data-keys.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { createLog } from '@bahi/kit/log.ts'
import { primaryReads } from '@bahi/kit/sql/replica.ts'
import type { Sql } from '@bahi/kit/sql/sql.ts'
import type { PaymentMetrics } from './metrics.ts'
import { createBegin, type PreparedPayment } from './payments/begin.ts'
import { createComplete } from './payments/complete.ts'
import { inputHash } from './payments/prepare.ts'
import { createRrnOf } from './payments/rrn.ts'

const rrnOf = createRrnOf(createSeal('payment', newDataKeys()))
const metrics: PaymentMetrics = {
  completed: () => undefined,
  assessed: () => undefined,
  received: () => undefined,
  stopped: () => undefined,
  ported: () => undefined,
  step: (_name, run) => run(),
}

type Transaction = Parameters<typeof createBegin>[0]['transaction']

/** A second process, from the database's view: its own connection. */
export function processOn(
  sql: Sql,
  limits: OperatorLimit[] = [],
  transaction: Transaction = (run) => sql.begin(run) as never,
  byTier = false,
) {
  const route = { firstCheckAfterMs: () => 0 }
  const routes = { ledger: route, out: route, through: route, in: route }
  const reads = primaryReads(sql)
  const deps = { transaction, reads, clock: systemClock, log: createLog('payment', 'silent'), routes, rrnOf }
  return {
    begin: createBegin(deps, { txnPrefix: 'TST', limits: { rows: limits, byTier } }, metrics),
    complete: createComplete(deps, metrics),
  }
}

export function prepared(payerUserId: string, more: Partial<PreparedPayment> = {}): PreparedPayment {
  const { amountPaise = 100, initiation = defaultInitiation } = more
  return {
    id: uuidv7(),
    inputHash: inputHash({ payerVpa: 'a@bahi', payeeVpa: 'b@bahi', amountPaise, initiation }),
    initiation,
    amountPaise,
    payer: { vpa: 'a@bahi', name: 'Asha Rao', userId: payerUserId, accountId: uuidv7(), bank: 'BAHI' },
    payee: { vpa: 'b@bahi', name: 'Ravi Kumar', accountId: uuidv7(), bank: 'BAHI' },
    coolingCauses: [],
    route: 'ledger',
    note: 'x'.repeat(50),
    ...more,
  }
}
