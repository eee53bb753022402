// Lists of disconnected mobile numbers that were uploaded, newest first, and what became of their rows.
import { listRevokedNumbers } from '@bahi/contracts/revoked-numbers.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { formatDay, formatMoment } from '@bahi/web-ui/format/dates.ts'
import { call } from '../../api/client.ts'
import { usePages } from '../../api/use-pages.ts'
import { PersonLink } from '../../components/person-link.tsx'
import { Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useMay } from '../../session/session.ts'
import { useRevokedText } from './revoked-numbers-texts.ts'
import { UploadList } from './upload-list.tsx'

export function Component() {
  const t = useText()
  const own = useRevokedText()
  const may = useMay()
  const { language } = useLanguage()
  const list = usePages('before', ['revoked-numbers'], (page) =>
    call(listRevokedNumbers, { querystring: page }),
  )
  return (
    <Page title={t('revoked-numbers.title')} width="wide">
      <p className="max-w-prose text-soft">{own('revoked.about')}</p>
      {may('revoked-numbers:upload') && <UploadList />}
      <Table
        caption={t('revoked-numbers.title')}
        list={list}
        rows={list.data?.pages.flatMap(({ lists }) => lists)}
        keyOf={({ id }) => id}
        empty={own('revoked.none')}
        columns={[
          [
            own('revoked.listed-on'),
            ({ listedOn, sentAgainOf: of }) =>
              of === undefined || of === listedOn
                ? formatDay(language, listedOn)
                : own('revoked.again', {
                    day: formatDay(language, listedOn),
                    again: formatDay(language, of),
                  }),
          ],
          [own('revoked.uploaded'), ({ uploadedAt }) => formatMoment(language, uploadedAt)],
          [
            own('revoked.by'),
            ({ uploadedBy }) =>
              uploadedBy === undefined ? own('revoked.feed') : <PersonLink userId={uploadedBy} />,
          ],
          [own('revoked.part'), ({ part, parts }) => `${part} / ${parts}`],
          [own('revoked.rows'), ({ rows }) => String(rows), 'number'],
          [own('revoked.hit'), ({ revoked }) => String(revoked), 'number'],
          [own('revoked.already'), ({ alreadyRevoked }) => String(alreadyRevoked), 'number'],
          [own('revoked.proven'), ({ provenSince }) => String(provenSince), 'number'],
          [
            own('revoked.refused'),
            ({ refused, refusedLines }) =>
              refused === 0 ? (
                '0'
              ) : (
                <details>
                  <summary className="min-h-11 content-center">{refused}</summary>
                  <ul>
                    {refusedLines.map(({ line, ending, why }) => (
                      <li key={line} className="whitespace-nowrap">
                        {own('revoked.line', { line: String(line), ending, why: own(`revoked.why-${why}`) })}
                      </li>
                    ))}
                  </ul>
                </details>
              ),
          ],
        ]}
      />
    </Page>
  )
}
