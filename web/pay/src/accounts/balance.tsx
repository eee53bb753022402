// The balance of an account: a button, the UPI PIN, and the amount for a minute.
import type { Account } from '@bahi/contracts/account.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useEffect, useState } from 'react'
import { useText } from '../language/language.ts'
import { useBalance } from './use-balance.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { PinPad } from './pin-pad.tsx'
import { usePreparePin } from './seal-pin.ts'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { ProblemNote } from '../api/problem-states.tsx'

const shownForMs = 60_000

export function Balance({ account }: { account: Account }) {
  const t = useText()
  const [isAsking, setIsAsking] = useState(false)
  const asking = useBalance(account)
  const { data, reset } = asking
  usePreparePin(isAsking)
  useEffect(() => {
    if (!data) return
    const timer = setTimeout(reset, shownForMs)
    return () => clearTimeout(timer)
  }, [data, reset])
  if (!account.pinSet) {
    return (
      <LinkButton to={`/accounts/${account.id}/pin`} wide>
        {t('balance.set-pin')}
      </LinkButton>
    )
  }
  const needsNew =
    asking.error instanceof Problem && ['pin-locked', 'pin-not-set'].includes(asking.error.code)
  const close = () => {
    setIsAsking(false)
    if (asking.error) reset()
  }
  return (
    <>
      <div role="status" className={data ? '' : '-mb-4'}>
        {data && (
          <p className="flex flex-wrap items-baseline justify-between gap-x-3">
            <span className="text-sm text-soft">{t('balance.now')}</span>
            <strong className="text-3xl font-bold tabular-nums">{formatRupees(data.balancePaise)}</strong>
          </p>
        )}
      </div>
      <Button look="quiet" wide onClick={() => (data ? reset() : setIsAsking(true))}>
        {data ? t('balance.hide') : t('balance.show')}
      </Button>
      <Sheet open={isAsking} onClose={close} title={t('balance.title')}>
        <p className="text-center text-soft">
          {account.bankName} •• {account.maskedNumber.slice(-4)}
        </p>
        <ProblemNote error={asking.error} />
        {needsNew ? (
          <LinkButton to={`/accounts/${account.id}/pin`} wide>
            {t('balance.new-pin')}
          </LinkButton>
        ) : (
          <PinPad
            // After a refusal it begins anew, and takes the focus.
            key={asking.isError ? asking.submittedAt : 'first'}
            label={t('balance.pin-of', { bank: account.bankName })}
            length={account.pinLength}
            busy={asking.isPending}
            onPin={(pin) => asking.mutate(() => pin, { onSuccess: () => setIsAsking(false) })}
          />
        )}
      </Sheet>
    </>
  )
}
