// The queries for payments: every list and every single payment that a screen shows comes from here.
// Their keys all begin with `payments`: the live stream and a finished payment refresh them together.
import type { Input } from '@bahi/contracts/call.ts'
import { listPayments, showPayment, type PaymentView } from '@bahi/contracts/payment.ts'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { call } from '../api/client.ts'

type PaymentFilter = Omit<Input<typeof listPayments>['querystring'], 'limit' | 'before'>

const pageSize = 25
/** What home, the choice of a payee and statements look through. */
const recentCount = 100
/** While a payment is pending it is asked about, should its live message not arrive. */
const pollMs = 10_000

const none: PaymentView[] = []

/** Newest first, a page at a time; while the filter changes, the pages of the last one stay. */
export function usePaymentPages(filter: PaymentFilter) {
  return useInfiniteQuery({
    queryKey: ['payments', 'history', filter],
    queryFn: ({ pageParam }) =>
      call(listPayments, {
        querystring: { ...filter, limit: pageSize, ...(pageParam === '' ? {} : { before: pageParam }) },
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  })
}

/** The latest payments, newest first. */
export const useRecentPayments = () =>
  useQuery({
    queryKey: ['payments', 'recent'],
    queryFn: () => call(listPayments, { querystring: { limit: recentCount } }),
    select: ({ payments }) => payments,
  })

/** Payments to somebody whose outcome is not known yet. */
export const usePendingTo = (vpa: string) =>
  useQuery({
    queryKey: ['payments', 'pending', vpa],
    queryFn: () =>
      call(listPayments, { querystring: { vpa, status: 'pending', direction: 'debit', limit: 5 } }),
    select: ({ payments }) => payments,
  }).data ?? none

export const usePayment = (id: string) =>
  useQuery({
    queryKey: ['payments', id],
    queryFn: () => call(showPayment, { params: { id } }),
    refetchInterval: ({ state }) => (state.data?.status === 'pending' ? pollMs : false),
  })
