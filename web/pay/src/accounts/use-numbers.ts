// What the screens of UPI numbers ask the services: mine, a new one or another UPI ID for it, switching one off.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { listNumbers, releaseNumber, setNumber } from '@bahi/contracts/upi-numbers.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/client.ts'
import { withStepUp } from '../session/step-up.ts'

export type MyNumber = Output<typeof listNumbers>['numbers'][number]

const key = ['upi-numbers']

export const useMyNumbers = () =>
  useQuery({ queryKey: key, queryFn: () => call(listNumbers, {}), select: ({ numbers }) => numbers })

export function useSetNumber() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ number, vpa }: Input<typeof setNumber>['params'] & { vpa: string }) =>
      withStepUp((proof) => call(setNumber, { params: { number }, body: { vpa, ...proof } })),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
}

export function useReleaseNumber() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (number: string) =>
      withStepUp((proof) => call(releaseNumber, { params: { number }, body: { ...proof } })),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
}
