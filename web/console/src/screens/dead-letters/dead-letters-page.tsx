// Batches of events that a service gave up on, oldest first.
import { listDeadLetters } from '@bahi/contracts/audit.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { CellLink, Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'

export function Component() {
  const t = useText()
  const { language } = useLanguage()
  const list = useQuery({
    queryKey: ['dead-letters'],
    queryFn: () => call(listDeadLetters, { querystring: {} }),
  })
  return (
    <Page title={t('dead-letters.title')} width="wide">
      <Table
        caption={t('dead-letters.title')}
        list={list}
        rows={list.data?.deadLetters}
        keyOf={({ queue, id }) => `${queue} ${id}`}
        empty={t('dead-letters.none')}
        columns={[
          [
            t('dead-letters.queue'),
            ({ queue, id }) => (
              <CellLink to={`/dead-letters/${encodeURIComponent(queue)}/${encodeURIComponent(id)}`}>
                {queue}
              </CellLink>
            ),
          ],
          [t('dead-letters.since'), ({ at }) => formatMoment(language, at)],
          [t('dead-letters.error'), ({ error }) => error],
          [t('dead-letters.events'), ({ events }) => events.map(({ type }) => type).join(', ')],
        ]}
      />
    </Page>
  )
}
