// Pays somebody: who they are, how much, from where, once more to look at, and the UPI PIN.
import { maskAccountNumber, normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useEffect, useState, type ReactNode } from 'react'
import { Navigate, useLocation, useNavigate, useParams } from 'react-router'
import { useRegisteredPayee, useTypedAccount } from '../../accounts/use-registered-payee.ts'
import { usePreparePin } from '../../accounts/seal-pin.ts'
import { shortAccountNumber } from '../../accounts/my-accounts.ts'
import { useOpenAttempts } from '../../payments/payment-attempts.ts'
import { useCodeReading } from '../../payments/code-reading.ts'
import { claimOf, payPath } from '../../payments/pay-path.ts'
import { parseRequestedPayment } from '../../payments/requested-payment.ts'
import { usePaymentsTo } from '../../payments/payment-queries.ts'
import { PendingPayments } from '../../payments/pending-payments.tsx'
import { useOutcome } from '../../payments/use-outcome.ts'
import { useText } from '../../language/language.ts'
import { parseRupees, rupeesText } from '@bahi/web-ui/format/rupees.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Note, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { problemText } from '../../api/problem-text.ts'
import { AmountStep } from './amount-step.tsx'
import { JustPaid } from './just-paid.tsx'
import { readPaymentDraft, savePaymentDraft } from './payment-draft.ts'
import { amountFault, isPaidBefore, isReady, justPaid, readySource } from '../../payments/send-money.ts'
import { PinStep } from './pin-step.tsx'
import { ReviewStep } from './review-step.tsx'
import { Signer } from '../../payments/signer.tsx'
import { NoSource } from '../../payments/no-source.tsx'
import { useSources } from '../../payments/use-sources.ts'
import { askedBy, useFirstQuote, type PaymentRequest } from './use-send-money.ts'

type Step = 'amount' | 'review' | 'pin'

export function Component() {
  const { vpa = '' } = useParams()
  const payeeVpa = normaliseVpa(vpa)
  const unanswered = useOpenAttempts().find((one) => one.payeeVpa === payeeVpa)
  // Another payee, another form.
  return unanswered ? <Unanswered id={unanswered.id} /> : <PayTo key={vpa} vpa={payeeVpa} />
}

/** A payment to them was sent and not answered: nobody is paid before it is known. */
function Unanswered({ id }: { id: string }) {
  const t = useText()
  const { payment, isAbsent, isLost, refusal } = useOutcome(id)
  if (!payment && (isAbsent || isLost || refusal)) return <Navigate to={`/pay/result/${id}`} replace />
  return (
    <Page title={t('pay.title')} back="/pay">
      <Skeleton />
    </Page>
  )
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
  // Whoever loses the network at the PIN still sees what becomes of the payment.
  useEffect(() => void import('./payment-result-page.tsx').catch(() => undefined), [])
  // Who comes back to a step later, after the payment was made, begins with the amount.
  const [visit] = useState(() => uuidv7())
  const [chosenVpa, setChosenVpa] = useState<string>()
  const payee = useRegisteredPayee(vpa)
  const typedAccount = useTypedAccount(vpa)
  const { sources, error, again } = useSources()
  const before = usePaymentsTo(vpa)
  const verdict = useCodeReading(asked.code)
  usePreparePin()

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
  if (verdict.error instanceof Problem && verdict.error.code.startsWith('code-')) {
    return (
      <Page title={title} back="/pay">
        <Empty icon="warn" title={t('pay.code-refused')}>
          <p className="text-soft">{problemText(verdict.error, t)}</p>
          <LinkButton to="/scan" look="quiet" replace>
            {t('scan.title')}
          </LinkButton>
        </Empty>
      </Page>
    )
  }
  // An account's number is resolved to the reference that its bank knows it by; that is what is paid, and shown.
  if (payee.data && payee.data.vpa !== vpa)
    return <Navigate to={payPath({ ...asked, vpa: payee.data.vpa })} replace />
  const isUnread = asked.code !== undefined && !verdict.data
  const failed = (payee.data ? error : (payee.error ?? error)) ?? (isUnread ? verdict.error : null)
  if (failed && !(payee.data && sources && !isUnread)) {
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
          <ProblemState
            error={failed}
            again={() => (again(), void payee.refetch(), asked.code !== undefined && void verdict.refetch())}
          />
        )}
      </Page>
    )
  }
  if (!payee.data || !sources || isUnread) {
    return (
      <Page title={title} back="/pay">
        <Skeleton />
      </Page>
    )
  }
  const wantedVpa = chosenVpa ?? asked.from
  const source = readySource(sources, wantedVpa)
  if (!source) return <NoSource title={title} nearest={sources[0]} />
  const unable =
    wantedVpa === undefined ? undefined : sources.find((one) => one.vpa === wantedVpa && !isReady(one))

  const amountPaise = parseRupees(rupees)
  const state = location.state as { step: Step; visit: string } | null
  // What somebody planned or agreed to is known to them: it needs the PIN alone.
  const isPlanned = ['schedule', 'mandate'].includes(claimOf(asked)?.kind ?? '') && !asked.isChoosing
  const wanted = state?.visit === visit ? state.step : isPlanned ? 'first' : 'amount'
  // How much it may be at most is said with the amount.
  const step = amountFault(rupees, Infinity, asked.minPaise) ? 'amount' : wanted
  // What a code or a link asks for is looked at again, whoever the payee is.
  const isOwnIdea = !asked.isFixed && asked.initiation === undefined
  const go = (to: Step) => void navigate(location.pathname + location.search, { state: { step: to, visit } })
  const request: PaymentRequest = {
    payerVpa: source.vpa,
    payeeVpa: vpa,
    payeeName: payee.data.name,
    ...(typedAccount === undefined ? {} : { payeeAccount: maskAccountNumber(typedAccount) }),
    amountPaise: amountPaise ?? 0,
    ...(note.trim() ? { note: note.trim() } : {}),
    ...(asked.initiation ? { initiation: asked.initiation } : {}),
    ...(asked.code === undefined ? {} : { code: asked.code }),
    ...(asked.isFixed ? { isFixed: true } : {}),
    ...(asked.minPaise === undefined ? {} : { minPaise: asked.minPaise }),
    accountId: source.account.id,
    maskedNumber: source.account.maskedNumber,
    bank: source.account.bank,
    bankName: source.account.bankName,
    pinLength: source.account.pinLength,
  }
  const pin = <PinStep key={JSON.stringify(request)} request={request} id={asked.paymentId} />
  const review = (
    <ReviewStep request={request} payee={payee.data} account={source.account} onPin={() => go('pin')} />
  )
  if (step === 'pin') return pin
  if (step === 'review' || (step === 'first' && source.vpa !== asked.from)) return review
  if (step === 'first') return <FirstStep request={request} pin={pin} review={review} />
  return (
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
      isChoosing={asked.isChoosing ?? false}
      onSource={setChosenVpa}
      initiation={asked.initiation}
      askedNote={asked.note}
      onNext={(quote) => {
        const isFamiliar = isOwnIdea && isPaidBefore(before ?? [], payee.data)
        // What speaks against it is read before the PIN.
        go(isFamiliar && !quote?.warnings.length ? 'pin' : 'review')
      }}
    >
      <PendingPayments payments={(before ?? []).filter(({ status }) => status === 'pending')} vpa={vpa} />
      <Signer reading={verdict.data} />
      <JustPaid payment={justPaid(before ?? [])} />
      {unable && (
        <Note tone="wait" role="status">
          {t('pay.source-changed', {
            account: `${unable.account.bankName} ${shortAccountNumber(unable.account.maskedNumber)}`,
            other: `${source.account.bankName} ${shortAccountNumber(source.account.maskedNumber)}`,
          })}
        </Note>
      )}
    </AmountStep>
  )
}

type FirstStepProps = { request: PaymentRequest; pin: ReactNode; review: ReactNode }

/** A planned payment needs the PIN alone, unless something speaks against it: that is read before the PIN. */
function FirstStep({ request, pin, review }: FirstStepProps) {
  const t = useText()
  const { isKnown, quote } = useFirstQuote(askedBy(request))
  // Decided once: the pad stays while its PIN is typed.
  const [isFree, setIsFree] = useState<boolean>()
  if (isFree === undefined && isKnown) setIsFree(quote?.decision === 'allow' && quote.warnings.length === 0)
  if (isFree !== undefined) return isFree ? pin : review
  return (
    <Page title={t('pay.title')} back="/pay">
      <Skeleton />
    </Page>
  )
}
