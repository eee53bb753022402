// Lists a person's payments, newest first, filtered, a page at a time.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { maxAmountPaise, normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import type { listPayments as contract } from '@bahi/contracts/payment.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { badField, lastMs, readPage, type Page } from './page.ts'
import { historyOf, type HistoryQuery } from './store-history.ts'
import { viewFor } from './view.ts'

type Query = Input<typeof contract>['querystring']

/** Throws `request-invalid` for a cursor that no page gave, or a moment that is none. */
export async function listPayments(
  deps: Pick<Deps, 'sql' | 'clock'>,
  userId: string,
  query: Query,
): Promise<Output<typeof contract>> {
  const wanted = historyQuery(query)
  if (!wanted) return { payments: [] }
  const { hidden = false } = query
  const { found, next } = await readPage(query, (page) =>
    historyOf(deps.sql, userId, { ...page, ...wanted, hidden }),
  )
  return { payments: found.map((payment) => viewFor(payment, userId, deps.clock.now())), ...next }
}

/** What the filters of a list ask for; undefined when nothing can be it. Throws `request-invalid`. */
export function historyQuery(
  query: Omit<Query, 'limit' | 'before' | 'hidden'>,
): Omit<HistoryQuery, keyof Page | 'hidden'> | undefined {
  if (query.vpa !== undefined && !splitVpa(query.vpa)) return undefined
  return {
    from: query.from === undefined ? new Date(0) : timeOf('from', query.from),
    to: query.to === undefined ? new Date(lastMs) : timeOf('to', query.to),
    minPaise: query.minPaise ?? 0,
    maxPaise: query.maxPaise ?? maxAmountPaise,
    status: query.status ?? null,
    direction: query.direction ?? null,
    vpa: query.vpa === undefined ? null : normaliseVpa(query.vpa),
  }
}

function timeOf(name: string, text: string): Date {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw badField(name, 'is no moment')
  return new Date(Math.min(Math.max(ms, 0), lastMs))
}
