// One payment: who, how much, what happened when, its references, its receipt, and what can be done next.
import { formatRupees } from '@bahi/contracts/formats.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { useParams } from 'react-router'
import { usePayment } from '../../payments/payment-queries.ts'
import { useLanguage, useText } from '../../language/language.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Copy } from '@bahi/web-ui/components/copy.tsx'
import { FactList, type Fact } from '@bahi/web-ui/components/facts.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { ReceiptActions } from '../../payments/receipt-actions.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { failureText, nextActionOf, nextActionPath } from '../../payments/next-action.ts'
import { usePendingText } from '../../payments/pending-text.ts'
import { threadPath } from '../../insight/thread-path.ts'
import { planPath } from '../../schedules/plan-path.ts'
import { payeeAccountText, useOwnAccountFact, usePayerAccount } from '../../payments/payment-facts.ts'
import { counterpartyOf } from '../../payments/payment-list.ts'
import { useNow } from '@bahi/web-ui/browser/now.ts'
import { formatAge, formatDay } from '@bahi/web-ui/format/dates.ts'
import { OtherPerson } from './other-person.tsx'
import { Timeline } from './timeline.tsx'

export function Component() {
  const { id = '' } = useParams()
  const t = useText()
  const found = usePayment(id)
  const { data: payment } = found
  return (
    <Page title={t('payment.title')} back="/history" width="columns">
      {payment ? (
        <Shown payment={payment} />
      ) : found.error ? (
        <ProblemState error={found.error} again={() => void found.refetch()} />
      ) : (
        <Skeleton lines={5} />
      )}
    </Page>
  )
}

const looks = {
  settled: 'bg-good-tint text-good',
  pending: 'bg-wait-tint text-wait',
  failed: 'bg-bad-tint text-bad',
} as const

function Shown({ payment }: { payment: PaymentView }) {
  const t = useText()
  const { language } = useLanguage()
  const pendingText = usePendingText()
  const { status, direction, amountPaise, note, rrn, txnId, pending, failure, createdAt, completedAt } =
    payment
  const reference = payment.initiation?.reference
  const other = counterpartyOf(payment)
  const next = nextActionOf(payment)
  const ownAccount = useOwnAccountFact(payment)
  const payer = usePayerAccount(payment)
  const account = payeeAccountText(payment)
  const nowMs = useNow(1_000)
  const isIn = direction === 'credit'
  const facts: Fact[] = [
    account
      ? [t('accounts.account'), account]
      : [t('payment.upi-id'), <Copy key="vpa" text={other.vpa} label={t('payment.upi-id')} />],
    ownAccount,
    [t('payment.rrn'), <Copy key="rrn" text={rrn} label={t('payment.rrn')} />],
    [t('payment.txn-id'), <Copy key="txn" text={txnId} label={t('payment.txn-id')} />],
    ...(reference === undefined
      ? []
      : [[t('receipt.order'), <Copy key="order" text={reference} label={t('receipt.order')} />] as const]),
  ]
  return (
    <div className="flex flex-col gap-5 lg:grid lg:grid-cols-2 lg:items-start lg:gap-x-10 print:block">
      <div className="flex flex-col gap-5">
        <div className="flex flex-col items-center gap-2 text-center print:hidden">
          <Avatar name={other.name} className="size-16" />
          <p className="max-w-full text-lg font-semibold break-words">
            {t(isIn ? 'payment.from-name' : 'payment.to-name', { name: other.name })}
          </p>
          <p className={`text-4xl font-bold tabular-nums ${isIn ? 'text-good' : ''}`}>
            {isIn && '+'}
            {formatRupees(amountPaise)}
          </p>
          <p role="status" className={`rounded-full px-4 py-1 font-semibold ${looks[status]}`}>
            {t(status === 'settled' && isIn ? 'status.received' : `status.${status}`)}
          </p>
          {/* A receipt, and never mistaken for a payment that happens now. */}
          <p className="text-sm text-soft">{formatAge(language, completedAt ?? createdAt, nowMs)}</p>
          {note && <p className="max-w-full rounded-2xl bg-sunk px-4 py-2 break-words">{note}</p>}
        </div>
        {pending && (
          <p className="rounded-card bg-wait-tint p-5">
            {pendingText(pending)}{' '}
            <span className="mt-1 block text-sm text-wait">
              {t('payment.by', { date: formatDay(language, pending.returnBy) })}
            </span>
          </p>
        )}
        {failure && (
          <p className="rounded-card bg-bad-tint p-5">
            {failureText(failure, language)}{' '}
            <span className="block text-sm text-bad">{t('payment.code', { code: failure.code })}</span>
          </p>
        )}
        {status === 'settled' && <ReceiptActions id={payment.id} />}
      </div>
      <div className="flex flex-col gap-5 print:hidden">
        <Card>
          <h2 className="mb-3 font-semibold">{t('payment.timeline')}</h2>
          <Timeline payment={payment} />
        </Card>
        <Card className="pb-2">
          <h2 className="mb-3 font-semibold">{t('payment.details')}</h2>
          <FactList facts={facts} />
        </Card>
        <div className="flex flex-col gap-3">
          {next && (
            <LinkButton
              to={nextActionPath(next, payment, payer?.id)}
              look={status === 'failed' ? 'main' : 'quiet'}
              wide
            >
              {t(`next.${next}`)}
            </LinkButton>
          )}
          {direction === 'debit' && status === 'settled' && (
            <LinkButton to={planPath({ vpa: other.vpa, amountPaise, note })} look="quiet" wide>
              {t('schedules.repeat')}
            </LinkButton>
          )}
          <LinkButton to={threadPath(other.vpa)} look="bare">
            {t('payment.all-with', { name: other.name })}
          </LinkButton>
          <OtherPerson payment={payment} />
        </div>
      </div>
    </div>
  )
}
