// The query of a list that comes a page at a time.
import { useInfiniteQuery, type QueryKey } from '@tanstack/react-query'

const pageSize = 25

/** What asks for one page: its length, and the last of the page before. */
export type PageOf = { limit: number; before?: string }
type Options<T> = { placeholderData?: (before: T | undefined) => T | undefined; enabled?: boolean }

/** Newest first, a page at a time. */
export const usePages = <P extends { next?: string }>(
  queryKey: QueryKey,
  fetchPage: (page: PageOf) => Promise<P>,
  options: Options<{ pages: P[]; pageParams: string[] }> = {},
) =>
  useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => fetchPage({ limit: pageSize, ...(pageParam && { before: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    ...options,
  })
