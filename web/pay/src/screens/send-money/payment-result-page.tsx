// How a payment that was sent ended, or that it is on its way: asked until it is known, followed until it is final.
import { formatRupees, vpaText } from '@bahi/contracts/formats.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { useLanguage, useText } from '../../language/language.ts'
import { problemText } from '../../api/problem-text.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Copy } from '@bahi/web-ui/components/copy.tsx'
import { FactList } from '@bahi/web-ui/components/facts.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { PinPad } from '../../accounts/pin-pad.tsx'
import { ReceiptActions } from '../../payments/receipt-actions.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { StatusMark } from '../../payments/status-mark.tsx'
import { failureText, nextActionOf, nextActionPath, usePendingText } from '../../payments/next-action.ts'
import { payPath } from '../../payments/pay-path.ts'
import { counterpartyOf } from '../../payments/payment-list.ts'
import { formatDay } from '@bahi/web-ui/format/dates.ts'
import { findAttempt, forgetAttempt, isRefusal, type Attempt } from './payment-attempts.ts'
import { PaymentSummary } from './pin-step.tsx'
import { useSendPayment, useOutcome } from './use-send-money.ts'

export function Component() {
  const { id = '' } = useParams()
  return <Result key={id} id={id} />
}

function Result({ id }: { id: string }) {
  // As it was when this screen came: an answer makes the device forget it.
  const [attempt] = useState(() => findAttempt(id))
  const outcome = useOutcome(id)
  if (outcome.data?.is === 'known') return <KnownOutcome payment={outcome.data.payment} />
  if (outcome.data?.is === 'absent') {
    return attempt ? <NotReceived attempt={attempt} onSent={() => void outcome.refetch()} /> : <NotFound />
  }
  if (outcome.error && isRefusal(outcome.error))
    return <RefusedPayment error={outcome.error} attempt={attempt} />
  return <InProgress attempt={attempt} isLost={outcome.failureCount > 0} />
}

function KnownOutcome({ payment }: { payment: PaymentView }) {
  const t = useText()
  const { language } = useLanguage()
  const pendingText = usePendingText()
  const { status, amountPaise, failure, pending, rrn } = payment
  const next = nextActionOf(payment)
  const other = counterpartyOf(payment)
  const title = t(status === 'settled' ? 'pay.paid' : status === 'failed' ? 'pay.failed' : 'pay.pending')
  return (
    <Page title={title} quiet>
      <div className="flex flex-col items-center gap-3 pt-6 text-center print:hidden">
        <StatusMark status={status} />
        <p className="text-xl font-semibold" aria-hidden="true">
          {title}
        </p>
        <p className="text-4xl font-bold tabular-nums">{formatRupees(amountPaise)}</p>
        <p className="max-w-full break-words text-soft">
          {t('pay.to', { name: other.name })}
          <span className="block text-sm break-all">{vpaText(other.vpa)}</span>
        </p>
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
      <div className="print:hidden">
        <FactList
          facts={[
            [t('pay.rrn'), <Copy key="rrn" text={rrn} label={t('pay.rrn')} />],
            ...(pending ? [[t('pay.return-by'), formatDay(language, pending.returnBy)] as const] : []),
          ]}
        />
      </div>
      {status === 'settled' && <ReceiptActions id={payment.id} />}
      <div className="flex flex-col gap-3 print:hidden">
        {status === 'failed' && next && (
          <LinkButton to={nextActionPath(next, payment)} replace wide>
            {t(`next.${next}`)}
          </LinkButton>
        )}
        <LinkButton to="/" replace look={status === 'failed' && next ? 'quiet' : 'main'} wide>
          {t('action.done')}
        </LinkButton>
        <LinkButton to={`/payments/${payment.id}`} look="bare">
          {t('pay.details')}
        </LinkButton>
      </div>
    </Page>
  )
}

/** Sent and not answered: paying again is not offered. */
function InProgress({ attempt, isLost }: { attempt: Attempt | undefined; isLost: boolean }) {
  const t = useText()
  return (
    <Page title={t(isLost ? 'pay.checking' : 'pay.sending')} quiet>
      <div className="flex flex-col items-center gap-4 pt-10 text-center">
        <StatusMark status="sending" />
        <p className="text-xl font-semibold" aria-hidden="true">
          {t(isLost ? 'pay.checking' : 'pay.sending')}
        </p>
        {attempt && (
          <>
            <p className="text-4xl font-bold tabular-nums">{formatRupees(attempt.amountPaise)}</p>
            <p className="text-soft">{t('pay.to', { name: attempt.payeeName })}</p>
          </>
        )}
        <p role="status" className="rounded-card bg-wait-tint px-5 py-4">
          {t(isLost ? 'pay.checking-more' : 'pay.sending-more')}
        </p>
        {isLost && (
          <LinkButton to="/" replace look="quiet">
            {t('pay.leave')}
          </LinkButton>
        )}
      </div>
    </Page>
  )
}

/** It never arrived: the person sends the same payment again, or discards it. */
function NotReceived({ attempt, onSent }: { attempt: Attempt; onSent: () => void }) {
  const t = useText()
  const navigate = useNavigate()
  const [isContinuing, setIsContinuing] = useState(false)
  const { send, isBusy, error } = useSendPayment(attempt.id)
  if (isContinuing) {
    const { id: _id, sentAtMs: _sentAtMs, ...request } = attempt
    return (
      <Page title={t('pay.pin')} back="/">
        <PaymentSummary request={request} />
        <PinPad
          label={t('pay.pin-of', { bank: request.bankName })}
          length={request.pinLength}
          busy={isBusy}
          onPin={(pin) => void send(request, pin).then((id) => id !== undefined && onSent())}
        />
        <ProblemNote error={error} />
      </Page>
    )
  }
  return (
    <Page title={t('pay.not-received')} quiet>
      <div className="flex flex-col items-center gap-4 pt-10 text-center">
        <StatusMark status="failed" />
        <p className="text-xl font-semibold" aria-hidden="true">
          {t('pay.not-received')}
        </p>
        <p className="text-4xl font-bold tabular-nums">{formatRupees(attempt.amountPaise)}</p>
        <p className="text-soft">{t('pay.to', { name: attempt.payeeName })}</p>
        <p role="status">{t('pay.not-received-more')}</p>
      </div>
      <Button wide onClick={() => setIsContinuing(true)}>
        {t('pay.resume')}
      </Button>
      <Button
        look="quiet"
        wide
        onClick={() => {
          forgetAttempt(attempt.id)
          void navigate('/', { replace: true })
        }}
      >
        {t('pay.discard')}
      </Button>
    </Page>
  )
}

/** An address that names no payment of this person. */
function NotFound() {
  const t = useText()
  return (
    <Page title={t('problem.not-found')} back="/">
      <LinkButton to="/history" look="quiet">
        {t('nav.history')}
      </LinkButton>
    </Page>
  )
}

/** Refused by validation or a limit: nothing of it is stored. */
function RefusedPayment({ error, attempt }: { error: unknown; attempt: Attempt | undefined }) {
  const t = useText()
  const client = useQueryClient()
  return (
    <Page title={t('pay.refused')} quiet>
      <div className="flex flex-col items-center gap-4 pt-10 text-center">
        <StatusMark status="failed" />
        <p className="text-xl font-semibold" aria-hidden="true">
          {t('pay.refused')}
        </p>
        <p role="status" className="rounded-card bg-bad-tint px-5 py-4">
          {problemText(error, t)}
        </p>
      </div>
      {attempt && (
        <LinkButton
          to={payPath({ ...attempt, vpa: attempt.payeeVpa })}
          replace
          wide
          onClick={() => client.removeQueries({ queryKey: ['outcome', attempt.id] })}
        >
          {t('pay.back-to-form')}
        </LinkButton>
      )}
      <LinkButton to="/" replace look="quiet" wide>
        {t('action.done')}
      </LinkButton>
    </Page>
  )
}
