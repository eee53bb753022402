// The records of all events, newest first, with filters; and whether their chain is whole.
import { listRecords, verifyRecords } from '@bahi/contracts/audit.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { formatExactMoment } from '@bahi/web-ui/format/dates.ts'
import { useMutation } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { ProblemNote } from '../../api/problems.tsx'
import { usePages } from '../../api/use-pages.ts'
import { FilterField, useFilters } from '../../components/filters.tsx'
import { SavedViews } from '../../components/saved-views.tsx'
import { Code, Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'

const names = ['type', 'subject', 'source'] as const

export function Component() {
  const t = useText()
  const { language } = useLanguage()
  const { filters, setFilter } = useFilters(names)
  const verifying = useMutation({ mutationFn: () => call(verifyRecords, {}) })
  const list = usePages('before', ['audit', filters], (page: { limit: number; before?: number }) =>
    call(listRecords, { querystring: { ...filters, ...page } }),
  )
  const { data: verdict } = verifying
  return (
    <Page
      title={t('audit.title')}
      width="wide"
      action={
        <Button className="min-h-11 px-4" busy={verifying.isPending} onClick={() => verifying.mutate()}>
          {t('audit.verify')}
        </Button>
      }
    >
      <div role="status">
        {verdict && (
          <p
            className={`rounded-2xl px-4 py-3 ${verdict.whole ? 'bg-good-tint text-good' : 'bg-bad-tint text-bad'}`}
          >
            {verdict.whole
              ? t('audit.whole', { count: verdict.records })
              : t('audit.broken', { count: verdict.faults[0]?.seq ?? 0 })}
          </p>
        )}
      </div>
      <ProblemNote error={verifying.error} />
      <div className="grid gap-4 sm:grid-cols-3">
        {names.map((name) => (
          <FilterField
            key={name}
            label={t(`audit.${name}`)}
            value={filters[name] ?? ''}
            onValue={(value) => setFilter(name, value)}
          />
        ))}
      </div>
      <SavedViews list="audit" filters={filters} />
      <Table
        caption={t('audit.title')}
        list={list}
        rows={list.data?.pages.flatMap(({ records }) => records)}
        keyOf={({ seq }) => String(seq)}
        empty={t('audit.none')}
        columns={[
          [t('audit.at'), ({ at }) => formatExactMoment(language, at)],
          [t('audit.type'), ({ type }) => <strong>{type}</strong>],
          [t('audit.subject'), ({ subject }) => <Code>{subject}</Code>],
          [t('audit.data'), ({ data }) => <Data data={data} />],
        ]}
      />
    </Page>
  )
}

/** Wide, so that a row of it on a phone is not as high as the screen. */
function Data({ data }: { data: unknown }) {
  return (
    <div className="min-w-96">
      <Code>{JSON.stringify(data)}</Code>
    </div>
  )
}
