// What the screens of UPI IDs ask the services: suggestions, a new one, which is primary, where one leads, and
// closing one.
import { changeVpa, createVpa, releaseVpa, suggestVpas } from '@bahi/contracts/account.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/client.ts'
import { withStepUp } from '../session/step-up.ts'

/** One person has at most so many. */
export const maxVpas = 5

export const useSuggestions = () =>
  useQuery({
    queryKey: ['vpa-suggestions'],
    queryFn: () => call(suggestVpas, {}),
    select: ({ vpas }) => vpas,
    // What is free now may be taken then.
    gcTime: 0,
  })

export function useCreateVpa() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Input<typeof createVpa>['body']) => call(createVpa, { body }),
    onSuccess: () => invalidate(client),
  })
}

/** Gives an account a UPI ID of those that are free: what it takes to pay from it. */
export function useGiveVpa() {
  const client = useQueryClient()
  return useMutation({
    async mutationFn(accountId: string) {
      const { vpas } = await call(suggestVpas, {})
      const [vpa] = vpas
      if (vpa === undefined) throw new Problem('vpa-taken')
      return call(createVpa, { body: { vpa, accountId } })
    },
    onSuccess: () => invalidate(client),
  })
}

export function useChangeVpa() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ vpa, change }: { vpa: string; change: Input<typeof changeVpa>['body'] }) =>
      call(changeVpa, { params: { vpa }, body: change }),
    onSuccess: () => invalidate(client),
  })
}

export function useReleaseVpa() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (vpa: string) =>
      withStepUp((proof) => call(releaseVpa, { params: { vpa }, body: { ...proof } })),
    onSuccess: () => invalidate(client),
  })
}

const invalidate = (client: ReturnType<typeof useQueryClient>) =>
  Promise.all([
    client.invalidateQueries({ queryKey: ['vpas'] }),
    client.invalidateQueries({ queryKey: ['accounts'] }),
  ])
