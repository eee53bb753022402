// The query client: reads are tried again and kept for seconds; what changes something is never sent again by itself.
import { Problem } from '@bahi/contracts/problem.ts'
import { QueryClient } from '@tanstack/react-query'

const retryable = new Set(['unavailable', 'timeout', 'overloaded', 'internal'])

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        gcTime: 5 * 60_000,
        // Every read is on record: a window that gets the focus asks for nothing.
        refetchOnWindowFocus: false,
        retry: (times, error) => times < 2 && error instanceof Problem && retryable.has(error.code),
      },
      // Without a network it fails at once, rather than happen later when nobody looks.
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}
