// The UPI PIN for a mandate: to make it, to agree to it, or to let it go on.
import type { Account } from '@bahi/contracts/account.ts'
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { PinPad } from '../../accounts/pin-pad.tsx'
import { usePreparePin } from '../../accounts/seal-pin.ts'
import { accountOf, useMyAccounts } from '../../accounts/my-accounts.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useMandatePin, type AskWithPin, type PinUse } from '../../mandates/mandate-queries.ts'
import { useMandateText } from '../../mandates/mandate-text.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Empty, Note, Skeleton } from '@bahi/web-ui/components/states.tsx'

type PinSheetProps = {
  mandate: Pick<MandateView, 'terms'>
  payeeName: string
  isOpen: boolean
  onClose: () => void
  children: ReactNode
}

export function PinSheet({ mandate, payeeName, isOpen, onClose, children }: PinSheetProps) {
  const t = useText()
  const { terms } = useMandateText()
  usePreparePin(isOpen)
  return (
    <Sheet open={isOpen} onClose={onClose} title={t('pay.pin')}>
      <div className="flex flex-col items-center gap-0.5 text-center">
        <p className="text-xl font-bold tabular-nums">{terms(mandate)}</p>
        <p className="font-medium">{t('pay.to', { name: payeeName })}</p>
      </div>
      {children}
    </Sheet>
  )
}

type PinForExistingProps = { mandate: MandateView; use: PinUse; onDone: () => void }

export function PinForExisting({ mandate, use, onDone }: PinForExistingProps) {
  return <PinForAccount mandate={mandate} ask={useMandatePin(mandate, use)} onDone={onDone} />
}

type PinForAccountProps = { mandate: MandateView; ask: AskWithPin; onDone: () => void }

/** With the account that it debits, which may be linked here no more. */
export function PinForAccount({ mandate, ask, onDone }: PinForAccountProps) {
  const t = useText()
  const accounts = useMyAccounts()
  const { vpa } = mandate.payer
  const account = accountOf(accounts.data, vpa)
  if (account) return <PinForMandate ask={ask} account={account} onDone={onDone} />
  if (accounts.data)
    return (
      <Empty icon="bank" title={t('autopay.no-account', { vpa })}>
        <LinkButton to="/accounts" look="quiet">
          {t('pay.to-accounts')}
        </LinkButton>
      </Empty>
    )
  if (accounts.error) return <ProblemState error={accounts.error} again={() => void accounts.refetch()} />
  return <Skeleton />
}

type PinForMandateProps = { ask: AskWithPin; account: Account; onDone: () => void }

export function PinForMandate({ ask, account, onDone }: PinForMandateProps) {
  const t = useText()
  const { language } = useLanguage()
  const asking = useMutation({
    gcTime: 0,
    mutationFn: ({ takePin }: { takePin: () => string }) => ask({ takePin, bank: account.bank }),
  })
  const refusal = asking.data
  return (
    <>
      <ProblemNote error={asking.error} />
      {refusal && (
        <Note tone="bad" role="alert">
          <span className="block">{upiCodeText(refusal.code, language)}</span>
          {refusal.triesLeft !== undefined && (
            <span className="block font-semibold">{t('pay.tries-left', { count: refusal.triesLeft })}</span>
          )}
        </Note>
      )}
      <PinPad
        // After a refusal it begins anew, and takes the focus.
        key={asking.submittedAt}
        label={t('pay.pin-of', { bank: account.bankName })}
        length={account.pinLength}
        busy={asking.isPending}
        onPin={(pin) =>
          asking.mutate(
            { takePin: () => pin },
            { onSuccess: (declined) => declined === undefined && onDone() },
          )
        }
      />
    </>
  )
}
