// The requests that wait for my answer: one in words, several as their number.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { useText } from '../language/language.ts'
import { PendingLink } from '../payments/pending-payments.tsx'
import { useOpenRequests } from './request-queries.ts'

export function OpenRequests() {
  const t = useText()
  const [first, ...more] = useOpenRequests().data ?? []
  if (!first) return null
  if (more.length > 0)
    return <PendingLink to="/requests" title={t('requests.open-many', { count: more.length + 1 })} />
  const about = { name: first.payee.name, amount: formatRupees(first.amountPaise) }
  return <PendingLink to={`/requests/${first.id}`} title={t('requests.open', about)} />
}
