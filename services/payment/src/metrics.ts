// Metrics of payments: completed ones by response code, open ones, the time of each step, messages of the network.
import { recentMinutes } from '@bahi/contracts/health.ts'
import { differenceKinds } from '@bahi/contracts/reconciliation.ts'
import { stopScopes, type StopScope } from '@bahi/contracts/payment-stops.ts'
import { retention } from '@bahi/contracts/retention.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import type { Clock } from '@bahi/kit/clock.ts'
import { gaugesOf, readOnce, type Metrics } from '@bahi/kit/metrics.ts'
import type { Sql } from '@bahi/kit/sql/sql.ts'
import type { Payment } from './payments/payment.ts'
import { monthsToArchive, openPayments, outcomesSince } from './payments/store.ts'
import { openDifferencesByKind } from './settlement/store.ts'
import { countStops } from './stops/store.ts'

export type Step = 'resolve' | 'begin' | 'post' | 'complete'

export type PaymentMetrics = {
  /** Counts a payment that has just completed. */
  completed(payment: Payment): void
  /** Counts what refused a payment before it began, and what it was warned of. */
  assessed(assessment: NonNullable<Payment['assessment']>): void
  step<T>(name: Step, run: () => Promise<T>): Promise<T>
  /** Counts a mandate that was to move from (`in`) or to another app; `00`: it did. */
  ported(direction: 'in' | 'out', code: string): void
  /** Counts a payment that a stop refused before it began. */
  stopped(scope: StopScope): void
  /** Counts a message that the network sent. */
  received(api: string): void
}

export function createPaymentMetrics(metrics: Metrics, sql: Sql, clock: Clock): PaymentMetrics {
  const outcomes = metrics.counter(
    'bahi_payments_total',
    'Payments that completed, by what became of them and their UPI response code.',
    ['status', 'code'],
  )
  const buckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10]
  const seconds = metrics.histogram(
    'bahi_payment_step_seconds',
    'Time of one step: of one payment to resolve, of one batch to begin, post, complete.',
    buckets,
    ['step'],
  )
  measureOpenPayments(metrics, sql)
  // Prometheus has the rate of the counter above, over all copies; who looks without it has this.
  metrics.gauge(
    'bahi_payments_recent',
    'Payments begun in the last minutes, by what became of them.',
    async (samples) => {
      const since = new Date(clock.now().getTime() - recentMinutes * 60_000)
      const { settled, failed } = await outcomesSince(sql, since)
      samples.set({ status: 'settled' }, settled)
      samples.set({ status: 'failed' }, failed)
    },
    ['status'],
    { isScraped: false },
  )
  measureDifferences(metrics, sql)
  measureArchive(metrics, sql, clock)
  measureStops(metrics, sql)
  const stopped = metrics.counter(
    'bahi_payments_stopped_total',
    'Payments that a stop of staff refused before they began, by its scope.',
    ['scope'],
  )
  const messages = metrics.counter('bahi_network_messages_total', 'Messages from the network, by API.', [
    'api',
  ])
  const ported = metrics.counter(
    'bahi_mandates_ported_total',
    'Mandates that were to move from or to another app, by the code of what became of it.',
    ['direction', 'code'],
  )
  const reasons = metrics.counter(
    'bahi_payment_assessment_reasons_total',
    'Reasons that refused a payment before it began, or warned of it.',
    ['decision', 'reason'],
  )
  return {
    assessed({ reasons: refusals, warnings = [] }) {
      for (const reason of refusals) reasons.inc({ decision: 'refuse', reason })
      for (const reason of warnings) reasons.inc({ decision: 'warn', reason })
    },
    ported: (direction, code) => ported.inc({ direction, code }),
    stopped: (scope) => stopped.inc({ scope }),
    received: (api) => messages.inc({ api }),
    completed: ({ status, code }) => outcomes.inc({ status, code: code ?? 'none' }),
    async step(name, run) {
      const stop = seconds.startTimer({ step: name })
      try {
        return await run()
      } finally {
        stop()
      }
    },
  }
}

function measureOpenPayments(metrics: Metrics, sql: Sql): void {
  const gauge = gaugesOf(metrics, () => openPayments(sql))
  gauge('bahi_payments_pending', 'Payments whose outcome is not known yet.', ({ pending }) => pending)
  gauge(
    'bahi_payments_pending_oldest_seconds',
    'Age of the oldest payment whose outcome is not known and that is not deemed.',
    ({ pendingS }) => pendingS,
  )
  gauge(
    'bahi_payments_deemed',
    'Payments that the network counts as paid and the bank of the payee has not confirmed.',
    ({ deemed }) => deemed,
  )
  gauge(
    'bahi_payments_deemed_oldest_seconds',
    'Time since the oldest of them was deemed.',
    ({ deemedS }) => deemedS,
  )
}

function measureDifferences(metrics: Metrics, sql: Sql): void {
  const byKind = readOnce(() => openDifferencesByKind(sql))
  const gauge = (name: string, help: string, value: 'count' | 'oldestS') =>
    metrics.gauge(
      name,
      help,
      async (samples) => {
        const open = new Map((await byKind()).map((row) => [row.kind, row[value]]))
        for (const kind of differenceKinds) samples.set({ kind }, open.get(kind) ?? 0)
      },
      ['kind'],
    )
  gauge('bahi_differences_open', 'Differences with the network that nobody has closed, by kind.', 'count')
  gauge('bahi_differences_oldest_seconds', 'Age of the oldest open difference of each kind.', 'oldestS')
}

function measureStops(metrics: Metrics, sql: Sql): void {
  metrics.gauge(
    'bahi_payment_stops',
    'Stops of payments by staff that are in force, by scope.',
    async (samples) => {
      const inForce = new Map((await countStops(sql)).map(({ scope, count }) => [scope, count]))
      for (const scope of stopScopes) samples.set({ scope }, inForce.get(scope) ?? 0)
    },
    ['scope'],
  )
}

function measureArchive(metrics: Metrics, sql: Sql, clock: Clock): void {
  metrics.gauge(
    'bahi_months_to_archive',
    'Months of payments that are past their retention and not in an archive.',
    async (samples) => {
      const now = clock.now()
      const kept = rulesAt(retention, now).services.payment!['payments']!
      const months = 'keeps' in kept ? kept.archiveAfterMonths : undefined
      samples.set(months === undefined ? 0 : await monthsToArchive(sql, now, months))
    },
  )
}
