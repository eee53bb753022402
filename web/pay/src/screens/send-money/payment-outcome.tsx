// The outcome of a payment at the moment it is known: amount, payee, when, from where, and a mark that only a live
// screen has. It is shown while the person stays, and for a few minutes.
import { formatRupees, vpaText } from '@bahi/contracts/formats.ts'
import type { Account } from '@bahi/contracts/account.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Navigate } from 'react-router'
import { Balance } from '../../accounts/balance.tsx'
import { forgetPinKeys } from '../../accounts/seal-pin.ts'
import { useLanguage, useText } from '../../language/language.ts'
import { useNow } from '@bahi/web-ui/browser/now.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Copy } from '@bahi/web-ui/components/copy.tsx'
import { FactList, type Fact } from '@bahi/web-ui/components/facts.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { formatAge, formatDay, formatExactMoment, formatTime } from '@bahi/web-ui/format/dates.ts'
import { failureText, newPinPath, nextActionOf, nextActionPath } from '../../payments/next-action.ts'
import { usePendingText } from '../../payments/pending-text.ts'
import type { Attempt } from '../../payments/payment-attempts.ts'
import { payeeAccountText, useOwnAccountFact, usePayerAccount } from '../../payments/payment-facts.ts'
import { counterpartyOf } from '../../payments/payment-list.ts'
import { ReceiptActions } from '../../payments/receipt-actions.tsx'
import { StatusMark } from '../../payments/status-mark.tsx'
import { useSources } from '../../payments/use-sources.ts'

/** After that a paid screen is a receipt. */
const liveForMs = 5 * 60_000

type PaymentOutcomeProps = { payment: PaymentView; attempt: Attempt | undefined }

export function PaymentOutcome({ payment, attempt }: PaymentOutcomeProps) {
  const t = useText()
  const { language } = useLanguage()
  const client = useQueryClient()
  const pendingText = usePendingText()
  const { id, status, amountPaise, failure, pending, rrn, note, createdAt, completedAt } = payment
  const next = nextActionOf(payment)
  const hasOther = useHasOtherSource(payment.payer.vpa)
  const isShort = next === 'other-account' && !hasOther
  const other = counterpartyOf(payment)
  const title = t(status === 'settled' ? 'pay.paid' : status === 'failed' ? 'pay.failed' : 'pay.pending')
  const ownAccount = useOwnAccountFact(payment)
  const account = usePayerAccount(payment)
  useEffect(() => forgetPinKeys(client, failure?.code), [client, failure])
  const facts: Fact[] = [
    [t('pay.at'), formatExactMoment(language, completedAt ?? createdAt)],
    ownAccount,
    ...(note ? [[t('pay.note-is'), note] as const] : []),
    [t('pay.rrn'), <Copy key="rrn" text={rrn} label={t('pay.rrn')} />],
    ...(pending ? [[t('pay.return-by'), formatDay(language, pending.returnBy)] as const] : []),
  ]
  const isRetry = status === 'failed' && next !== undefined
  return (
    <Page
      title={title}
      quiet
      footer={
        <>
          {isRetry && (
            <LinkButton
              to={nextActionPath(isShort ? 'try-again' : next, payment, account?.id)}
              replace
              wide
              className="print:hidden"
            >
              {t(isShort ? 'pay.change-amount' : `next.${next}`)}
            </LinkButton>
          )}
          <LinkButton to="/" replace look={isRetry ? 'quiet' : 'main'} wide className="print:hidden">
            {t('action.done')}
          </LinkButton>
        </>
      }
    >
      <div className="flex flex-col items-center gap-2 pt-4 text-center flat:pt-0 print:hidden">
        <StatusMark status={status} isLive={status === 'settled'} />
        <p className="mt-1 text-xl font-semibold" aria-hidden="true">
          {title}
        </p>
        <p className="text-4xl font-bold tabular-nums">{formatRupees(amountPaise)}</p>
        <p className="max-w-full font-medium break-words">
          {t('pay.to', { name: other.name })}
          <span className="block text-sm font-normal break-all text-soft">
            {payeeAccountText(payment, attempt?.payeeAccount) ?? vpaText(other.vpa)}
          </span>
        </p>
        {status === 'settled' && <LiveMark id={id} />}
      </div>
      {pending && (
        <p role="status" className="rounded-card bg-wait-tint p-5 text-center">
          {pendingText(pending)}
        </p>
      )}
      {failure && (
        <div role="status" className="rounded-card bg-bad-tint p-5 text-center">
          <p>{failureText(failure, language)}</p>
          {failure.triesLeft !== undefined && (
            <p className="mt-1 font-semibold">{t('pay.tries-left', { count: failure.triesLeft })}</p>
          )}
        </div>
      )}
      {failure?.code === 'Z9' && (
        <NotEnough payment={payment} account={account} canChange={next === 'other-account' && hasOther} />
      )}
      {failure?.code === 'ZM' && account && (
        <LinkButton to={newPinPath(account.id)} look="bare">
          {t('accounts.pin-reset')}
        </LinkButton>
      )}
      <div className="print:hidden">
        <FactList facts={facts} />
      </div>
      {status === 'settled' && <ReceiptActions id={id} />}
      <LinkButton to={`/payments/${id}`} replace look="bare" className="print:hidden">
        {t('pay.details')}
      </LinkButton>
    </Page>
  )
}

/** Runs with the clock, so that a picture of this screen, or an old one, is told from the screen itself. */
function LiveMark({ id }: { id: string }) {
  const t = useText()
  const { language } = useLanguage()
  const [shownAtMs] = useState(() => Date.now())
  const nowMs = useNow(1_000)
  if (nowMs - shownAtMs > liveForMs) return <Navigate to={`/payments/${id}`} replace />
  return (
    <p className="mt-1 flex items-center gap-2 rounded-full bg-good-tint px-4 py-1 text-sm text-good tabular-nums">
      <span aria-hidden="true" className="relative flex size-2.5">
        <span className="absolute inset-0 animate-live rounded-full bg-good motion-reduce:animate-none" />
        <span className="size-2.5 rounded-full bg-good" />
      </span>
      {t('pay.live', {
        ago: formatAge(language, new Date(shownAtMs), nowMs),
        time: formatTime(language, new Date(nowMs), 'seconds'),
      })}
    </p>
  )
}

/** Whether one of my other accounts could pay instead. */
function useHasOtherSource(payerVpa: string): boolean {
  const { sources = [] } = useSources()
  const own = sources.find(({ vpa }) => vpa === payerVpa)?.account.id
  return sources.some(({ account, state }) => account.id !== own && ['ready', 'no-vpa'].includes(state))
}

type NotEnoughProps = { payment: PaymentView; account: Account | undefined; canChange: boolean }

/** What helps when the money does not suffice: to see what there is, and to ask for less. */
function NotEnough({ payment, account, canChange }: NotEnoughProps) {
  const t = useText()
  return (
    <div className="flex flex-col gap-2">
      {account && <Balance account={account} />}
      {canChange && (
        <LinkButton to={nextActionPath('try-again', payment)} replace look="quiet" wide>
          {t('pay.change-amount')}
        </LinkButton>
      )}
    </div>
  )
}
