// Who vouches for a scanned code: the PSP that signed it, or nobody.
import type { ScannedCode } from '@bahi/contracts/qr.ts'
import { Note } from '@bahi/web-ui/components/states.tsx'
import { useText } from '../language/language.ts'

/** Nothing for a payment without a code that the services have read. */
export function Signer({ reading }: { reading: ScannedCode | undefined }) {
  const t = useText()
  if (!reading) return undefined
  const { signer } = reading
  return (
    <Note role="status" {...(signer ? { tone: 'good', icon: 'check' } : { tone: 'wait', icon: 'warn' })}>
      {signer ? t('pay.code-signed', { name: signer.name }) : t('pay.code-unverified')}
    </Note>
  )
}
