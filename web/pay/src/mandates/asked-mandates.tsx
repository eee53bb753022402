// The mandates that wait for my answer: one in words, several as their number.
import { listMandates } from '@bahi/contracts/mandates.ts'
import { useQuery } from '@tanstack/react-query'
import { call } from '../api/client.ts'
import { mandatesKey } from '../api/query-keys.ts'
import { useText } from '../language/language.ts'
import { PendingLink } from '../payments/pending-payments.tsx'

/** As many as a person looks at on the home screen. */
const askedCount = 20

export function AskedMandates() {
  const t = useText()
  const asked = useQuery({
    queryKey: [...mandatesKey, 'asked'],
    queryFn: () =>
      call(listMandates, { querystring: { direction: 'payer', status: 'requested', limit: askedCount } }),
  })
  const [first, ...more] = asked.data?.mandates ?? []
  if (!first) return null
  if (more.length > 0)
    return <PendingLink to="/autopay" title={t('autopay.asked-many', { count: more.length + 1 })} />
  return <PendingLink to={`/autopay/${first.id}`} title={t('autopay.asked', { name: first.payee.name })} />
}
