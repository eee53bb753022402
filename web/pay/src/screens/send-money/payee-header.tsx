// Who is paid, as their bank knows them.
import type { Output } from '@bahi/contracts/call.ts'
import type { resolveVpa } from '@bahi/contracts/account.ts'
import { vpaText } from '@bahi/contracts/formats.ts'
import { useText } from '../../language/language.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'

export type KnownPayee = Output<typeof resolveVpa>

export function PayeeHeader({ payee }: { payee: KnownPayee }) {
  const t = useText()
  return (
    <div className="flex items-center gap-3">
      <Avatar name={payee.name} className="size-12" />
      <div className="min-w-0">
        <p className="text-lg leading-snug font-bold break-words">{payee.name}</p>
        <p className="text-sm break-all text-soft">{vpaText(payee.vpa)}</p>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-2 text-sm">
          {payee.verified && (
            <span className="flex items-center gap-1 font-medium text-good">
              <Icon name="check" className="size-4" />
              {t('pay.verified')}
            </span>
          )}
          {payee.kind === 'merchant' && <span className="text-soft">{t('pay.merchant')}</span>}
        </p>
      </div>
    </div>
  )
}
