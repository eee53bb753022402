// In a file of its own: the home screen says what is pending, and needs no sentence of any failure.
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { formatDay } from '@bahi/web-ui/format/dates.ts'
import { useLanguage, useText } from '../language/language.ts'

/** The text for a payment whose outcome is not known yet. */
export function usePendingText(): (pending: NonNullable<PaymentView['pending']>) => string {
  const t = useText()
  const { language } = useLanguage()
  return ({ reason, returnBy }) => t(`pending.${reason}`, { date: formatDay(language, returnBy) })
}
