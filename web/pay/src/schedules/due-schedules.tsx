// What was planned and can be paid now: one in words, several as their number.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { useText } from '../language/language.ts'
import { PendingLink } from '../payments/pending-payments.tsx'
import { useDueSchedules } from './schedule-queries.ts'

export function DueSchedules() {
  const t = useText()
  const [first, ...more] = useDueSchedules().data ?? []
  if (!first) return null
  if (more.length > 0)
    return <PendingLink to="/schedules" title={t('schedules.due-many', { count: more.length + 1 })} />
  const about = { name: first.payee.name, amount: formatRupees(first.amountPaise) }
  return <PendingLink to={`/schedules/${first.id}`} title={t('schedules.due-one', about)} />
}
