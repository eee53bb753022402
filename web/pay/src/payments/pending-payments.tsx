// What is sent and not final: one payment in words, several as their number with the way to all of them.
import { formatRupees } from '@bahi/contracts/formats.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useText } from '../language/language.ts'
import { usePendingText } from './pending-text.ts'
import { Icon } from '@bahi/web-ui/components/icon.tsx'

/** @param vpa whose they are, when all of them are to one */
export function PendingPayments({ payments, vpa }: { payments: PaymentView[]; vpa?: string }) {
  const t = useText()
  const pendingText = usePendingText()
  const [first, ...more] = payments
  if (!first) return null
  if (more.length === 0) {
    const { id, amountPaise, payee, pending } = first
    return (
      <PendingLink
        to={`/payments/${id}`}
        title={t('home.pending', { amount: formatRupees(amountPaise), name: payee.name })}
        text={pending ? pendingText(pending) : t('home.pending-safe')}
      />
    )
  }
  const of = vpa === undefined ? '' : `&vpa=${encodeURIComponent(vpa)}`
  return (
    <PendingLink
      to={`/history?status=pending${of}`}
      title={t('home.pending-many', { count: payments.length })}
      text={t('home.pending-safe')}
    />
  )
}

type PendingLinkProps = { to: string; title: string; text?: ReactNode }

export function PendingLink({ to, title, text }: PendingLinkProps) {
  return (
    <Link to={to} className="flex items-center gap-3 rounded-card bg-wait-tint px-4 py-3 text-wait">
      <Icon name="clock" className="size-6" />
      <span className="min-w-0 flex-1">
        <span className="block font-semibold">{title}</span>
        {text && <span className="block text-sm">{text}</span>}
      </span>
      <Icon name="right" className="size-5" />
    </Link>
  )
}
