// How a request stands, in a word and a colour.
import type { RequestView } from '@bahi/contracts/requests.ts'
import { useText } from '../language/language.ts'

type Props = { request: Pick<RequestView, 'status'> }

const looks = {
  pending: 'bg-wait-tint text-wait',
  paid: 'bg-good-tint text-good',
  declined: 'bg-bad-tint text-bad',
  cancelled: 'bg-sunk text-soft',
  expired: 'bg-sunk text-soft',
  failed: 'bg-bad-tint text-bad',
} as const

export function RequestStatusMark({ request }: Props) {
  const t = useText()
  const { status } = request
  return (
    <span className={`inline-flex rounded-full px-3 py-1 text-sm font-semibold ${looks[status as 'paid']}`}>
      {t(`requests.status-${status as 'paid'}`)}
    </span>
  )
}

const colours = { pending: 'text-wait', paid: 'text-good', declined: 'text-bad' } as Record<string, string>

/** In a list. */
export function RequestStatusText({ request: { status } }: Props) {
  const t = useText()
  return <span className={colours[status] ?? 'text-soft'}>{t(`requests.status-${status as 'paid'}`)}</span>
}
