// Everything between me and one person: what was paid and asked for each way, newest first.
import { normaliseVpa, splitVpa, vpaText } from '@bahi/contracts/formats.ts'
import type { ThreadItem } from '@bahi/contracts/insight.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import type { RequestView } from '@bahi/contracts/requests.ts'
import type { ReactNode } from 'react'
import { Link, useParams } from 'react-router'
import { MoreOf } from '../../api/paged-list.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { useContacts } from '../../contacts/my-contacts.ts'
import { useThread } from '../../insight/insight-queries.ts'
import { useLanguage, useText } from '../../language/language.ts'
import { otherOf } from '../../requests/request-queries.ts'
import { RequestStatusText } from '../../requests/request-status.tsx'
import { counterpartyOf } from '../../payments/payment-list.ts'
import { payPath } from '../../payments/pay-path.ts'
import { groupBy } from '@bahi/web-ui/browser/group-by.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatMonth, formatShortMoment, isoDateIndia } from '@bahi/web-ui/format/dates.ts'
import { shortRupees } from '@bahi/web-ui/format/rupees.ts'

export function Component() {
  const t = useText()
  const { vpa = '' } = useParams()
  if (splitVpa(vpa)) return <Thread vpa={normaliseVpa(vpa)} />
  return (
    <Page title={vpa} back="/history">
      <Empty icon="search" title={t('thread.not-found')}>
        <LinkButton to="/history" look="quiet" replace>
          {t('history.title')}
        </LinkButton>
      </Empty>
    </Page>
  )
}

function Thread({ vpa }: { vpa: string }) {
  const t = useText()
  const { language } = useLanguage()
  const list = useThread(vpa)
  const items = list.data?.pages.flatMap((page) => page.items)
  const name = useNameOf(vpa, items)
  const months = [...groupBy(items ?? [], ({ at }) => isoDateIndia(at).slice(0, 7))]
  return (
    <Page
      title={name}
      back="/history"
      footer={
        <div className="flex gap-2 *:flex-1">
          <LinkButton to={`/requests/new/${encodeURIComponent(vpa)}`} look="quiet">
            {t('thread.request')}
          </LinkButton>
          <LinkButton to={payPath({ vpa })}>{t('requests.pay')}</LinkButton>
        </div>
      }
    >
      <div className="flex items-center gap-3">
        <Avatar name={name} />
        <p className="min-w-0 text-soft break-all">{vpaText(vpa)}</p>
      </div>
      {list.isPending && <Skeleton lines={4} />}
      {list.error && !items && <ProblemState error={list.error} again={() => void list.refetch()} />}
      {items?.length === 0 && !list.hasNextPage && (
        <Empty icon="clock" title={t('thread.none')}>
          <p className="text-soft">{t('thread.none-text')}</p>
        </Empty>
      )}
      {months.map(([month, ones]) => (
        <section key={month} aria-labelledby={`month-${month}`} className="flex flex-col gap-3">
          <h2 id={`month-${month}`} className="text-center text-sm font-semibold text-soft">
            {formatMonth(language, month)}
          </h2>
          <ul className="flex flex-col gap-3">
            {ones.map(({ payment, request }) =>
              payment ? (
                <PaymentBubble key={payment.id} payment={payment} />
              ) : request ? (
                <RequestBubble key={request.id} request={request} />
              ) : null,
            )}
          </ul>
        </section>
      ))}
      <MoreOf list={list} text={t('history.older')} />
    </Page>
  )
}

/** As I call them, or as their bank does; their UPI ID until something is known. */
function useNameOf(vpa: string, items: ThreadItem[] | undefined): string {
  const contact = useContacts().contacts.find((one) => one.vpa === vpa)
  const known = items?.flatMap(({ payment, request }) =>
    payment ? counterpartyOf(payment).name : request ? otherOf(request).name : [],
  )
  return contact?.name ?? known?.[0] ?? vpaText(vpa)
}

type BubbleProps = {
  to: string
  /** Of what I did, on my side. */
  isMine: boolean
  what: string
  amountPaise: number
  note: string | undefined
  at: string
  status: ReactNode
  /** Of what moved no money. */
  isVoid?: boolean
}

function Bubble({ to, isMine, what, amountPaise, note, at, status, isVoid = false }: BubbleProps) {
  const { language } = useLanguage()
  return (
    <li className={`flex ${isMine ? 'justify-end' : ''}`}>
      <Link
        to={to}
        className={`flex w-4/5 max-w-80 flex-col gap-1 rounded-card border border-line px-5 py-4 hover:brightness-95 dark:hover:brightness-110 ${isMine ? 'rounded-br-sm bg-sunk' : 'rounded-bl-sm bg-card'}`}
      >
        <span className="text-sm text-soft">{what} </span>
        <span className={`text-2xl font-bold tabular-nums ${isVoid ? 'text-soft line-through' : ''}`}>
          {shortRupees(amountPaise)}{' '}
        </span>
        {note && <span className="break-words">{note} </span>}
        <span className="flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
          {status}
          <span className="text-soft"> {formatShortMoment(language, at)}</span>
        </span>
      </Link>
    </li>
  )
}

const colours = { settled: 'text-good', pending: 'text-wait', failed: 'text-bad' } as const

function PaymentBubble({ payment }: { payment: PaymentView }) {
  const t = useText()
  const { id, direction, status, amountPaise, note, createdAt } = payment
  const isMine = direction === 'debit'
  return (
    <Bubble
      {...{ to: `/payments/${id}`, isMine, amountPaise, note, at: createdAt }}
      what={t(status !== 'settled' ? 'thread.mine' : isMine ? 'thread.paid' : 'thread.received')}
      isVoid={status === 'failed'}
      status={
        <span className={colours[status]}>
          {t(status === 'settled' && !isMine ? 'status.received' : `status.${status}`)}
        </span>
      }
    />
  )
}

function RequestBubble({ request }: { request: RequestView }) {
  const t = useText()
  const { id, direction, amountPaise, note, createdAt } = request
  const isMine = direction === 'sent'
  return (
    <Bubble
      {...{ to: `/requests/${id}`, isMine, amountPaise, note, at: createdAt }}
      what={t(isMine ? 'thread.asked' : 'thread.requested')}
      status={<RequestStatusText request={request} />}
    />
  )
}
