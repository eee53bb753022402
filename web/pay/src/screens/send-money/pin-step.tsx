// The step in which the UPI PIN is typed; with it the payment is on its way, and its result is the next screen.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { useNavigate } from 'react-router'
import { useText } from '../../language/language.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { PinPad } from '../../accounts/pin-pad.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useSendPayment, type PaymentRequest } from './use-send-money.ts'

export function PinStep({ request }: { request: PaymentRequest }) {
  const t = useText()
  const navigate = useNavigate()
  const { send, isBusy, error } = useSendPayment()
  return (
    <Page title={t('pay.pin')} back="/pay">
      <PaymentSummary request={request} />
      <PinPad
        label={t('pay.pin-of', { bank: request.bankName })}
        length={request.pinLength}
        busy={isBusy}
        onPin={(pin) =>
          void send(request, pin).then((id) => {
            if (id !== undefined) void navigate(`/pay/result/${id}`, { replace: true })
          })
        }
      />
      <ProblemNote error={error} />
    </Page>
  )
}

/** What the PIN is for. */
export function PaymentSummary({
  request,
}: {
  request: Pick<PaymentRequest, 'amountPaise' | 'payeeName' | 'bankName'>
}) {
  const t = useText()
  return (
    <div className="flex flex-col items-center gap-1 rounded-card bg-sunk px-4 py-4 text-center">
      <p className="text-sm text-soft">{request.bankName}</p>
      <p className="text-3xl font-bold tabular-nums">{formatRupees(request.amountPaise)}</p>
      <p className="text-soft">{t('pay.to', { name: request.payeeName })}</p>
    </div>
  )
}
