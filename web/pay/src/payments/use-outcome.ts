// How a payment that was sent stands: asked until it is known, wherever the person is in the app.
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { useQueries, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { fetchOutcome, findAttempt, isRefusal, useOpenAttempts, type Attempt } from './payment-attempts.ts'
import { cachePayment, refreshPaymentLists } from './payment-cache.ts'
import { usePayment } from './payment-queries.ts'

export const outcomeKey = (id: string) => ['outcome', id] as const

/**
 * `absent`: the services know nothing of it, so that nothing was paid. A refusal is final and kept with what was
 * refused, since the device forgets the attempt.
 */
type Found =
  { is: 'known' | 'absent'; attempt?: Attempt } | { is: 'refused'; attempt?: Attempt; why: unknown }

const outcomeQuery = (client: QueryClient, id: string) => ({
  queryKey: outcomeKey(id),
  async queryFn(): Promise<Found> {
    const attempt = findAttempt(id)
    const sent = attempt ? { attempt } : {}
    try {
      const outcome = await fetchOutcome(id)
      if (outcome.is === 'absent') return { ...outcome, ...sent }
      cachePayment(client, outcome.payment)
      refreshPaymentLists(client)
      return { is: 'known', ...sent }
    } catch (error) {
      if (isRefusal(error)) return { is: 'refused', ...sent, why: error }
      throw error
    }
  },
  staleTime: Infinity,
  retry: true,
  retryDelay: (times: number) => Math.min(1_000 * 2 ** times, 10_000),
})

export type SentPayment = {
  /** What was sent, as far as this device knows it. */
  attempt: Attempt | undefined
  /** Once the services know it: as it is now. */
  payment: PaymentView | undefined
  isAbsent: boolean
  /** Why it was refused; anything else is asked again. */
  refusal: unknown
  /** An answer was lost, and it is asked for. */
  isLost: boolean
  again: () => void
}

/** Follows one payment until it is final. */
export function useOutcome(id: string): SentPayment {
  const client = useQueryClient()
  const { data, failureCount, refetch } = useQuery(outcomeQuery(client, id))
  const isKnown = data?.is === 'known'
  const payment = usePayment(id, isKnown).data
  return {
    attempt: data?.attempt ?? findAttempt(id),
    payment: isKnown ? payment : undefined,
    isAbsent: data?.is === 'absent',
    refusal: data?.is === 'refused' ? data.why : undefined,
    isLost: failureCount > 0,
    again: () => void refetch(),
  }
}

/** Asks for the outcome of every payment that was sent and not answered, from whatever screen. */
export function useFollowAttempts(): void {
  const client = useQueryClient()
  const attempts = useOpenAttempts()
  useQueries({ queries: attempts.map(({ id }) => outcomeQuery(client, id)) })
}
