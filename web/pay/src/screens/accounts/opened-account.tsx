// A sandbox account that was just opened: its number and card, shown this once.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { useText } from '../../language/language.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { formatCardNumber } from './card.ts'
import type { SandboxAccount } from './use-accounts.ts'

type OpenedAccountProps = {
  opened: SandboxAccount
  bankName: string
  busy: boolean
  error: unknown
  onNext: () => void
}

export function OpenedAccount({ opened, bankName, busy, error, onNext }: OpenedAccountProps) {
  const t = useText()
  const { accountNumber, balancePaise, card, holderName } = opened
  return (
    <>
      <p className="text-soft">{t('accounts.opened-why', { amount: formatRupees(balancePaise) })}</p>
      <dl className="flex animate-pop flex-col gap-5 rounded-card bg-accent p-6 text-on-accent shadow-lg">
        <div>
          <dt className="sr-only">{t('accounts.bank')}</dt>
          <dd className="text-lg font-bold">{bankName}</dd>
        </div>
        <div>
          <dt className="text-sm">{t('accounts.card-number')}</dt>
          <dd className="text-xl font-semibold tracking-wide tabular-nums sm:text-2xl">
            {formatCardNumber(card.number)}
          </dd>
        </div>
        <div className="flex justify-between gap-4">
          <div>
            <dt className="text-sm">{t('accounts.holder')}</dt>
            <dd className="font-semibold">{holderName}</dd>
          </div>
          <div>
            <dt className="text-sm">{t('accounts.expiry')}</dt>
            <dd className="font-semibold tabular-nums">{card.expiry}</dd>
          </div>
        </div>
        <div>
          <dt className="text-sm">{t('accounts.number')}</dt>
          <dd className="font-semibold tabular-nums">{accountNumber}</dd>
        </div>
      </dl>
      <ProblemNote error={error} />
      <Button wide busy={busy} onClick={onNext}>
        {t('accounts.opened-next')}
      </Button>
    </>
  )
}
