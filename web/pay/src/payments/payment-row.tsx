// A payment as a row in a list: who, when, and how much, with what is still open or has failed.
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { useLanguage, useText } from '../language/language.ts'
import { shortRupees } from '@bahi/web-ui/format/rupees.ts'
import { counterpartyOf } from './payment-list.ts'
import { formatShortMoment } from '@bahi/web-ui/format/dates.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'

export function PaymentRow({ payment }: { payment: PaymentView }) {
  const t = useText()
  const { language } = useLanguage()
  const { id, status, direction, amountPaise, createdAt } = payment
  const { name } = counterpartyOf(payment)
  const isIn = direction === 'credit'
  const when = formatShortMoment(language, createdAt)
  return (
    <Row
      to={`/payments/${id}`}
      left={<Avatar name={name} />}
      title={name}
      under={
        <>
          {when}
          {payment.note && <span className="block truncate">{payment.note}</span>}
        </>
      }
      right={
        <span className="shrink-0 text-right">
          {/* Of what is not paid the words behind the amount say it. */}
          {status === 'settled' && (
            <span className="sr-only">{t(isIn ? 'payments.received' : 'payments.paid')} </span>
          )}
          <span
            className={`block font-semibold tabular-nums ${status === 'failed' ? 'text-soft line-through' : isIn ? 'text-good' : ''}`}
          >
            {isIn ? '+' : ''}
            {shortRupees(amountPaise)}
          </span>
          {status === 'pending' && <span className="block text-sm text-wait"> {t('status.pending')}</span>}
          {status === 'failed' && <span className="block text-sm text-bad"> {t('status.failed')}</span>}
        </span>
      }
    />
  )
}
