// AutoPay that other apps keep, of the accounts that are linked here: to look at.
import { ProblemState } from '../../api/problem-states.tsx'
import { useMandatesElsewhere } from '../../mandates/mandate-queries.ts'
import { useMandateText } from '../../mandates/mandate-text.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Card, Row } from '@bahi/web-ui/components/card.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { useElsewhereText } from './elsewhere-texts.ts'

export function Component() {
  const e = useElsewhereText()
  const { terms } = useMandateText()
  const list = useMandatesElsewhere()
  return (
    <Page title={e('autopay-elsewhere.title')} back="/autopay">
      {list.isPending && <Skeleton />}
      {list.error && !list.data && <ProblemState error={list.error} again={() => void list.refetch()} />}
      {list.data?.length === 0 && (
        <Empty icon="calendar" title={e('autopay-elsewhere.none')}>
          <p className="text-soft">{e('autopay-elsewhere.none-hint')}</p>
        </Empty>
      )}
      {list.data && list.data.length > 0 && (
        <Card>
          <ul>
            {list.data.map((mandate) => (
              <li key={mandate.umn}>
                <Row
                  to={`/autopay/elsewhere/${mandate.umn}`}
                  left={<Avatar name={mandate.payee.name} />}
                  title={mandate.payee.name}
                  under={
                    <>
                      <span className="block truncate">{mandate.name}</span>
                      {terms(mandate)}
                    </>
                  }
                  right={<span className="shrink-0 text-sm text-soft">{mandate.app}</span>}
                />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </Page>
  )
}
