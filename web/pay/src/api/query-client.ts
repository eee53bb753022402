// The query client: queries are retried and refetched, what moves money is never sent again by itself.
import { Problem } from '@bahi/contracts/problem.ts'
import { QueryClient } from '@tanstack/react-query'

const maxPollMs = 30_000

/** What is waited for is asked for again less and less often. */
export const pollAfterMs = (firstMs: number, times: number) => Math.min(firstMs * 1.3 ** times, maxPollMs)

const retryable = new Set(['unavailable', 'timeout', 'overloaded', 'internal'])

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 24 * 3_600_000,
        networkMode: 'offlineFirst',
        retry: (times, error) => times < 2 && error instanceof Problem && retryable.has(error.code),
      },
      // A payment is never sent again by itself: its screen knows its id and what may be asked.
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}
