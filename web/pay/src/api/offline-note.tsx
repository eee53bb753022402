// Why a button is off without a network: nothing can be sent.
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { useText } from '../language/language.ts'

export function OfflineNote() {
  const t = useText()
  return useOnline() ? null : (
    <p role="status" className="text-wait">
      {t('problem.offline')}
    </p>
  )
}
