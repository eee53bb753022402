// What the network and our books do not agree on, oldest first; one is closed by hand with a reason.
import { closeDifference, differenceKinds, listDifferences } from '@bahi/contracts/reconciliation.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Select } from '@bahi/web-ui/components/select.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { useQueryClient } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { usePages } from '../../api/use-pages.ts'
import { useFilters } from '../../components/filters.tsx'
import { ReasonButton } from '../../components/reason-form.tsx'
import { SavedViews } from '../../components/saved-views.tsx'
import { Code, Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useMay } from '../../session/session.ts'

const key = ['differences'] as const
const states = ['open', 'closed'] as const
const amount = (paise: number | undefined) => (paise === undefined ? '–' : formatRupees(paise))

export function Component() {
  const t = useText()
  const may = useMay()
  const { language } = useLanguage()
  const client = useQueryClient()
  const { filters, setFilter } = useFilters(['state', 'kind'])
  const state = states.find((one) => one === filters.state) ?? 'open'
  const kind = differenceKinds.find((one) => one === filters.kind)
  const list = usePages('after', [...key, state, kind], (page) =>
    call(listDifferences, { querystring: { state, ...(kind && { kind }), ...page } }),
  )
  const canClose = may('reconciliation:handle') && state === 'open'
  return (
    <Page title={t('differences.title')} width="wide">
      <div className="grid max-w-xl gap-4 sm:grid-cols-2">
        <Select label={t('table.state')} value={state} onValue={(value) => setFilter('state', value)}>
          {states.map((one) => (
            <option key={one} value={one}>
              {t(`differences.${one}`)}
            </option>
          ))}
        </Select>
        <Select
          label={t('differences.kind')}
          value={kind ?? ''}
          onValue={(value) => setFilter('kind', value)}
        >
          <option value="">{t('table.all')}</option>
          {differenceKinds.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </Select>
      </div>
      <SavedViews list="differences" filters={filters} />
      <Table
        caption={t('differences.title')}
        list={list}
        rows={list.data?.pages.flatMap(({ differences }) => differences)}
        keyOf={({ id }) => id}
        empty={t('differences.none')}
        columns={[
          [t('differences.kind'), (row) => <strong>{row.kind}</strong>],
          [t('differences.cycle'), (row) => row.cycle],
          [
            t('differences.txn'),
            (row) => <Code>{row.rrn === undefined ? row.txnId : `${row.txnId} ${row.rrn}`}</Code>,
          ],
          [t('differences.side'), (row) => row.side],
          [t('differences.network'), (row) => amount(row.networkPaise), 'number'],
          [t('differences.ledger'), (row) => amount(row.ledgerPaise), 'number'],
          [t('differences.opened'), (row) => formatMoment(language, row.openedAt)],
          [
            t('table.actions'),
            (row) =>
              canClose ? (
                <ReasonButton
                  text={t('differences.close')}
                  onGive={({ reason }) =>
                    call(closeDifference, { params: { id: row.id }, body: { note: reason } }).then(() =>
                      client.invalidateQueries({ queryKey: key }),
                    )
                  }
                />
              ) : (
                row.note
              ),
          ],
        ]}
      />
    </Page>
  )
}
