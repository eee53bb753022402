// Whom I block and report, and payments that I hide: what the screens ask the services.
import { blockPerson, hidePayment, listBlocked, reportPerson, unblockPerson } from '@bahi/contracts/people.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/client.ts'
import { quotesKey } from '../api/query-keys.ts'
import { paymentsKey } from '../payments/payment-cache.ts'

const key = ['blocked']

export const useBlocked = () =>
  useQuery({ queryKey: key, queryFn: () => call(listBlocked, {}), select: ({ blocked }) => blocked })

export function useBlocking() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ vpa, isBlocked }: { vpa: string; isBlocked: boolean }) =>
      isBlocked ? call(blockPerson, { params: { vpa } }) : call(unblockPerson, { params: { vpa } }),
    // What was known of paying them is no more true either.
    onSuccess: () => Promise.all([key, quotesKey].map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
}

/** `id` is made once for each report: sending it again is the same one. */
export const useReport = () =>
  useMutation({
    mutationFn: ({ id, ...body }: Input<typeof reportPerson>['body'] & { id: string }) =>
      call(reportPerson, { params: { id }, body }),
  })

export function useHiding() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, hidden }: { id: string; hidden: boolean }) =>
      call(hidePayment, { params: { id }, body: { hidden } }),
    onSuccess: () => client.invalidateQueries({ queryKey: paymentsKey }),
  })
}
