// The step in which the UPI PIN is typed; with it the payment is on its way, and its result is the next screen.
import { formatRupees, vpaText } from '@bahi/contracts/formats.ts'
import { useNavigate } from 'react-router'
import { useText } from '../../language/language.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { shortAccountNumber } from '../../accounts/my-accounts.ts'
import { PinPad } from '../../accounts/pin-pad.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useSendPayment, type PaymentRequest } from './use-send-money.ts'

export function PinStep({ request, id }: { request: PaymentRequest; id?: string | undefined }) {
  const navigate = useNavigate()
  return (
    <PinForPayment
      request={request}
      {...(id === undefined ? {} : { id })}
      back="/pay"
      onSent={(id) => void navigate(`/pay/result/${id}`, { replace: true })}
    />
  )
}

type PinForPaymentProps = {
  request: PaymentRequest
  /** Of a payment that goes on as itself. */
  id?: string
  back: string
  onSent: (id: string) => void
}

/** What is paid, beside the pad for its PIN. */
export function PinForPayment({ request, id, back, onSent }: PinForPaymentProps) {
  const t = useText()
  const { send, isBusy, error } = useSendPayment(id)
  return (
    <Page title={t('pay.pin')} back={back} width="flow">
      <div className="flex flex-col gap-5 flat:grid flat:grid-cols-2 flat:items-start flat:gap-x-8">
        <div className="flex flex-col gap-3">
          <PaymentSummary request={request} />
          <ProblemNote error={error} />
        </div>
        <PinPad
          label={t('pay.pin-of', { bank: request.bankName })}
          length={request.pinLength}
          busy={isBusy}
          onPin={(pin) => void send(request, pin).then((sent) => sent !== undefined && onSent(sent))}
        />
      </div>
    </Page>
  )
}

/** All that the PIN is for: nothing has to be remembered from the step before. */
function PaymentSummary({ request }: { request: PaymentRequest }) {
  const t = useText()
  const { amountPaise, payeeName, payeeVpa, payeeAccount, bankName, maskedNumber, note } = request
  return (
    <div className="flex flex-col items-center gap-0.5 rounded-card bg-sunk px-4 py-3 text-center">
      <p className="text-3xl font-bold tabular-nums">{formatRupees(amountPaise)}</p>
      <p className="max-w-full font-medium break-words">{t('pay.to', { name: payeeName })}</p>
      <p className="max-w-full text-sm break-all text-soft">
        {payeeAccount && `${shortAccountNumber(payeeAccount)} · `}
        {vpaText(payeeVpa)}
      </p>
      <p className="text-sm text-soft">
        {t('pay.from')} {bankName} {shortAccountNumber(maskedNumber)}
      </p>
      {note && <p className="max-w-full truncate text-sm text-soft">“{note}”</p>}
    </div>
  )
}
