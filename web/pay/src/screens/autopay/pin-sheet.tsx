// The UPI PIN for a mandate: to agree to it, to let it go on, or for one debit above the limit.
import { formatRupees } from '@bahi/contracts/formats.ts'
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import { PinPad } from '../../accounts/pin-pad.tsx'
import { usePreparePin } from '../../accounts/seal-pin.ts'
import { useMyAccounts } from '../../accounts/my-accounts.ts'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useMandatePin, type PinUse } from '../../mandates/mandate-queries.ts'
import { useMandateText } from '../../mandates/mandate-text.ts'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'

type Props = { mandate: MandateView; use: PinUse | undefined; onClose: () => void }

export function PinSheet({ mandate, use, onClose }: Props) {
  const t = useText()
  const { language } = useLanguage()
  const { terms } = useMandateText()
  const accounts = useMyAccounts()
  const account = accounts.data?.find(({ vpas }) => vpas.includes(mandate.payer.vpa))
  const asking = useMandatePin(mandate, account)
  usePreparePin(use !== undefined)
  const code = asking.data
  const close = () => {
    asking.reset()
    onClose()
  }
  return (
    <Sheet open={use !== undefined} onClose={close} title={t('pay.pin')}>
      <div className="flex flex-col items-center gap-0.5 text-center">
        <p className="text-2xl font-bold tabular-nums">
          {use?.what === 'debit' ? formatRupees(use.debit.amountPaise) : terms(mandate)}
        </p>
        <p className="font-medium">{t('pay.to', { name: mandate.payee.name })}</p>
      </div>
      <ProblemNote error={asking.error} />
      {code !== undefined && <p className="text-center text-bad">{upiCodeText(code, language)}</p>}
      {use && account && (
        <PinPad
          // After a refusal it begins anew, and takes the focus.
          key={asking.submittedAt}
          label={t('pay.pin-of', { bank: account.bankName })}
          length={account.pinLength}
          busy={asking.isPending}
          onPin={(pin) =>
            asking.mutate(
              { use, takePin: () => pin },
              { onSuccess: (declined) => declined === undefined && close() },
            )
          }
        />
      )}
    </Sheet>
  )
}
