// Whom to pay: a UPI ID or a phone number as it is typed, or somebody from before.
import { useState } from 'react'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { useFavourites } from '../../contacts/my-contacts.ts'
import { useText } from '../../language/language.ts'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { useOpenAttempts, type Attempt } from '../../payments/payment-attempts.ts'
import { usePendingDebits, useRecentPeople } from '../../payments/payment-queries.ts'
import { PendingLink, PendingPayments } from '../../payments/pending-payments.tsx'
import { useOutcome } from '../../payments/use-outcome.ts'
import { PayeeForm, PeopleRows } from '../../payments/payee-form.tsx'
import { payPath } from '../../payments/pay-path.ts'
import { orderPath } from '../../payments/requested-payment.ts'
import { maxPeople, searchPayees } from '../../payments/send-money.ts'

const pathTo = (vpa: string) => payPath({ vpa })

export function Component() {
  const t = useText()
  const recent = useRecentPeople(maxPeople)
  const payees = recent.data ?? []
  const [text, setText] = useState('')
  const favourites = searchPayees(useFavourites(), text)
  const found = searchPayees(payees, text).filter(({ vpa }) => !favourites.some((one) => one.vpa === vpa))
  return (
    <Page title={t('pay.choose-payee')} back="/">
      <OpenPayments />
      <PayeeForm text={text} onText={setText} pathTo={pathTo} orderPath={orderPath} />
      <div className="rounded-card border border-line bg-card p-1">
        <Row
          to="/pay/account"
          left={<Icon name="bank" className="size-6 text-accent" />}
          title={t('pay.by-account')}
          under={t('pay.by-account-more')}
        />
      </div>
      {favourites.length > 0 && (
        <section aria-labelledby="favourites">
          <h2 id="favourites" className="mb-1 text-sm font-semibold text-soft">
            {t('pay.favourites')}
          </h2>
          <PeopleRows people={favourites} pathTo={pathTo} />
        </section>
      )}
      <section aria-labelledby="recent">
        <h2 id="recent" className="mb-1 text-sm font-semibold text-soft">
          {t('pay.recent')}
        </h2>
        {recent.isPending && <Skeleton />}
        {recent.error && !recent.data && (
          <ProblemState error={recent.error} again={() => void recent.refetch()} />
        )}
        {recent.data && payees.length === 0 && (
          <Empty icon="send" title={t('pay.no-recent')}>
            <p className="text-soft">{t('pay.no-recent-more')}</p>
          </Empty>
        )}
        {payees.length > 0 && (
          <>
            <p role="status" className={found.length > 0 ? 'sr-only' : 'py-4 text-soft'}>
              {text !== '' && t('pay.found', { count: found.length + favourites.length })}
            </p>
            <PeopleRows people={found} pathTo={pathTo} />
          </>
        )}
      </section>
    </Page>
  )
}

/** What was sent and not answered stands first, beneath it what is not final: both before anybody is paid again. */
function OpenPayments() {
  const attempts = useOpenAttempts()
  const pending = usePendingDebits()
  const [first, ...more] = attempts
  return (
    <>
      {first && <OpenAttempt attempt={first} more={more.length} />}
      <PendingPayments payments={pending} />
    </>
  )
}

function OpenAttempt({ attempt, more }: { attempt: Attempt; more: number }) {
  const t = useText()
  const { isAbsent } = useOutcome(attempt.id)
  const about = { amount: formatRupees(attempt.amountPaise), name: attempt.payeeName }
  return (
    <PendingLink
      to={`/pay/result/${attempt.id}`}
      title={t(isAbsent ? 'pay.unsent' : 'pay.unanswered', about)}
      text={more > 0 ? t('pay.unanswered-more', { count: more }) : undefined}
    />
  )
}
