// The step in which the UPI PIN is typed; with it the payment is on its way, and its result is the next screen.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { useNavigate } from 'react-router'
import { useText } from '../../language/language.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { PinPad } from '../../accounts/pin-pad.tsx'
import { Refused } from '../../api/problem-states.tsx'
import { useLaunch, type Wish } from './use-send-money.ts'

export function PinStep({ wish }: { wish: Wish }) {
  const t = useText()
  const navigate = useNavigate()
  const { send, isBusy, error } = useLaunch()
  return (
    <Page title={t('pay.pin')} back="/pay">
      <PinHead wish={wish} />
      <PinPad
        label={t('pay.pin-of', { bank: wish.bankName })}
        length={wish.pinLength}
        busy={isBusy}
        onPin={(pin) =>
          void send(wish, pin).then((id) => {
            if (id !== undefined) void navigate(`/pay/result/${id}`, { replace: true })
          })
        }
      />
      <Refused error={error} />
    </Page>
  )
}

/** What the PIN is for. */
export function PinHead({ wish }: { wish: Pick<Wish, 'amountPaise' | 'payeeName' | 'bankName'> }) {
  const t = useText()
  return (
    <div className="flex flex-col items-center gap-1 rounded-card bg-sunk px-4 py-4 text-center">
      <p className="text-sm text-soft">{wish.bankName}</p>
      <p className="text-3xl font-bold tabular-nums">{formatRupees(wish.amountPaise)}</p>
      <p className="text-soft">{t('pay.to', { name: wish.payeeName })}</p>
    </div>
  )
}
