// What came to an account and went from it, the newest first, more as one goes on.
import type { Account } from '@bahi/contracts/account.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useLanguage, useText } from '../../language/language.ts'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { usePaymentsOf, type Span } from '../../payments/payment-queries.ts'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { MoreOf } from '../../api/paged-list.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { counterpartyOf } from '../../payments/payment-list.ts'
import { formatShortMoment } from '@bahi/web-ui/format/dates.ts'
import { useStatement, type StatementEntry } from './use-accounts.ts'

export function Statement({ account }: { account: Account }) {
  const t = useText()
  const { language } = useLanguage()
  const pages = useStatement(account.id)
  const payments = usePaymentsOf((pages.data?.pages ?? []).flatMap(({ entries }) => spanOf(entries)))

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
        {entries.map((entry, i) => {
          const { transferId, txnId, amountPaise, balancePaise, at } = entry
          const isCredit = amountPaise > 0
          // Within our bank a transfer has the id of its payment; in the network they share the transaction.
          const payment = payments.find((one) => one.id === transferId || one.txnId === txnId)
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
                under={formatShortMoment(language, at)}
                right={
                  <span className="text-right tabular-nums">
                    <span className={`block font-semibold ${isCredit ? 'text-good' : ''}`}>
                      {isCredit ? '+' : '−'}
                      {formatRupees(Math.abs(amountPaise))}
                    </span>
                    <span className="block text-sm text-soft">
                      <span className="sr-only"> {t('accounts.balance-after')} </span>
                      {formatRupees(balancePaise)}
                    </span>
                  </span>
                }
              />
            </li>
          )
        })}
      </ul>
      <MoreOf list={pages} text={t('accounts.statement-more')} />
    </>
  )
}

/** A payment begins before its money moves: it is looked for from so long before its entry on. */
const leadMs = 3 * 86_400_000

/** The time in which the payments of a page of entries began; none for a page without any. */
function spanOf(entries: StatementEntry[]): Span[] {
  const [newest, oldest] = [entries[0], entries.at(-1)]
  if (!newest || !oldest) return []
  const from = new Date(Date.parse(oldest.at) - leadMs).toISOString()
  return [{ from, to: new Date(Date.parse(newest.at) + 1).toISOString() }]
}
