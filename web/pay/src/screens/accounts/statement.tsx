// What came to an account and went from it, the newest first, more as one goes on.
import type { Account } from '@bahi/contracts/account.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useLanguage, useText } from '../../language/language.ts'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { LoadMore } from '@bahi/web-ui/components/load-more.tsx'
import { useRecentPayments } from '../../payments/payment-queries.ts'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { counterpartyOf } from '../../payments/payment-list.ts'
import { formatDay } from '@bahi/web-ui/format/dates.ts'
import { useStatement } from './use-accounts.ts'

export function Statement({ account }: { account: Account }) {
  const t = useText()
  const { language } = useLanguage()
  const pages = useStatement(account.id)
  const recent = useRecentPayments().data ?? []

  if (pages.isPending) return <Skeleton />
  if (pages.error && !pages.data) {
    const isElsewhere = pages.error instanceof Problem && pages.error.code === 'bank-unreachable'
    if (isElsewhere)
      return <Empty icon="bank" title={t('accounts.statement-unavailable', { bank: account.bankName })} />
    return <ProblemState error={pages.error} again={() => void pages.refetch()} />
  }
  const entries = pages.data.pages.flatMap((page) => page.entries)
  if (entries.length === 0) return <Empty icon="clock" title={t('accounts.statement-empty')} />
  return (
    <>
      <ul className="rounded-card border border-line bg-card p-1">
        {entries.map(({ transferId, amountPaise, at }, i) => {
          const isCredit = amountPaise > 0
          const payment = recent.find(({ id }) => id === transferId)
          const name = payment && counterpartyOf(payment).name
          return (
            <li key={`${transferId} ${i}`}>
              <Row
                left={
                  <span
                    className={`grid size-11 shrink-0 place-items-center rounded-full ${isCredit ? 'bg-good-tint text-good' : 'bg-sunk text-soft'}`}
                  >
                    <Icon name={isCredit ? 'receive' : 'send'} className="size-5" />
                  </span>
                }
                title={
                  name === undefined
                    ? t(isCredit ? 'accounts.credit' : 'accounts.debit')
                    : t(isCredit ? 'accounts.from' : 'accounts.to', { name })
                }
                {...(payment ? { to: `/payments/${payment.id}` } : {})}
                under={formatDay(language, at)}
                right={
                  <span className={`font-semibold tabular-nums ${isCredit ? 'text-good' : ''}`}>
                    {isCredit ? '+' : '−'}
                    {formatRupees(Math.abs(amountPaise))}
                  </span>
                }
              />
            </li>
          )
        })}
      </ul>
      {pages.hasNextPage && (
        <LoadMore
          text={t('accounts.statement-more')}
          busy={pages.isFetchingNextPage}
          onLoad={() => void pages.fetchNextPage()}
        />
      )}
    </>
  )
}
