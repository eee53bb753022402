// Payments by one search box, newest first; without a search those in doubt.
import { findPayments } from '@bahi/contracts/look-up.ts'
import { lookUpPerson } from '@bahi/contracts/person-look-up.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { checkOpenPayments } from '@bahi/contracts/reconciliation.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { formatExactMoment } from '@bahi/web-ui/format/dates.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { ProblemNote } from '../../api/problems.tsx'
import { usePages } from '../../api/use-pages.ts'
import { useFilters } from '../../components/filters.tsx'
import { PersonLink } from '../../components/person-link.tsx'
import { SearchBox } from '../../components/search-box.tsx'
import { statusText } from '../../components/status-text.ts'
import { CellLink, Code, Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { PaymentCharts } from '../../payment-charts/lazy-charts.tsx'
import { useMay } from '../../session/session.ts'
import { readSearch } from '../../components/search.ts'
import { Disclosure } from '../../components/disclosure.tsx'

export function Component() {
  const t = useText()
  const { language } = useLanguage()
  const may = useMay()
  const { filters, setFilter } = useFilters(['q'])
  const { q = '' } = filters
  const search = readSearch(q)
  const isUnreadable = q !== '' && !search
  const client = useQueryClient()
  // Who has a number is looked up, which is on record, once and not for each page.
  const personOf = (phone: string) =>
    client.ensureQueryData({
      queryKey: ['person', phone],
      queryFn: () => call(lookUpPerson, { querystring: { phone } }),
    })
  const list = usePages(
    'before',
    ['payments', q],
    async (page) => {
      const by =
        search?.by === 'phone' ? await personOf(search.value) : search && { [search.by]: search.value }
      return call(findPayments, { querystring: { ...by, ...page } })
    },
    { enabled: !isUnreadable },
  )
  return (
    <Page title={t('payments.title')} width="wide" action={q === '' && <CheckButton />}>
      <SearchBox
        searched={q}
        label={t('payments.search')}
        hint={t('payments.search-hint')}
        fault={isUnreadable ? t('payments.search-wrong') : undefined}
        onSearch={(typed) => setFilter('q', typed)}
      />
      {q === '' && may('payments:count') && (
        <Disclosure text={t('payments.over-time')}>
          <PaymentCharts />
        </Disclosure>
      )}
      {!isUnreadable && (
        <>
          <h2 className="text-lg font-semibold">{t(q === '' ? 'payments.in-doubt' : 'payments.found')}</h2>
          <Table
            caption={t('payments.title')}
            list={list}
            rows={list.data?.pages.flatMap(({ payments }) => payments)}
            keyOf={({ id }) => id}
            empty={t(q === '' ? 'payments.none-in-doubt' : 'payments.none')}
            columns={[
              [
                t('payments.at'),
                ({ id, createdAt }) => (
                  <CellLink to={`/payments/${id}`}>{formatExactMoment(language, createdAt)}</CellLink>
                ),
              ],
              [t('payments.amount'), ({ amountPaise }) => formatRupees(amountPaise), 'number'],
              [t('table.state'), (payment) => statusText(t, payment)],
              [t('payments.payer'), ({ payer }) => <PersonLink userId={payer.userId} text={payer.vpa} />],
              [t('payments.payee'), ({ payee }) => <PersonLink userId={payee.userId} text={payee.vpa} />],
              ['RRN', ({ rrn }) => <Code>{rrn}</Code>],
            ]}
          />
        </>
      )}
    </Page>
  )
}

/** Asks the network again for all payments in doubt. */
function CheckButton() {
  const t = useText()
  const may = useMay()
  const checking = useMutation({ mutationFn: () => call(checkOpenPayments, { body: {} }) })
  if (!may('payments:check')) return null
  return (
    <div className="flex items-center gap-3">
      <p role="status" className="text-sm text-soft">
        {checking.data && t('payments.asked', { count: checking.data.asked })}
      </p>
      <ProblemNote error={checking.error} />
      <Button
        look="quiet"
        className="min-h-11 px-4"
        busy={checking.isPending}
        onClick={() => checking.mutate()}
      >
        {t('payments.check')}
      </Button>
    </div>
  )
}
