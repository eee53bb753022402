// Pays somebody: who they are, how much, from where, once more to look at, and the UPI PIN.
import { normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { limitRulesAt } from '@bahi/contracts/limits.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useState } from 'react'
import { Link, Navigate, useLocation, useNavigate, useParams } from 'react-router'
import { useRegisteredPayee } from '../../accounts/use-registered-payee.ts'
import { parseRequestedPayment, payPath } from '../../payments/pay-path.ts'
import { usePendingTo } from '../../payments/payment-queries.ts'
import { useText } from '../../language/language.ts'
import { parseRupees, rupeesText } from '@bahi/web-ui/format/rupees.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { AmountStep } from './amount-step.tsx'
import { openAttempts } from './payment-attempts.ts'
import { readPaymentDraft, savePaymentDraft } from './payment-draft.ts'
import { amountFault } from './send-money.ts'
import { PinStep } from './pin-step.tsx'
import { ReviewStep } from './review-step.tsx'
import { useSources, type PaymentRequest } from './use-send-money.ts'

type Step = 'amount' | 'review' | 'pin'

export function Component() {
  const { vpa = '' } = useParams()
  // Another payee, another form.
  return <PayTo key={vpa} vpa={normaliseVpa(vpa)} />
}

function PayTo({ vpa }: { vpa: string }) {
  const t = useText()
  const navigate = useNavigate()
  const location = useLocation()
  const requested = parseRequestedPayment(vpa, location.search)
  const refusal = typeof requested === 'string' ? requested : undefined
  const asked = typeof requested === 'string' ? {} : requested
  const [begun] = useState(() => readPaymentDraft(vpa))
  const [rupees, setRupees] = useState(
    asked.amountPaise === undefined ? begun.rupees : rupeesText(asked.amountPaise),
  )
  const [note, setNote] = useState(asked.note ?? begun.note)
  const write = (now: { rupees?: string; note?: string }) => {
    if (now.rupees !== undefined) setRupees(now.rupees)
    if (now.note !== undefined) setNote(now.note)
    savePaymentDraft(vpa, { rupees, note, ...now })
  }
  // Who comes back to a step later, after the payment was made, begins with the amount.
  const [visit] = useState(() => uuidv7())
  const [chosenVpa, setChosenVpa] = useState<string>()
  const payee = useRegisteredPayee(vpa)
  const { sources, error, again } = useSources()
  const pending = usePendingTo(vpa)

  const unanswered = openAttempts().find((one) => one.payeeVpa === vpa)
  if (unanswered) return <Navigate to={`/pay/result/${unanswered.id}`} replace />

  const title = t('pay.title')
  if (!splitVpa(vpa) || (payee.error instanceof Problem && payee.error.code === 'not-found')) {
    return (
      <Page title={title} back="/pay">
        <Empty icon="search" title={t('pay.not-found')}>
          <p className="max-w-full break-words text-soft">{t('pay.not-found-more', { vpa })}</p>
          <LinkButton to="/pay" look="quiet" replace>
            {t('pay.other-payee')}
          </LinkButton>
        </Empty>
      </Page>
    )
  }
  if (refusal !== undefined) {
    return (
      <Page title={title} back="/pay">
        <Empty icon="warn" title={t('pay.link-refused')}>
          <p className="text-soft">{t(`scan.refused-${refusal}`)}</p>
          <LinkButton to={payPath({ vpa })} look="quiet" replace>
            {t('pay.without-link')}
          </LinkButton>
        </Empty>
      </Page>
    )
  }
  // An account's number is resolved to the reference that its bank knows it by; that is what is paid, and shown.
  if (payee.data && payee.data.vpa !== vpa)
    return <Navigate to={payPath({ ...asked, vpa: payee.data.vpa })} replace />
  const failed = payee.data ? error : (payee.error ?? error)
  if (failed && !(payee.data && sources)) {
    return (
      <Page title={title} back="/pay">
        {failed instanceof Problem && failed.code === 'bank-unreachable' ? (
          <Empty icon="bank" title={t('pay.bank-unreachable')}>
            <p className="text-soft">{t('pay.bank-unreachable-more', { vpa })}</p>
            <button
              type="button"
              className="min-h-11 font-semibold text-accent"
              onClick={() => void payee.refetch()}
            >
              {t('action.retry')}
            </button>
          </Empty>
        ) : (
          <ProblemState error={failed} again={() => (again(), void payee.refetch())} />
        )}
      </Page>
    )
  }
  if (!payee.data || !sources) {
    return (
      <Page title={title} back="/pay">
        <Skeleton />
      </Page>
    )
  }
  const source =
    sources.find((one) => one.usable && one.vpa === chosenVpa) ?? sources.find((one) => one.usable)
  if (!source) return <NoSource title={title} hasSome={sources.length > 0} />

  const amountPaise = parseRupees(rupees)
  const mostPaise = limitRulesAt(new Date()).everybody.perTransactionPaise
  const state = location.state as { step: Step; visit: string } | null
  const wanted = state?.visit === visit ? state.step : 'amount'
  const step = amountFault(rupees, mostPaise, asked.minPaise) ? 'amount' : wanted
  const go = (to: Step) => void navigate(location.pathname + location.search, { state: { step: to, visit } })
  const request: PaymentRequest = {
    payerVpa: source.vpa,
    payeeVpa: vpa,
    payeeName: payee.data.name,
    amountPaise: amountPaise ?? 0,
    ...(note.trim() ? { note: note.trim() } : {}),
    ...(asked.initiation ? { initiation: asked.initiation } : {}),
    ...(asked.isFixed ? { isFixed: true } : {}),
    ...(asked.minPaise === undefined ? {} : { minPaise: asked.minPaise }),
    bank: source.account.bank,
    bankName: source.account.bankName,
    pinLength: source.account.pinLength,
  }
  if (step === 'pin') return <PinStep key={JSON.stringify(request)} request={request} />
  if (step === 'review') {
    return (
      <ReviewStep request={request} payee={payee.data} account={source.account} onPin={() => go('pin')} />
    )
  }
  return (
    <Page title={title} back="/pay">
      {pending.map((one) => (
        <Link
          key={one.id}
          to={`/payments/${one.id}`}
          className="flex min-h-14 items-center gap-3 rounded-2xl bg-wait-tint px-4 py-3 text-wait"
        >
          <Icon name="clock" />
          <span className="flex-1">{t('pay.pending-to-payee')}</span>
          <Icon name="right" className="size-5" />
        </Link>
      ))}
      <AmountStep
        payee={payee.data}
        rupees={rupees}
        isFixed={asked.isFixed ?? false}
        minPaise={asked.minPaise}
        onRupees={(now) => write({ rupees: now })}
        note={note}
        onNote={(now) => write({ note: now })}
        sources={sources}
        source={source}
        onSource={setChosenVpa}
        onNext={() => go('review')}
      />
    </Page>
  )
}

function NoSource({ title, hasSome }: { title: string; hasSome: boolean }) {
  const t = useText()
  return (
    <Page title={title} back="/">
      <Empty icon="bank" title={t(hasSome ? 'pay.no-pin' : 'pay.no-account')}>
        <p className="text-soft">{t(hasSome ? 'pay.no-pin-more' : 'pay.no-account-more')}</p>
        <LinkButton to="/accounts">{t('pay.to-accounts')}</LinkButton>
      </Empty>
    </Page>
  )
}
