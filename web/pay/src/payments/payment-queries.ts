// The queries for payments: every list and every single payment that a screen shows comes from here.
// A payment has one state on this device, whichever query brought it (see payment-cache.ts).
import type { Input } from '@bahi/contracts/call.ts'
import { listPayments, recentPeople, showPayment, type PaymentView } from '@bahi/contracts/payment.ts'
import {
  keepPreviousData,
  useQueries,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query'
import { call } from '../api/client.ts'
import { pollAfterMs } from '../api/query-client.ts'
import { usePages, type PageOf } from '../api/use-pages.ts'
import { cachedPayment, cachePayment, cachePayments, paymentKey, paymentListsKey } from './payment-cache.ts'

type Query = Input<typeof listPayments>['querystring']
type PaymentFilter = Omit<Query, 'limit' | 'before'>

/** What home shows. */
const latestCount = 4
/** Of what is pending, so many are counted one by one. */
const pendingCount = 10
/** The latest payments to somebody: enough to see what is pending and whether they were paid before. */
const countWith = 10
/** While a payment is pending it is asked about, less and less often, should its live message not arrive. */
const firstPollMs = 4_000

const none: PaymentView[] = []

async function list(client: QueryClient, querystring: Query) {
  const page = await call(listPayments, { querystring })
  return { ...page, payments: cachePayments(client, page.payments) }
}

/** Newest first, a page at a time; while the filter changes, the pages of the last one stay. */
export function usePaymentPages(filter: PaymentFilter) {
  const client = useQueryClient()
  const fetchPage = (page: PageOf) => list(client, { ...filter, ...page })
  return usePages([...paymentListsKey, 'history', filter], fetchPage, { placeholderData: keepPreviousData })
}

function usePaymentList(name: string, filter: PaymentFilter & { limit: number }, enabled = true) {
  const client = useQueryClient()
  return useQuery({
    queryKey: [...paymentListsKey, name, filter],
    queryFn: () => list(client, filter),
    select: ({ payments }) => payments,
    enabled,
  })
}

/** The latest payments, newest first: as many as home shows. */
export const useLatestPayments = () => usePaymentList('latest', { limit: latestCount })

/** Whether this person has ever paid; undefined until it is known. Asks only where the latest payments do not say. */
export function useHasPaid(latest: PaymentView[] | undefined): boolean | undefined {
  const seen = latest?.some(({ direction }) => direction === 'debit')
  const isOpen = seen === false && latest?.length === latestCount
  const asked = usePaymentList('first', { direction: 'debit', limit: 1 }, isOpen)
  return isOpen ? asked.data && asked.data.length > 0 : seen
}

/** What I sent and whose outcome is not known yet. */
export const usePendingDebits = () =>
  usePaymentList('pending', { status: 'pending', direction: 'debit', limit: pendingCount }).data ?? none

/** The latest that I paid, or tried to pay, to somebody. Undefined until it is known. */
export const usePaymentsTo = (vpa: string) =>
  usePaymentList('to', { vpa, direction: 'debit', limit: countWith }).data

export type Span = { from: string; to: string }
/** The most that one request answers. */
const mostOfSpan = 100

/** Payments of spans of time, the latest of each, to find those that entries of an account belong to. */
export function usePaymentsOf(spans: Span[]): PaymentView[] {
  const client = useQueryClient()
  return useQueries({
    queries: spans.map((span) => ({
      queryKey: [...paymentListsKey, 'span', span],
      queryFn: () => list(client, { ...span, limit: mostOfSpan }),
    })),
    combine: (answers) => answers.flatMap(({ data }) => data?.payments ?? []),
  })
}

/** People whom I paid or who paid me, the latest first. */
export const useRecentPeople = (limit: number) =>
  useQuery({
    queryKey: ['payments', 'people', limit],
    queryFn: () => call(recentPeople, { querystring: { limit } }),
    select: ({ people }) => people,
  })

export async function fetchPayment(client: QueryClient, id: string): Promise<PaymentView> {
  const wasPending = cachedPayment(client, id)?.status === 'pending'
  const payment = cachePayment(client, await call(showPayment, { params: { id } }))
  if (wasPending && payment.status !== 'pending') void client.invalidateQueries({ queryKey: ['statement'] })
  return payment
}

export function usePayment(id: string, enabled = true) {
  const client = useQueryClient()
  return useQuery({
    queryKey: paymentKey(id),
    queryFn: () => fetchPayment(client, id),
    // A list that showed it knows it already.
    initialData: () => cachedPayment(client, id),
    initialDataUpdatedAt: 0,
    enabled,
    refetchInterval: ({ state }) =>
      state.data?.status === 'pending' ? pollAfterMs(firstPollMs, state.dataUpdateCount) : false,
  })
}
