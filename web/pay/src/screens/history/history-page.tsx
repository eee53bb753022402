// All my payments, newest first, by months: searched, filtered, and loaded as one goes back in time.
import { useEffect, useState } from 'react'
import { useSearchParams } from 'react-router'
import { useLanguage, useText } from '../../language/language.ts'
import { shortRupees } from '@bahi/web-ui/format/rupees.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { monthsOf, searchPayments, type Month } from '../../payments/payment-list.ts'
import { usePaymentPages } from '../../payments/payment-queries.ts'
import { PaymentRows } from '../../payments/payment-rows.tsx'
import { Empty, Note, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { MoreOf } from '../../api/paged-list.tsx'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { formatMonth } from '@bahi/web-ui/format/dates.ts'
import { FilterChips } from './filter-chips.tsx'
import { FilterSheet } from './filter-sheet.tsx'
import { useSearchPages } from '../../insight/insight-queries.ts'
import { filterQuery, parseFilter, type Filter } from './history-filter.ts'

export function Component() {
  const t = useText()
  const [query, setQuery] = useSearchParams()
  const [search, setSearch] = useState('')
  const isOnline = useOnline()
  const [isOpen, setIsOpen] = useState(false)
  const filter = parseFilter(query)
  const count = Object.keys(filter).length
  const loaded = usePaymentPages(filterQuery(filter))
  const all = loaded.data?.pages.flatMap(({ payments }) => payments)
  const text = useSettled(search.trim())
  // What is not loaded, the service looks through.
  const hasMore = search.trim() !== '' && loaded.hasNextPage
  const isAsked = hasMore && isOnline
  const found = useSearchPages(text, filterQuery(filter), isAsked && text !== '')
  const isFound = isAsked && text === search.trim() && found.data !== undefined && !found.isPlaceholderData
  const history = isFound ? found : loaded
  const isSearching = isAsked && !isFound && !found.error
  const shown = isFound
    ? found.data?.pages.flatMap(({ payments }) => payments)
    : all && searchPayments(all, search)
  const isChosen = count > 0 || search !== ''
  const change = (to: Filter) => setQuery(new URLSearchParams(to), { replace: true })
  return (
    <Page title={t('history.title')}>
      <div className="flex items-end gap-2">
        <Field
          className="min-w-0 flex-1"
          label={t('history.search')}
          type="search"
          enterKeyHint="search"
          autoComplete="off"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
          before={<Icon name="search" className="size-5" />}
        />
        <Button look="quiet" aria-haspopup="dialog" onClick={() => setIsOpen(true)} className="min-h-13 px-5">
          {t('history.filter')}
          {count > 0 && (
            <span className="grid size-6 place-items-center rounded-full bg-accent text-sm text-on-accent">
              {count}
            </span>
          )}
        </Button>
      </div>
      <FilterChips filter={filter} onChange={change} />
      <FilterSheet
        open={isOpen}
        filter={filter}
        onClose={() => setIsOpen(false)}
        onChange={(to) => {
          setIsOpen(false)
          change(to)
        }}
      />
      <nav aria-label={t('history.title')} className="flex gap-2">
        <LinkButton to="/history/spending" look="quiet" className="min-h-11 flex-1 px-3">
          <Icon name="gauge" className="size-5" />
          {t('spending.title')}
        </LinkButton>
        <LinkButton to="/history/statement" look="quiet" className="min-h-11 flex-1 px-3">
          <Icon name="page" className="size-5" />
          {t('statement.title')}
        </LinkButton>
      </nav>
      {loaded.isPending && <Skeleton lines={6} />}
      {loaded.error && !all && <ProblemState error={loaded.error} again={() => void loaded.refetch()} />}
      {hasMore && !isOnline && <Note tone="wait">{t('history.offline')}</Note>}
      {isAsked && <ProblemNote error={found.error} />}
      {isSearching && (
        <p role="status" className="animate-pulse text-soft">
          {t('history.searching')}
        </p>
      )}
      {all?.length === 0 && count === 0 && (
        <Empty icon="clock" title={t('history.empty')}>
          <p className="text-soft">{t('history.empty-more')}</p>
          <LinkButton to="/pay">{t('history.pay')}</LinkButton>
        </Empty>
      )}
      {shown?.length === 0 && !isSearching && !(all?.length === 0 && count === 0) && (
        <Empty icon="search" title={t('history.no-match')}>
          <p className="text-soft">
            {t(search && history.hasNextPage ? 'history.no-match-yet' : 'history.no-match-more')}
          </p>
          {count > 0 && (
            <Button look="quiet" onClick={() => change({})}>
              {t('history.clear')}
            </Button>
          )}
        </Empty>
      )}
      <p role="status" className="sr-only">
        {shown && search && t('history.found', { count: shown.length })}
      </p>
      <div
        aria-busy={loaded.isPlaceholderData || isSearching}
        className={loaded.isPlaceholderData ? 'opacity-60' : ''}
      >
        {shown &&
          monthsOf(shown, history.hasNextPage).map((month) => (
            <MonthSection key={month.month} {...month} isChosen={isChosen} />
          ))}
      </div>
      <MoreOf
        list={history}
        text={t(search === '' ? 'history.older' : 'history.search-older')}
        auto={search === ''}
      />
      <LinkButton to="/history/hidden" look="bare">
        {t('people.hidden')}
      </LinkButton>
    </Page>
  )
}

const settleMs = 300

/** What was typed, once it stands still. */
function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), settleMs)
    return () => clearTimeout(timer)
  }, [typed])
  return settled
}

const monthLine = 'flex flex-wrap items-baseline justify-between gap-x-4'

/** `isChosen`: by a filter or a search, so that the sums are not those of the month. */
function MonthSection({
  month,
  payments,
  spentPaise,
  receivedPaise,
  isWhole,
  isChosen,
}: Month & { isChosen: boolean }) {
  const t = useText()
  const { language } = useLanguage()
  return (
    <section aria-labelledby={`month-${month}`} className="mb-4">
      <div className={`${monthLine} sticky top-0 z-10 border-b border-line bg-paper py-2`}>
        <h2 id={`month-${month}`} className="font-semibold">
          {formatMonth(language, month)}
        </h2>
        <p className="flex flex-wrap gap-x-3 text-sm text-soft">
          <span>{t('history.spent', { amount: shortRupees(spentPaise) })}</span>
          <span>{t('history.received', { amount: shortRupees(receivedPaise) })}</span>
          {(isChosen || !isWhole) && <span>{t(isChosen ? 'history.of-filtered' : 'history.so-far')}</span>}
        </p>
      </div>
      <PaymentRows payments={payments} />
    </section>
  )
}
