// The query of a list that comes a page at a time.
import { useInfiniteQuery, type QueryKey } from '@tanstack/react-query'

const pageSize = 50

/** What asks for one page: its length, and the last of the page before. */
type PageOf<By extends 'before' | 'after', Cursor> = { limit: number } & Partial<Record<By, Cursor>>

/** @param by whether a page is asked for by what comes `before` it in time, newest first, or `after`, oldest first */
export const usePages = <
  By extends 'before' | 'after',
  Page extends { next?: Cursor | undefined },
  Cursor extends string | number = string,
>(
  by: By,
  queryKey: QueryKey,
  fetchPage: (page: PageOf<By, Cursor>) => Promise<Page>,
  options: { enabled?: boolean; staleTime?: number } = {},
) =>
  useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) =>
      fetchPage({
        limit: pageSize,
        ...(pageParam === undefined ? {} : { [by]: pageParam }),
      } as PageOf<By, Cursor>),
    initialPageParam: undefined as Cursor | undefined,
    getNextPageParam: ({ next }) => next,
    ...options,
  })
