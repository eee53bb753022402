// The queries and answers of payment requests. All keys begin with `requests`: the live stream refreshes them together.
import {
  cancelRequest,
  declineRequest,
  listRequests,
  makeRequest,
  remindOfRequest,
  showRequest,
  showRequestRules,
  type RequestView,
} from '@bahi/contracts/requests.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/client.ts'
import { useIdFor } from '../api/use-id-for.ts'
import { usePages } from '../api/use-pages.ts'

const root = 'requests'
/** Of every query below. */
export const requestsKey = [root] as const
/** As many as a person looks at on the home screen. */
const openCount = 20

export type Direction = RequestView['direction']

export const otherOf = ({ direction, payer, payee }: Pick<RequestView, 'direction' | 'payer' | 'payee'>) =>
  direction === 'sent' ? payer : payee

/** Newest first, a page at a time. */
export const useRequestPages = (direction: Direction) =>
  usePages([root, 'pages', direction], (page) => call(listRequests, { querystring: { direction, ...page } }))

/** The requests that wait for my answer. */
export const useOpenRequests = () =>
  useQuery({
    queryKey: [root, 'open'],
    queryFn: () =>
      call(listRequests, { querystring: { direction: 'received', status: 'pending', limit: openCount } }),
    select: ({ requests }) => requests,
  })

export const requestQuery = (id: string) => ({
  queryKey: [root, id],
  queryFn: () => call(showRequest, { params: { id } }),
})

export const useRequest = (id: string) => useQuery(requestQuery(id))

export const useRequestRules = () =>
  useQuery({ queryKey: [root, 'rules'], queryFn: () => call(showRequestRules, {}), staleTime: 3_600_000 })

/** Declines, cancels or reminds; what is shown of requests changes with the answer. */
export function useAnswerRequest(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (answer: 'decline' | 'block' | 'cancel' | 'remind') => {
      const params = { id }
      if (answer === 'cancel') return call(cancelRequest, { params })
      if (answer === 'remind') return call(remindOfRequest, { params })
      return call(declineRequest, { params, body: { block: answer === 'block' } })
    },
    onSettled: () => client.invalidateQueries({ queryKey: requestsKey }),
  })
}

type NewRequest = Input<typeof makeRequest>['body']

export function useMakeRequest() {
  const client = useQueryClient()
  const idFor = useIdFor()
  return useMutation({
    mutationFn: (body: NewRequest) => call(makeRequest, { params: { id: idFor(body) }, body }),
    onSuccess: () => client.invalidateQueries({ queryKey: requestsKey }),
  })
}
