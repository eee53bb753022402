// Stops of payments by staff, newest first: what each refuses, who set and ended it, and why.
import { endStop, listStops } from '@bahi/contracts/payment-stops.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { call } from '../../api/client.ts'
import { useAgain } from '../../api/use-again.ts'
import { usePages } from '../../api/use-pages.ts'
import { PersonLink } from '../../components/person-link.tsx'
import { ReasonButton } from '../../components/reason-form.tsx'
import { Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useMay } from '../../session/session.ts'
import { SetStop } from './set-stop.tsx'
import { useStopsText } from './stops-texts.ts'

export function Component() {
  const t = useText()
  const own = useStopsText()
  const mayChange = useMay()('stops:change')
  const { language } = useLanguage()
  const again = useAgain(['stops'])
  const list = usePages('before', ['stops'], (page) => call(listStops, { querystring: page }))
  return (
    <Page title={t('stops.title')} width="wide">
      <p className="max-w-prose text-soft">{own('stops.explained')}</p>
      {mayChange && <SetStop />}
      <Table
        caption={t('stops.title')}
        list={list}
        rows={list.data?.pages.flatMap(({ stops }) => stops)}
        keyOf={({ id }) => id}
        empty={own('stops.none')}
        columns={[
          [
            own('stops.scope'),
            ({ scope, handle }) => (
              <strong>{handle === undefined ? own(`stops.${scope}`) : `@${handle}`}</strong>
            ),
          ],
          [
            t('reason.label'),
            ({ reason, message, endReason }) => (
              <>
                <p>{reason}</p>
                {message !== undefined && <p className="text-soft">{message}</p>}
                {endReason !== undefined && <p>{endReason}</p>}
              </>
            ),
          ],
          [own('stops.since'), ({ setAt }) => formatMoment(language, setAt)],
          [own('stops.by'), ({ setBy }) => <PersonLink userId={setBy} />],
          [
            own('stops.ended'),
            ({ endedAt, endedBy }) =>
              endedAt === undefined || endedBy === undefined ? (
                <strong>{own('stops.in-force')}</strong>
              ) : (
                <>
                  {formatMoment(language, endedAt)} <PersonLink userId={endedBy} />
                </>
              ),
          ],
          [
            t('table.actions'),
            ({ id, endedAt }) =>
              mayChange && endedAt === undefined ? (
                <ReasonButton
                  text={own('stops.end')}
                  about={own('stops.end-explained')}
                  onGive={({ reason }) =>
                    call(endStop, { params: { id }, body: { reason: reason.trim() } }).then(() => again())
                  }
                />
              ) : null,
          ],
        ]}
      />
    </Page>
  )
}
