// Who is paid, as their bank knows them.
import type { Output } from '@bahi/contracts/call.ts'
import type { resolveVpa } from '@bahi/contracts/account.ts'
import { vpaText } from '@bahi/contracts/formats.ts'
import { useText } from '../language/language.ts'
import { useTypedAccount } from '../accounts/use-registered-payee.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'

export type KnownPayee = Output<typeof resolveVpa>

/** Without `verified` and `kind` what their bank says of them is not known, or not yet. */
type PayeeHeaderProps = { payee: { vpa: string; name: string } & Partial<KnownPayee>; isCompact?: boolean }

/** `isCompact`: in two lines, in the place of a heading. */
export function PayeeHeader({ payee, isCompact = false }: PayeeHeaderProps) {
  const t = useText()
  const account = useTypedAccount(payee.vpa)
  return (
    <div className="flex items-center gap-3">
      <Avatar name={payee.name} className={isCompact ? 'size-10' : 'size-12'} />
      <div className="min-w-0">
        <p className="flex items-center gap-1 text-lg leading-snug font-bold">
          <span className={isCompact ? 'line-clamp-2 wrap-anywhere' : 'break-words'}>{payee.name}</span>
          {isCompact && payee.verified && (
            <Icon name="check" className="size-4 shrink-0 text-good" label={t('pay.verified')} />
          )}
        </p>
        <p className="text-sm break-all text-soft">
          {account && `${t('accounts.number')} ${account} · `}
          {vpaText(payee.vpa)}
        </p>
        {!isCompact && (
          <p className="mt-0.5 flex flex-wrap items-center gap-x-2 text-sm">
            {payee.verified && (
              <span className="flex items-center gap-1 font-medium text-good">
                <Icon name="check" className="size-4" />
                {t('pay.verified')}
              </span>
            )}
            {payee.kind === 'merchant' && <span className="text-soft">{t('pay.merchant')}</span>}
          </p>
        )}
      </div>
    </div>
  )
}
