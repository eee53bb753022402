// A table of rows, a page at a time: on a narrow screen it scrolls sideways, and keys reach all of it.
import { LoadMore, type MorePages } from '@bahi/web-ui/components/load-more.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { ProblemNote, ProblemState } from '../api/problems.tsx'
import { useText } from '../language/language.ts'

/** `number`: at the right, its digits below one another. */
export type Column<Row> = readonly [heading: string, cell: (row: Row) => ReactNode, kind?: 'number']

const alignment = (kind?: 'number') =>
  kind === 'number' ? 'text-right tabular-nums whitespace-nowrap' : 'first:whitespace-nowrap'

export type Listed = MorePages & { isPending: boolean; error: unknown; refetch: () => Promise<unknown> }

type TableProps<Row> = {
  caption: string
  list: Pick<Listed, 'isPending' | 'error' | 'refetch'> & Partial<MorePages>
  /** Undefined until something is loaded. */
  rows: readonly Row[] | undefined
  keyOf: (row: Row) => string
  columns: readonly Column<Row>[]
  empty: string
}

export function Table<Row>({ caption, list, rows, keyOf, columns, empty }: TableProps<Row>) {
  const t = useText()
  if (list.isPending) return <Skeleton lines={5} />
  if (!rows) return <ProblemState error={list.error} again={() => void list.refetch()} />
  const isEmpty = rows.length === 0
  if (isEmpty && !list.hasNextPage) return <Empty icon="check" title={empty} />
  // Of a search a page without a match can come before one with.
  return (
    <>
      {!isEmpty && (
        <div
          role="region"
          aria-label={caption}
          tabIndex={0}
          className="overflow-x-auto rounded-card border border-line bg-card"
        >
          <table className="w-full text-left text-sm">
            <caption className="sr-only">{caption}</caption>
            <thead>
              <tr className="border-b border-line text-soft">
                {columns.map(([heading, , kind]) => (
                  <th
                    key={heading}
                    scope="col"
                    className={`px-4 py-3 font-medium whitespace-nowrap ${alignment(kind)}`}
                  >
                    {heading}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                // The focus comes by the keys of `app/keys.ts`.
                <tr
                  key={keyOf(row)}
                  tabIndex={-1}
                  className="border-b border-line -outline-offset-2 last:border-b-0 hover:bg-sunk focus:bg-tint"
                >
                  {columns.map(([heading, cell, kind]) => (
                    <td key={heading} className={`px-4 py-2 align-middle max-lg:min-w-32 ${alignment(kind)}`}>
                      {cell(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.isFetchNextPageError && <ProblemNote error={list.error} />}
      {list.fetchNextPage && <LoadMore pages={list as MorePages} text={t('table.more')} auto={false} />}
    </>
  )
}

/** A table with its heading, among others. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-3">
      <h2 className="text-lg font-semibold">{title}</h2>
      {children}
    </section>
  )
}

/** A link in a cell, large enough to touch. */
export function CellLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link to={to} className="inline-flex min-h-11 items-center font-semibold text-accent hover:underline">
      {children}
    </Link>
  )
}

/** Ids and codes, as they are. */
export function Code({ children }: { children: ReactNode }) {
  return <code className="font-mono text-xs break-all">{children}</code>
}
