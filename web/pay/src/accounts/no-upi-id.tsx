// What stands where a UPI ID of mine is needed, and I have none yet.
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'
import { useText } from '../language/language.ts'

export function NoUpiId() {
  const t = useText()
  return (
    <Empty icon="qr" title={t('receive.none')}>
      <p className="text-soft">{t('receive.none-why')}</p>
      <LinkButton to="/upi-ids/new">{t('upi-ids.first')}</LinkButton>
    </Empty>
  )
}
