// The queries over a person's payments taken together: searching all of them, a thread with somebody, spending.
import type { Input } from '@bahi/contracts/call.ts'
import { searchPayments, showSpending, showThread } from '@bahi/contracts/insight.ts'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/client.ts'
import { usePages, type PageOf } from '../api/use-pages.ts'
import { cachePayments, paymentListsKey, spendingKey, threadsKey } from '../payments/payment-cache.ts'

type Filter = Omit<Input<typeof searchPayments>['querystring'], 'text' | 'limit' | 'before'>

/** Payments in which every word is found, a page at a time; not asked for until it is `enabled`. */
export function useSearchPages(text: string, filter: Filter, enabled: boolean) {
  const client = useQueryClient()
  const fetchPage = async (page: PageOf) => {
    const found = await call(searchPayments, { querystring: { ...filter, text, ...page } })
    return { ...found, payments: cachePayments(client, found.payments) }
  }
  const options = { placeholderData: keepPreviousData, enabled }
  return usePages([...paymentListsKey, 'search', text, filter], fetchPage, options)
}

/** Everything between me and a UPI ID, newest first. */
export const useThread = (vpa: string) =>
  usePages([...threadsKey, vpa], (querystring) => call(showThread, { params: { vpa }, querystring }))

/** Of a month; while another one is loaded the last one stays. */
export const useSpending = (month: string) =>
  useQuery({
    queryKey: [...spendingKey, month],
    queryFn: () => call(showSpending, { querystring: { month } }),
    placeholderData: keepPreviousData,
  })
