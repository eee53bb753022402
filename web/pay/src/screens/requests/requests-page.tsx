// Payment requests: who asks me, whom I asked, and the way to ask somebody.
import type { RequestView } from '@bahi/contracts/requests.ts'
import { useSearchParams } from 'react-router'
import { useLanguage, useText } from '../../language/language.ts'
import { otherOf, useRequestPages, type Direction } from '../../requests/request-queries.ts'
import { RequestStatusText } from '../../requests/request-status.tsx'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Choice } from '@bahi/web-ui/components/choice.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'
import { formatShortMoment } from '@bahi/web-ui/format/dates.ts'
import { shortRupees } from '@bahi/web-ui/format/rupees.ts'
import { PagedList } from '../../api/paged-list.tsx'

export function Component() {
  const t = useText()
  const [query, setQuery] = useSearchParams()
  const direction: Direction = query.get('show') === 'sent' ? 'sent' : 'received'
  const list = useRequestPages(direction)
  return (
    <Page
      title={t('requests.title')}
      back="/"
      action={
        <LinkButton to="/requests/new" look="quiet" className="px-4">
          <Icon name="plus" className="size-5" />
          {t('requests.new')}
        </LinkButton>
      }
    >
      <div className="-mx-3">
        <Choice
          quiet
          label={t('requests.show')}
          options={[
            { value: 'received', text: t('requests.received') },
            { value: 'sent', text: t('requests.sent') },
          ]}
          value={direction}
          onChange={(show) => setQuery(show === 'sent' ? { show } : {}, { replace: true })}
        />
      </div>
      <PagedList
        list={list}
        rows={list.data?.pages.flatMap((page) => page.requests)}
        more={t('requests.more')}
        empty={
          <Empty icon="receive" title={t(`requests.none-${direction}`)}>
            <p className="text-soft">{t(`requests.none-${direction}-hint`)}</p>
            <LinkButton to="/requests/new">{t('requests.ask')}</LinkButton>
          </Empty>
        }
      >
        {(request) => <RequestRow request={request} />}
      </PagedList>
    </Page>
  )
}

export function RequestRow({ request }: { request: RequestView }) {
  const { language } = useLanguage()
  const { id, amountPaise, note, createdAt } = request
  const { name } = otherOf(request)
  return (
    <Row
      to={`/requests/${id}`}
      left={<Avatar name={name} />}
      title={name}
      under={
        <>
          {formatShortMoment(language, createdAt)}
          {note && <span className="block truncate">{note}</span>}
        </>
      }
      right={
        <span className="shrink-0 text-right">
          <span className="block font-semibold tabular-nums">{shortRupees(amountPaise)}</span>
          <span className="block text-sm">
            <RequestStatusText request={request} />
          </span>
        </span>
      }
    />
  )
}
