// From where it is paid: the account that is chosen, and a sheet with all others.
import { useState } from 'react'
import { Link } from 'react-router'
import { useText } from '../language/language.ts'
import { shortAccountNumber } from '../accounts/my-accounts.ts'
import { maxVpas, useGiveVpa } from '../accounts/use-vpas.ts'
import { ProblemNote } from '../api/problem-states.tsx'
import { BankMark } from '@bahi/web-ui/components/bank-mark.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { isReady, type ReadySource, type Source } from './send-money.ts'

type SourceChoiceProps = {
  sources: Source[]
  source: ReadySource
  /** The person came to choose another account. */
  isOpenFirst: boolean
  onSource: (vpa: string) => void
}

export function SourceChoice({ sources, source, isOpenFirst, onSource }: SourceChoiceProps) {
  const t = useText()
  const [isOpen, setIsOpen] = useState(isOpenFirst)
  const giving = useGiveVpa()
  const choose = (vpa: string) => {
    onSource(vpa)
    setIsOpen(false)
  }
  return (
    <>
      <button
        type="button"
        onClick={() => setIsOpen(true)}
        aria-haspopup="dialog"
        className="flex min-h-14 items-center gap-3 rounded-2xl border border-line bg-card px-4 py-1 text-left hover:bg-sunk"
      >
        <BankMark code={source.account.bank} name={source.account.bankName} className="size-9" />
        <span className="min-w-0 flex-1">
          <span className="block text-sm text-soft">{t('pay.from')}</span>
          <span className="block truncate font-medium">{accountShown(source)}</span>
        </span>
        <span className="text-sm font-semibold text-accent">{t('pay.change')}</span>
      </button>
      <Sheet open={isOpen} onClose={() => setIsOpen(false)} title={t('pay.from')}>
        <ProblemNote error={giving.error} />
        <ul className="-mx-2 flex flex-col gap-1">
          {sources.map((one) => (
            <li key={one.vpa ?? one.account.id}>
              <SourceRow
                source={one}
                isChosen={one.vpa === source.vpa}
                isFull={sources.filter(({ vpa }) => vpa !== undefined).length >= maxVpas}
                isBusy={giving.isPending}
                onChoose={() => {
                  if (isReady(one)) return choose(one.vpa)
                  giving.mutate(one.account.id, { onSuccess: ({ vpa }) => choose(vpa) })
                }}
              />
            </li>
          ))}
        </ul>
        <Link to="/accounts" className="flex min-h-11 items-center font-semibold text-accent hover:underline">
          {t('pay.to-accounts')}
        </Link>
      </Sheet>
    </>
  )
}

type SourceRowProps = {
  source: Source
  isChosen: boolean
  /** No further UPI ID may be made. */
  isFull: boolean
  isBusy: boolean
  onChoose: () => void
}

function SourceRow({ source, isChosen, isFull, isBusy, onChoose }: SourceRowProps) {
  const t = useText()
  const { vpa, state, primary } = source
  const canPay = state === 'ready' || (state === 'no-vpa' && !isFull)
  const under = {
    ready: vpa,
    'no-vpa': t(isFull ? 'pay.source-vpas-full' : 'pay.source-no-vpa'),
    'no-pin': t('pay.source-no-pin'),
    closed: t('pay.source-closed'),
  }
  return (
    <button
      type="button"
      disabled={!canPay || isBusy}
      aria-pressed={isChosen}
      onClick={onChoose}
      className="flex min-h-16 w-full items-center gap-3 rounded-2xl px-3 py-2 text-left enabled:hover:bg-sunk"
    >
      <BankMark
        code={source.account.bank}
        name={source.account.bankName}
        className={`size-9 ${canPay ? '' : 'opacity-50 grayscale'}`}
      />
      <span className="min-w-0 flex-1">
        <span className={`block truncate font-medium ${canPay ? '' : 'text-soft'}`}>
          {accountShown(source)}
        </span>
        <span className="block text-sm text-soft">{under[state]}</span>
      </span>
      {isChosen && <Icon name="check" className="size-5 text-accent" />}
      {primary && !isChosen && <span className="text-sm text-soft">{t('pay.primary')}</span>}
    </button>
  )
}

const accountShown = ({ account }: Source) =>
  `${account.bankName} ${shortAccountNumber(account.maskedNumber)}`
