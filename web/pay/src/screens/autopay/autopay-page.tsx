// AutoPay: every mandate that I gave or am paid by, the newest first.
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { PagedList } from '../../api/paged-list.tsx'
import { useText } from '../../language/language.ts'
import { useMandatePages } from '../../mandates/mandate-queries.ts'
import { statusColour, statusFor, useMandateText } from '../../mandates/mandate-text.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'
import { useElsewhereText } from './elsewhere-texts.ts'

export function Component() {
  const t = useText()
  const e = useElsewhereText()
  const list = useMandatePages()
  return (
    <Page
      title={t('autopay.title')}
      back="/"
      action={
        <LinkButton to="/autopay/new" look="quiet" className="px-4">
          <Icon name="plus" className="size-5" />
          {t('schedules.new')}
        </LinkButton>
      }
    >
      <PagedList
        list={list}
        rows={list.data?.pages.flatMap((page) => page.mandates)}
        more={t('requests.more')}
        empty={
          <Empty icon="calendar" title={t('autopay.none')}>
            <p className="text-soft">{t('autopay.none-hint')}</p>
            <LinkButton to="/autopay/new">{t('autopay.make')}</LinkButton>
          </Empty>
        }
      >
        {(mandate) => <MandateRow mandate={mandate} />}
      </PagedList>
      <LinkButton to="/autopay/elsewhere" look="quiet">
        {e('autopay-elsewhere.open')}
      </LinkButton>
    </Page>
  )
}

function MandateRow({ mandate }: { mandate: MandateView }) {
  const t = useText()
  const { terms } = useMandateText()
  const { id, direction, name } = mandate
  const other = direction === 'payer' ? mandate.payee : mandate.payer
  const shown = statusFor(mandate)
  return (
    <Row
      to={`/autopay/${id}`}
      left={<Avatar name={other.name} />}
      title={t(direction === 'payer' ? 'payment.to-name' : 'payment.from-name', { name: other.name })}
      under={
        <>
          <span className="block truncate">{name}</span>
          {terms(mandate)}
        </>
      }
      right={
        <span className={`shrink-0 text-sm ${statusColour(shown)}`}>{t(`autopay.status-${shown}`)}</span>
      }
    />
  )
}
