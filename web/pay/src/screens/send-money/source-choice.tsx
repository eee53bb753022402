// From where it is paid: the account that is chosen, and a sheet with the others.
import { useState } from 'react'
import { Link } from 'react-router'
import { useText } from '../../language/language.ts'
import { shortAccountNumber } from '../../accounts/my-accounts.ts'
import { BankMark } from '@bahi/web-ui/components/bank-mark.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import type { Source } from './send-money.ts'

type SourceChoiceProps = { sources: Source[]; source: Source; onSource: (vpa: string) => void }

export function SourceChoice({ sources, source, onSource }: SourceChoiceProps) {
  const t = useText()
  const [isOpen, setIsOpen] = useState(false)
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
        <ul className="-mx-2 flex flex-col gap-1">
          {sources.map((one) => (
            <li key={one.vpa}>
              <button
                type="button"
                disabled={!one.usable}
                aria-pressed={one.vpa === source.vpa}
                onClick={() => {
                  onSource(one.vpa)
                  setIsOpen(false)
                }}
                className="flex min-h-16 w-full items-center gap-3 rounded-2xl px-3 py-2 text-left enabled:hover:bg-sunk"
              >
                <BankMark
                  code={one.account.bank}
                  name={one.account.bankName}
                  className={`size-9 ${one.usable ? '' : 'opacity-50 grayscale'}`}
                />
                <span className="min-w-0 flex-1">
                  <span className={`block truncate font-medium ${one.usable ? '' : 'text-soft'}`}>
                    {accountShown(one)}
                  </span>
                  <span className="block truncate text-sm text-soft">
                    {one.usable ? one.vpa : t(one.account.pinSet ? 'pay.source-closed' : 'pay.source-no-pin')}
                  </span>
                </span>
                {one.vpa === source.vpa && <Icon name="check" className="size-5 text-accent" />}
                {one.primary && one.vpa !== source.vpa && (
                  <span className="text-sm text-soft">{t('pay.primary')}</span>
                )}
              </button>
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

const accountShown = ({ account }: Source) =>
  `${account.bankName} ${shortAccountNumber(account.maskedNumber)}`
