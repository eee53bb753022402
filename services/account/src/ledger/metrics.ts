// Metrics of the ledger: what it refused, its open holds, and whether its totals hold.
import { gaugesOf } from '@bahi/kit/metrics.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import { openHolds, totalsFaults } from './store.ts'

/** Each copy checks the totals, which reads every account and no entry. */
const checkEveryMs = 60_000

export type LedgerMetrics = {
  /** Counts transfers and holds that were decided. */
  decided(outcomes: { code: string }[]): void
  /** Checks the totals of the books again and again. */
  worker: Worker
}

export function createLedgerMetrics({
  metrics,
  sql,
  log,
}: Pick<Deps, 'metrics' | 'sql' | 'log'>): LedgerMetrics {
  const refusals = metrics.counter(
    'bahi_ledger_refusals_total',
    'Transfers and holds that the ledger refused, by UPI response code.',
    ['code'],
  )
  const ofHolds = gaugesOf(metrics, () => openHolds(sql))
  ofHolds('bahi_holds_open', 'Holds that are neither captured nor voided.', ({ count }) => count)
  ofHolds('bahi_holds_oldest_seconds', 'Age of the oldest open hold.', ({ oldestS }) => oldestS)
  let faults: number | undefined
  metrics.gauge(
    'bahi_book_faults',
    'Totals of the books that do not hold: each is a bug or a hand in the database.',
    (samples) => {
      if (faults !== undefined) samples.set(faults)
    },
  )
  return {
    decided(outcomes) {
      for (const { code } of outcomes)
        if (code !== '00') refusals.inc({ code: code.startsWith('!') ? 'id-reused' : code })
    },
    worker: {
      name: 'check totals',
      intervalMs: checkEveryMs,
      async run() {
        let found
        try {
          found = await totalsFaults(sql)
        } catch (err) {
          // A check that takes too long says nothing of the books, and is no reason to take no payments.
          faults = undefined
          log.warn({ err }, 'the totals of the books could not be checked')
          return
        }
        faults = found.length
        if (faults > 0) log.error({ faults: found }, 'the books do not hold: stop and look (docs/runbook.md)')
      },
    },
  }
}
