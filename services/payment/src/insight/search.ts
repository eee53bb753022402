// Finds a person's payments by words, and what they and somebody have paid and asked of each other.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { maxAmountPaise, normaliseVpa } from '@bahi/contracts/formats.ts'
import type {
  searchPayments as searchContract,
  showThread as threadContract,
  ThreadItem,
} from '@bahi/contracts/insight.ts'
import { searchWords } from '@bahi/contracts/search-words.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { historyQuery } from '../payments/list-payments.ts'
import { lastMs, pageOf, writeCursor, type Position } from '../payments/page.ts'
import { toPayment, findPayments } from '../payments/store.ts'
import { viewFor } from '../payments/view.ts'
import { viewOf } from '../requests/request.ts'
import { findRequests } from '../requests/store.ts'
import { lookForPayments, lookForRequests, type Looked } from './store.ts'

type InsightDeps = Pick<Deps, 'sql' | 'clock'>

/** Throws `request-invalid` for a cursor that no page gave, or a moment that is none. */
export async function searchPayments(
  deps: InsightDeps,
  userId: string,
  { text, ...query }: Input<typeof searchContract>['querystring'],
): Promise<Output<typeof searchContract>> {
  const { before, limit } = pageOf(query)
  const wanted = historyQuery(query)
  if (!wanted) return { payments: [] }
  const sought = { ...wanted, before, limit: limit + 1, words: searchWords(text) }
  const { found, next } = pageIn(await lookForPayments(deps.sql, userId, sought), limit)
  const views = await paymentViews(deps, userId, found)
  return { payments: found.map(({ id }) => views.get(id)!), ...next }
}

/** Throws `request-invalid` for a cursor that no page gave. */
export async function showThread(
  deps: InsightDeps,
  userId: string,
  otherVpa: string,
  query: Input<typeof threadContract>['querystring'],
): Promise<Output<typeof threadContract>> {
  const { before, limit } = pageOf(query)
  const sought = { vpa: normaliseVpa(otherVpa), before, limit: limit + 1 }
  const everything = {
    ...{ from: new Date(0), to: new Date(lastMs), minPaise: 0, maxPaise: maxAmountPaise },
    ...{ status: null, direction: null, words: [] },
  }
  const [payments, requests] = await Promise.all([
    lookForPayments(deps.sql, userId, { ...everything, ...sought }),
    lookForRequests(deps.sql, userId, sought),
  ])
  const { found, next } = pageIn(together(payments, requests), limit)
  const [paid, asked] = await Promise.all([
    paymentViews(deps, userId, found),
    findRequests(
      deps.sql,
      found.map(({ id }) => id),
    ),
  ])
  const items = found.flatMap(({ id, createdAt }): ThreadItem[] => {
    const [payment, request] = [paid.get(id), asked.get(id)]
    const at = createdAt.toISOString()
    return [
      ...(payment ? [{ at, payment }] : []),
      ...(request ? [{ at, request: viewOf(request, userId) }] : []),
    ]
  })
  return { items, ...next }
}

/** Newest first, as far back as both were looked through: of the days before, one of them is not known. */
function together(...lists: Looked[]): Looked {
  const [reached] = lists.flatMap((list) => list.reached ?? []).sort(newestFirst)
  const found = lists.flatMap((list) => list.found).sort(newestFirst)
  if (!reached) return { found }
  return { found: found.filter((one) => newestFirst(one, reached) <= 0), reached }
}

function newestFirst(a: Position, b: Position): number {
  return b.createdAt.getTime() - a.createdAt.getTime() || (b.id > a.id ? 1 : b.id < a.id ? -1 : 0)
}

/** @param looked one more than a page has, when there are as many */
function pageIn({ found, reached }: Looked, limit: number): { found: Position[]; next: { next?: string } } {
  const page = found.slice(0, limit)
  const end = found.length > limit ? page.at(-1) : reached
  return { found: page, next: end ? { next: writeCursor(end) } : {} }
}

async function paymentViews({ sql, clock }: InsightDeps, userId: string, found: Position[]) {
  const rows = await findPayments(
    sql,
    found.map(({ id }) => id),
  )
  return new Map(rows.map((row) => [row.id, viewFor(toPayment(row), userId, clock.now())]))
}
