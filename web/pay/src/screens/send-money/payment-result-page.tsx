// How a payment that was just sent ended, or that it is on its way: asked until it is known, shown once. Who comes
// back later sees its receipt, which says how old it is.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Navigate, useNavigate, useParams } from 'react-router'
import { useText } from '../../language/language.ts'
import { problemText } from '../../api/problem-text.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { StatusMark } from '../../payments/status-mark.tsx'
import { payPath } from '../../payments/pay-path.ts'
import { endAwaiting, forgetAttempt, isAwaited, type Attempt } from '../../payments/payment-attempts.ts'
import { outcomeKey, useOutcome } from '../../payments/use-outcome.ts'
import { PaymentOutcome } from './payment-outcome.tsx'
import { PinForPayment } from './pin-step.tsx'

export function Component() {
  const { id = '' } = useParams()
  return <Result key={id} id={id} />
}

function Result({ id }: { id: string }) {
  const [isFresh, setIsFresh] = useState(() => isAwaited(id))
  // Once: whoever leaves this screen finds the receipt.
  useEffect(() => () => endAwaiting(id), [id])
  const { attempt, payment, isAbsent, refusal, isLost, again } = useOutcome(id)
  if (payment) {
    return isFresh ? (
      <PaymentOutcome payment={payment} attempt={attempt} />
    ) : (
      <Navigate to={`/payments/${id}`} replace />
    )
  }
  if (isAbsent) {
    const onSent = () => {
      setIsFresh(true)
      again()
    }
    return attempt ? <NotReceived attempt={attempt} onSent={onSent} /> : <NotFound />
  }
  if (refusal) return <RefusedPayment error={refusal} attempt={attempt} />
  return <InProgress attempt={attempt} isLost={isLost} />
}

/** Sent and not answered: paying again is not offered. */
function InProgress({ attempt, isLost }: { attempt: Attempt | undefined; isLost: boolean }) {
  const t = useText()
  return (
    <Page title={t(isLost ? 'pay.checking' : 'pay.sending')} quiet>
      <div className="flex flex-col items-center gap-4 pt-10 text-center flat:pt-0">
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
  if (isContinuing) {
    const { id, sentAtMs: _sentAtMs, ...request } = attempt
    return <PinForPayment request={request} id={id} back="/" onSent={onSent} />
  }
  return (
    <Page
      title={t('pay.not-received')}
      quiet
      footer={
        <>
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
        </>
      }
    >
      <div className="flex flex-col items-center gap-4 pt-10 text-center flat:pt-0">
        <StatusMark status="failed" />
        <p className="text-xl font-semibold" aria-hidden="true">
          {t('pay.not-received')}
        </p>
        <p className="text-4xl font-bold tabular-nums">{formatRupees(attempt.amountPaise)}</p>
        <p className="text-soft">{t('pay.to', { name: attempt.payeeName })}</p>
        <p role="status">{t('pay.not-received-more')}</p>
      </div>
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
    <Page
      title={t('pay.refused')}
      quiet
      footer={
        <>
          {attempt && (
            <LinkButton
              to={payPath({ ...attempt, vpa: attempt.payeeVpa, from: attempt.payerVpa })}
              replace
              wide
              onClick={() => client.removeQueries({ queryKey: outcomeKey(attempt.id) })}
            >
              {t('pay.back-to-form')}
            </LinkButton>
          )}
          <LinkButton to="/" replace look={attempt ? 'quiet' : 'main'} wide>
            {t('action.done')}
          </LinkButton>
        </>
      }
    >
      <div className="flex flex-col items-center gap-4 pt-10 text-center flat:pt-0">
        <StatusMark status="failed" />
        <p className="text-xl font-semibold" aria-hidden="true">
          {t('pay.refused')}
        </p>
        <p role="status" className="rounded-card bg-bad-tint px-5 py-4">
          {problemText(error, t)}
        </p>
      </div>
    </Page>
  )
}
