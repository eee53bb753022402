// What I spent in a month: beside the months before it, by category, and by who was paid.
import type { Output } from '@bahi/contracts/call.ts'
import type { showSpending } from '@bahi/contracts/insight.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import { useSearchParams } from 'react-router'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { ProblemState } from '../../api/problem-states.tsx'
import { useSpending } from '../../insight/insight-queries.ts'
import { threadPath } from '../../insight/thread-path.ts'
import { useLanguage } from '../../language/language.ts'
import { useSpendingText } from './spending-texts.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Card, Row } from '@bahi/web-ui/components/card.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatMonth, formatShortMonth } from '@bahi/web-ui/format/dates.ts'
import { shortRupees } from '@bahi/web-ui/format/rupees.ts'

type Spending = Output<typeof showSpending>

export function Component() {
  const t = useSpendingText()
  const [query, setQuery] = useSearchParams()
  const current = istDateOf(new Date(serverNow())).slice(0, 7)
  const asked = query.get('month') ?? ''
  const month = /^2\d{3}-(0[1-9]|1[0-2])$/.test(asked) && asked <= current ? asked : current
  const spending = useSpending(current)
  // The six months stand still while one of them is chosen.
  const chosen = useSpending(month)
  return (
    <Page title={t('spending.title')} back="/history">
      {spending.isPending && <Skeleton lines={4} />}
      {spending.error && !spending.data && (
        <ProblemState error={spending.error} again={() => void spending.refetch()} />
      )}
      {spending.data && (
        <Months
          months={monthsWith(spending.data.months, chosen.data?.months, month)}
          month={month}
          onMonth={(to) => setQuery(to === current ? {} : { month: to }, { replace: true })}
        />
      )}
      {chosen.error && spending.data && (!chosen.data || chosen.isPlaceholderData) && (
        <ProblemState error={chosen.error} again={() => void chosen.refetch()} />
      )}
      {chosen.data && !chosen.error && (
        <div aria-busy={chosen.isPlaceholderData} className={chosen.isPlaceholderData ? 'opacity-60' : ''}>
          <OfMonth spending={chosen.data} />
        </div>
      )}
    </Page>
  )
}

/** An older month than the six, when an address asks for it, stands with its own six. */
const monthsWith = (latest: Spending['months'], own: Spending['months'] | undefined, month: string) =>
  latest.some((one) => one.month === month) ? latest : (own ?? latest)

type MonthsProps = { months: Spending['months']; month: string; onMonth: (month: string) => void }

function Months({ months, month, onMonth }: MonthsProps) {
  const t = useSpendingText()
  const { language } = useLanguage()
  const most = Math.max(1, ...months.map(({ spentPaise }) => spentPaise))
  const shown = months.find((one) => one.month === month)
  return (
    <Card className="flex flex-col gap-4">
      <div aria-live="polite">
        <p className="text-soft">{formatMonth(language, month)}</p>
        <p className="text-4xl font-bold tabular-nums">{shortRupees(shown?.spentPaise ?? 0)}</p>
        <p className="text-sm text-soft">{t('spending.count', { count: shown?.count ?? 0 })}</p>
      </div>
      <ul className="grid grid-cols-6 gap-1">
        {months.map((one) => (
          <li key={one.month}>
            <button
              type="button"
              aria-pressed={one.month === month}
              onClick={() => onMonth(one.month)}
              className="flex w-full flex-col items-center gap-1 rounded-xl py-1 hover:bg-sunk"
            >
              <span className="flex h-24 w-full items-end justify-center">
                <span
                  className={`w-full max-w-9 rounded-t-lg ${one.month === month ? 'bg-accent' : 'bg-soft/35'}`}
                  style={{ height: `${Math.max(2, (one.spentPaise / most) * 100)}%` }}
                />
              </span>
              <span className={`text-sm ${one.month === month ? 'font-semibold' : 'text-soft'}`}>
                {formatShortMonth(language, one.month)}
                <span className="sr-only"> {shortRupees(one.spentPaise)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function OfMonth({ spending }: { spending: Spending }) {
  const t = useSpendingText()
  const { language } = useLanguage()
  const { month, categories, payees } = spending
  const total = categories.reduce((sum, { spentPaise }) => sum + spentPaise, 0)
  if (categories.length === 0)
    return (
      <Empty icon="gauge" title={t('spending.none')}>
        <p className="text-soft">{t('spending.none-text', { month: formatMonth(language, month) })}</p>
      </Empty>
    )
  return (
    <div className="flex flex-col gap-6">
      <section>
        <h2 className="mb-3 font-semibold">{t('spending.by-category')}</h2>
        <ul className="flex flex-col gap-4">
          {categories.map(({ category, spentPaise, count }) => (
            <li key={category}>
              <span className="flex items-baseline justify-between gap-4">
                <span className="min-w-0 truncate font-medium">{t(`spending.${category}`)}</span>
                <span className="font-semibold tabular-nums">{shortRupees(spentPaise)}</span>
              </span>
              <span className="mt-1 block h-2 overflow-hidden rounded-full bg-sunk">
                <span
                  className="block h-full rounded-full bg-accent"
                  style={{ width: `${Math.max(1, (spentPaise / total) * 100)}%` }}
                />
              </span>
              <span className="mt-1 block text-sm text-soft">{t('spending.count', { count })}</span>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2 className="mb-1 font-semibold">{t('spending.by-payee')}</h2>
        <ul className="-mx-3 flex flex-col">
          {payees.map(({ vpa, name, spentPaise, count }) => (
            <li key={vpa}>
              <Row
                to={threadPath(vpa)}
                left={<Avatar name={name} />}
                title={name}
                under={t('spending.count', { count })}
                right={<span className="font-semibold tabular-nums">{shortRupees(spentPaise)}</span>}
              />
            </li>
          ))}
        </ul>
      </section>
      <p className="text-sm text-soft">{t('spending.hint')}</p>
    </div>
  )
}
