// The queue of submissions by which people prove who they are: those that wait longest first.
import { listKycReviews } from '@bahi/contracts/kyc.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Select } from '@bahi/web-ui/components/select.tsx'
import { formatAge } from '@bahi/web-ui/format/dates.ts'
import { call } from '../../api/client.ts'
import { usePages } from '../../api/use-pages.ts'
import { useFilters } from '../../components/filters.tsx'
import { SavedViews } from '../../components/saved-views.tsx'
import { CellLink, Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'

const statuses = ['submitted', 'in-review', 'revision', 'approved', 'rejected'] as const

export function Component() {
  const t = useText()
  const { language } = useLanguage()
  const { filters, setFilter } = useFilters(['status'])
  const status = statuses.find((one) => one === filters.status) ?? 'submitted'
  const list = usePages('after', ['kyc', status], (page) =>
    call(listKycReviews, { querystring: { status, ...page } }),
  )
  return (
    <Page title={t('kyc.title')} width="wide">
      <div className="max-w-xs">
        <Select label={t('table.state')} value={status} onValue={(value) => setFilter('status', value)}>
          {statuses.map((one) => (
            <option key={one} value={one}>
              {t(`kyc.status-${one}`)}
            </option>
          ))}
        </Select>
      </div>
      <SavedViews list="kyc" filters={filters} />
      <Table
        caption={t('kyc.title')}
        list={list}
        rows={list.data?.pages.flatMap(({ reviews }) => reviews)}
        keyOf={({ id }) => id}
        empty={t('kyc.none')}
        columns={[
          [t('kyc.name'), ({ id, name }) => <CellLink to={`/kyc/${id}`}>{name}</CellLink>],
          [t('kyc.tier'), ({ tier }) => t(`kyc.tier-${tier}`)],
          [t('kyc.waits'), ({ submittedAt }) => formatAge(language, submittedAt, Date.now())],
          [t('kyc.second'), ({ needsSecond }) => t(needsSecond ? 'kyc.yes' : 'kyc.no')],
        ]}
      />
    </Page>
  )
}
