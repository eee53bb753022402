// Says that the same payee got money a moment ago, before it is sent twice.
import { formatRupees } from '@bahi/contracts/formats.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { Link } from 'react-router'
import { useLanguage, useText } from '../../language/language.ts'
import { useNow } from '@bahi/web-ui/browser/now.ts'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { formatAge } from '@bahi/web-ui/format/dates.ts'

export function JustPaid({ payment }: { payment: PaymentView | undefined }) {
  const t = useText()
  const { language } = useLanguage()
  const nowMs = useNow(10_000)
  if (!payment) return null
  const { id, amountPaise, completedAt, createdAt } = payment
  return (
    <Link
      to={`/payments/${id}`}
      className="flex min-h-11 items-center gap-2 rounded-card bg-good-tint px-4 py-1 text-sm text-good"
    >
      <Icon name="check" className="size-5" />
      <span className="flex-1">
        {t('pay.just-paid', {
          amount: formatRupees(amountPaise),
          ago: formatAge(language, completedAt ?? createdAt, nowMs),
        })}
      </span>
      <Icon name="right" className="size-5" />
    </Link>
  )
}
