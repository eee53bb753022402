// The UPI PIN for a mandate: to agree to it, or to let it go on.
import type { Account } from '@bahi/contracts/account.ts'
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import { PinPad } from '../../accounts/pin-pad.tsx'
import { usePreparePin } from '../../accounts/seal-pin.ts'
import { useMyAccounts } from '../../accounts/my-accounts.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useMandatePin, type PinUse } from '../../mandates/mandate-queries.ts'
import { useMandateText } from '../../mandates/mandate-text.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'

type Props = { mandate: MandateView; use: PinUse | undefined; onClose: () => void }

export function PinSheet({ mandate, use, onClose }: Props) {
  const t = useText()
  const { terms } = useMandateText()
  const accounts = useMyAccounts()
  const account = accounts.data?.find(({ vpas }) => vpas.includes(mandate.payer.vpa))
  usePreparePin(use !== undefined)
  return (
    <Sheet open={use !== undefined} onClose={onClose} title={t('pay.pin')}>
      <div className="flex flex-col items-center gap-0.5 text-center">
        <p className="text-2xl font-bold tabular-nums">{terms(mandate)}</p>
        <p className="font-medium">{t('pay.to', { name: mandate.payee.name })}</p>
      </div>
      {use && account ? (
        <PinForMandate mandate={mandate} use={use} account={account} onDone={onClose} />
      ) : accounts.data ? (
        <Empty icon="bank" title={t('autopay.no-account', { vpa: mandate.payer.vpa })}>
          <LinkButton to="/accounts" look="quiet">
            {t('pay.to-accounts')}
          </LinkButton>
        </Empty>
      ) : accounts.error ? (
        <ProblemState error={accounts.error} again={() => void accounts.refetch()} />
      ) : (
        <Skeleton />
      )}
    </Sheet>
  )
}

type PinForMandateProps = { mandate: MandateView; use: PinUse; account: Account; onDone: () => void }

function PinForMandate({ mandate, use, account, onDone }: PinForMandateProps) {
  const t = useText()
  const { language } = useLanguage()
  const asking = useMandatePin(mandate, account)
  const code = asking.data
  return (
    <>
      <ProblemNote error={asking.error} />
      {code !== undefined && <p className="text-center text-bad">{upiCodeText(code, language)}</p>}
      <PinPad
        // After a refusal it begins anew, and takes the focus.
        key={asking.submittedAt}
        label={t('pay.pin-of', { bank: account.bankName })}
        length={account.pinLength}
        busy={asking.isPending}
        onPin={(pin) =>
          asking.mutate(
            { use, takePin: () => pin },
            { onSuccess: (declined) => declined === undefined && onDone() },
          )
        }
      />
    </>
  )
}
