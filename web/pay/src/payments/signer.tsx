// Who vouches for a scanned code: the PSP that signed it, or nobody.
import type { ScannedCode } from '@bahi/contracts/qr.ts'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { useText } from '../language/language.ts'

/** Nothing for a payment without a code that the services have read. */
export function Signer({ reading }: { reading: ScannedCode | undefined }) {
  const t = useText()
  if (!reading) return undefined
  const { signer } = reading
  return (
    <p
      role="status"
      className={`flex items-center gap-3 rounded-2xl px-4 py-3 ${signer ? 'bg-good-tint text-good' : 'bg-wait-tint text-wait'}`}
    >
      <Icon name={signer ? 'check' : 'warn'} />
      <span>{signer ? t('pay.code-signed', { name: signer.name }) : t('pay.code-unverified')}</span>
    </p>
  )
}
