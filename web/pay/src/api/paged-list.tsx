// How a list that comes a page at a time is shown.
import { LoadMore, type MorePages } from '@bahi/web-ui/components/load-more.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import type { ReactNode } from 'react'
import { ProblemNote, ProblemState } from './problem-states.tsx'

type Listed = MorePages & { isPending: boolean; error: unknown; refetch: () => Promise<unknown> }

/** The end of a list: more of it, and what stood in its way. */
export function MoreOf({ list, text, auto }: { list: Listed; text: string; auto?: boolean }) {
  return (
    <>
      {list.isFetchNextPageError && <ProblemNote error={list.error} />}
      <LoadMore pages={list} text={text} {...(auto === undefined ? {} : { auto })} />
    </>
  )
}

type PagedListProps<Row extends { id: string }> = {
  list: Listed
  /** Undefined until something is loaded. */
  rows: Row[] | undefined
  more: string
  /** In the place of a list without rows. */
  empty: ReactNode
  children: (row: Row) => ReactNode
}

export function PagedList<Row extends { id: string }>({
  list,
  rows,
  more,
  empty,
  children,
}: PagedListProps<Row>) {
  return (
    <>
      {list.isPending && <Skeleton lines={4} />}
      {Boolean(list.error) && !rows && <ProblemState error={list.error} again={() => void list.refetch()} />}
      {rows?.length === 0 && empty}
      {rows && rows.length > 0 && (
        <ul className="-mx-3 flex flex-col">
          {rows.map((row) => (
            <li key={row.id}>{children(row)}</li>
          ))}
        </ul>
      )}
      <MoreOf list={list} text={more} />
    </>
  )
}
