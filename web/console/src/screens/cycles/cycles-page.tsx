// Settlement cycles that were reconciled, newest first: totals of the network and of our books, and what differs.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { listCycles } from '@bahi/contracts/reconciliation.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { call } from '../../api/client.ts'
import { usePages } from '../../api/use-pages.ts'
import { CellLink, Code, Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'

export function Component() {
  const t = useText()
  const { language } = useLanguage()
  const list = usePages('before', ['cycles'], (page) => call(listCycles, { querystring: page }))
  return (
    <Page title={t('cycles.title')} width="wide">
      <Table
        caption={t('cycles.title')}
        list={list}
        rows={list.data?.pages.flatMap(({ cycles }) => cycles)}
        keyOf={({ id }) => id}
        empty={t('cycles.none')}
        columns={[
          [t('differences.cycle'), ({ id }) => <Code>{id}</Code>],
          [t('cycles.ended'), ({ to }) => formatMoment(language, to)],
          [t('cycles.matched'), ({ matched }) => String(matched), 'number'],
          [t('differences.network'), ({ networkNetPaise }) => formatRupees(networkNetPaise), 'number'],
          [t('differences.ledger'), ({ ledgerNetPaise }) => formatRupees(ledgerNetPaise), 'number'],
          [
            t('differences.open'),
            ({ open }) => (open === 0 ? '0' : <CellLink to="/differences">{String(open)}</CellLink>),
            'number',
          ],
          [t('cycles.reconciled'), ({ reconciledAt }) => formatMoment(language, reconciledAt)],
        ]}
      />
    </Page>
  )
}
