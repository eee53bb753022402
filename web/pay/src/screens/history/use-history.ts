// What the history asks the services: my payments, a page at a time, filtered by them.
import { listPayments } from '@bahi/contracts/payment.ts'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { filterQuery, type Filter } from './history-filter.ts'

const pageSize = 25

export function useHistory(filter: Filter) {
  return useInfiniteQuery({
    queryKey: ['payments', 'history', filter],
    queryFn: ({ pageParam }) =>
      call(listPayments, {
        querystring: {
          ...filterQuery(filter),
          limit: pageSize,
          ...(pageParam === '' ? {} : { before: pageParam }),
        },
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  })
}
