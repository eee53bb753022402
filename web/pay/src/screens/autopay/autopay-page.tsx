// AutoPay: every mandate that I gave or am paid by, the newest first.
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { ProblemState } from '../../api/problem-states.tsx'
import { useText } from '../../language/language.ts'
import { useMandatePages } from '../../mandates/mandate-queries.ts'
import { isPaused, useMandateText } from '../../mandates/mandate-text.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { LoadMore } from '@bahi/web-ui/components/load-more.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'

export function Component() {
  const t = useText()
  const list = useMandatePages()
  const mandates = list.data?.pages.flatMap((page) => page.mandates)
  return (
    <Page title={t('autopay.title')} back="/">
      {list.isPending && <Skeleton lines={4} />}
      {list.error && !mandates && <ProblemState error={list.error} again={() => void list.refetch()} />}
      {mandates?.length === 0 && (
        <Empty icon="calendar" title={t('autopay.none')}>
          <p className="text-soft">{t('autopay.none-hint')}</p>
        </Empty>
      )}
      {mandates && mandates.length > 0 && (
        <ul className="-mx-3 flex flex-col">
          {mandates.map((mandate) => (
            <li key={mandate.id}>
              <MandateRow mandate={mandate} />
            </li>
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <LoadMore
          text={t('requests.more')}
          busy={list.isFetchingNextPage}
          onLoad={() => void list.fetchNextPage()}
        />
      )}
    </Page>
  )
}

const colours = { requested: 'text-wait', active: 'text-good', failed: 'text-bad' } as Record<string, string>

function MandateRow({ mandate }: { mandate: MandateView }) {
  const t = useText()
  const { terms } = useMandateText()
  const { id, status, direction, name } = mandate
  const other = direction === 'payer' ? mandate.payee : mandate.payer
  const shown = status === 'active' && isPaused(mandate) ? 'paused' : status
  return (
    <Row
      to={`/autopay/${id}`}
      left={<Avatar name={other.name} />}
      title={other.name}
      under={
        <>
          <span className="block truncate">{name}</span>
          {terms(mandate)}
        </>
      }
      right={
        <span className={`shrink-0 text-sm ${colours[shown] ?? 'text-soft'}`}>
          {t(`autopay.status-${shown}`)}
        </span>
      }
    />
  )
}
