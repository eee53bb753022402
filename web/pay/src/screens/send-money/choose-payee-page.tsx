// Whom to pay: a UPI ID or a phone number as it is typed, or somebody from before.
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { formatRupees, vpaText } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useFavourites } from '../../contacts/my-contacts.ts'
import { useText } from '../../language/language.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { useFindPhonePayee } from '../../accounts/use-registered-payee.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import type { Person } from '../../payments/payment-list.ts'
import { useOpenAttempts, type Attempt } from '../../payments/payment-attempts.ts'
import { usePendingDebits, useRecentPeople } from '../../payments/payment-queries.ts'
import { PendingLink, PendingPayments } from '../../payments/pending-payments.tsx'
import { useOutcome } from '../../payments/use-outcome.ts'
import { orderPath, payPath } from '../../payments/pay-path.ts'
import { parsePayee, searchPayees } from '../../payments/send-money.ts'

/** As many as a list is looked through by eye. */
const maxPeople = 50

export function Component() {
  const t = useText()
  const navigate = useNavigate()
  const recent = useRecentPeople(maxPeople)
  const payees = recent.data ?? []
  const [text, setText] = useState('')
  const [isChecked, setIsChecked] = useState(false)
  const typed = parsePayee(text)
  const finding = useFindPhonePayee()
  const favourites = searchPayees(useFavourites(), text)
  const found = searchPayees(payees, text).filter(({ vpa }) => !favourites.some((one) => one.vpa === vpa))
  const path =
    typed.is === 'payee'
      ? payPath({ vpa: typed.vpa })
      : typed.is === 'order'
        ? orderPath(typed.order)
        : undefined
  const isDone = path !== undefined || typed.is === 'phone'
  const isWrong = typed.is === 'wrong' || (isChecked && !isDone)
  const isUnknown = finding.error instanceof Problem && finding.error.code === 'not-found'
  const fault =
    typed.is === 'refused'
      ? t(`scan.refused-${typed.reason}`)
      : isWrong
        ? t('pay.payee-wrong')
        : isUnknown
          ? t('pay.phone-unknown')
          : undefined
  return (
    <Page title={t('pay.choose-payee')} back="/">
      <OpenPayments />
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setIsChecked(true)
          if (path !== undefined) void navigate(path)
          if (typed.is === 'phone')
            finding.mutate(typed.phone, { onSuccess: ({ vpa }) => void navigate(payPath({ vpa })) })
        }}
      >
        <Field
          label={t('pay.payee')}
          hint={t('pay.payee-hint')}
          fault={fault}
          value={text}
          onChange={({ target }) => {
            setIsChecked(false)
            finding.reset()
            setText(target.value)
          }}
          type="text"
          inputMode="email"
          enterKeyHint="go"
          autoCapitalize="none"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          // Of a link that was pasted nothing may be cut off.
          maxLength={4_096}
          before={<Icon name="search" className="size-5" />}
        />
        {finding.error && !isUnknown && <ProblemNote error={finding.error} />}
        {isDone && (
          <Button type="submit" busy={finding.isPending} wide>
            {t('action.continue')}
          </Button>
        )}
      </form>
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
          <Payees payees={favourites} />
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
            <Payees payees={found} />
          </>
        )}
      </section>
    </Page>
  )
}

function Payees({ payees }: { payees: Person[] }) {
  return (
    <ul className="-mx-3">
      {payees.map(({ vpa, name }) => (
        <li key={vpa}>
          <Row to={payPath({ vpa })} left={<Avatar name={name} />} title={name} under={vpaText(vpa)} />
        </li>
      ))}
    </ul>
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
