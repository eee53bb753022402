// Home: the main actions, pending payments, the account, recent people and payments.
import type { Account } from '@bahi/contracts/account.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { Link } from 'react-router'
import { useText } from '../../language/language.ts'
import {
  shortAccountNumber,
  primaryAccount,
  useMe,
  useMyAccounts,
  useMyVpas,
} from '../../accounts/my-accounts.ts'
import { useIsSandbox } from '../../sandbox/sandbox.ts'
import type { TextKey } from '../../language/en.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Balance } from '../../accounts/balance.tsx'
import { useHasPanel } from '@bahi/web-ui/browser/breakpoint.ts'
import { BankMark } from '@bahi/web-ui/components/bank-mark.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Icon, type IconName } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import type { Person } from '../../payments/payment-list.ts'
import {
  useHasPaid,
  useLatestPayments,
  usePendingDebits,
  useRecentPeople,
} from '../../payments/payment-queries.ts'
import { PendingPayments } from '../../payments/pending-payments.tsx'
import { OpenRequests } from '../../requests/open-requests.tsx'
import { AskedMandates } from '../../mandates/asked-mandates.tsx'
import { DueSchedules } from '../../schedules/due-schedules.tsx'
import { PaymentRows } from '../../payments/payment-rows.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { useUnread } from '../../notifications/use-unread.ts'
import { firstSteps, shortName } from './home.ts'
import { FirstSteps } from './first-steps.tsx'

/** Two rows of them. */
const maxPeople = 8

export function Component() {
  const t = useText()
  const profile = useMe()
  const accounts = useMyAccounts()
  const vpas = useMyVpas()
  const isSandbox = useIsSandbox()
  const hasPanel = useHasPanel()
  const payments = useLatestPayments()
  const hasPaid = useHasPaid(payments.data)
  const pending = usePendingDebits()
  const people = useRecentPeople(maxPeople).data ?? []
  const all = [profile, accounts, vpas, payments]
  const broken = all.find(({ data, error }) => error && !data)
  const isKnown = accounts.data && vpas.data && payments.data
  const steps = isKnown && hasPaid !== undefined && firstSteps(accounts.data, vpas.data, hasPaid, isSandbox)
  const account = primaryAccount(accounts.data ?? [], vpas.data ?? [])
  const latest = payments.data ?? []
  return (
    <Page title={t('nav.home')} quiet width={hasPanel ? 'hand' : 'columns'}>
      <Greeting name={profile.data?.name} />
      <OpenRequests />
      <AskedMandates />
      <DueSchedules />
      <PendingPayments payments={pending} />
      {broken && (
        <ProblemState error={broken.error} again={() => void Promise.all(all.map((one) => one.refetch()))} />
      )}
      {!broken && !isKnown && <Skeleton />}
      {steps && <FirstSteps steps={steps} />}
      <div className="flex flex-col gap-6 lg:grid lg:grid-cols-2 lg:items-start lg:gap-x-10 xl:flex xl:items-stretch">
        {isKnown && account && (
          <div className="flex flex-col gap-5">
            <Actions />
            <Money account={account} vpa={vpas.data.find(({ primary }) => primary)?.vpa} />
          </div>
        )}
        {people.length > 0 && <People people={people} />}
        {latest.length > 0 && <Latest payments={latest} />}
      </div>
    </Page>
  )
}

function Greeting({ name }: { name: string | undefined }) {
  const t = useText()
  const unread = useUnread()
  return (
    <div className="flex items-center gap-3 pt-2">
      <Link to="/profile" className="flex min-h-12 min-w-0 flex-1 items-center gap-3 rounded-full">
        {name === undefined ? <span className="size-11 rounded-full bg-sunk" /> : <Avatar name={name} />}
        <span className="truncate text-xl font-bold">
          {name && t('home.hello', { name: shortName(name) })}
        </span>
      </Link>
      <Link
        to="/notifications"
        aria-label={unread > 0 ? t('home.unread', { count: unread }) : t('home.messages')}
        className="relative grid size-12 shrink-0 place-items-center rounded-full hover:bg-sunk"
      >
        <Icon name="bell" />
        {unread > 0 && (
          <span
            aria-hidden="true"
            className="absolute top-1 right-1 grid h-5 min-w-5 place-items-center rounded-full bg-accent px-1 text-xs font-bold text-on-accent"
          >
            {unread > 99 ? '99+' : unread}
          </span>
        )}
      </Link>
    </div>
  )
}

const actions: [to: string, icon: IconName, text: TextKey][] = [
  ['/pay', 'send', 'home.pay'],
  ['/scan', 'scan', 'home.scan'],
  ['/receive', 'qr', 'home.receive'],
  ['/requests', 'receive', 'requests.title'],
  ['/schedules', 'calendar', 'schedules.home'],
  ['/autopay', 'again', 'autopay.title'],
  ['/history/spending', 'gauge', 'spending.title'],
  ['/accounts', 'bank', 'home.bank'],
]

function Actions() {
  const t = useText()
  return (
    <ul className="grid grid-cols-4 gap-1 min-[640px]:grid-cols-8 lg:grid-cols-4 xl:grid-cols-8">
      {actions.map(([to, icon, text], at) => (
        <li key={to}>
          <Link
            to={to}
            className="flex h-full flex-col items-center gap-2 rounded-card py-2 text-center text-sm font-medium hover:bg-sunk"
          >
            <span
              className={`grid size-14 place-items-center rounded-2xl ${at === 0 ? 'bg-accent text-on-accent' : 'bg-tint text-accent'}`}
            >
              <Icon name={icon} className="size-7" />
            </span>
            {t(text)}
          </Link>
        </li>
      ))}
    </ul>
  )
}

function Money({ account, vpa }: { account: Account; vpa: string | undefined }) {
  const t = useText()
  const { id, bank, bankName, maskedNumber } = account
  return (
    <Card className="flex flex-col gap-4">
      <Link to={`/accounts/${id}`} className="-m-2 flex items-center gap-3 rounded-2xl p-2 hover:bg-sunk">
        <BankMark code={bank} name={bankName} />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-semibold">
            {bankName} {shortAccountNumber(maskedNumber)}
          </span>
          <span className="block truncate text-sm text-soft">{vpa ?? t('home.no-vpa')}</span>
        </span>
        <Icon name="right" className="size-5 text-soft" />
      </Link>
      <Balance account={account} />
    </Card>
  )
}

function People({ people }: { people: Person[] }) {
  const t = useText()
  return (
    <section aria-labelledby="people" className="flex flex-col gap-3">
      <h2 id="people" className="text-lg font-semibold">
        {t('home.people')}
      </h2>
      <ul className="-mx-2 grid grid-cols-4 gap-x-1 gap-y-3">
        {people.map(({ vpa, name }) => (
          <li key={vpa} className="min-w-0">
            <Link
              to={`/pay/${encodeURIComponent(vpa)}`}
              className="flex flex-col items-center gap-1 rounded-2xl py-2 hover:bg-sunk"
            >
              <Avatar name={name} className="size-14" />
              <span className="line-clamp-2 w-full text-center text-sm leading-tight wrap-anywhere">
                {name}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Latest({ payments }: { payments: PaymentView[] }) {
  const t = useText()
  return (
    <section aria-labelledby="latest" className="lg:col-start-2 lg:row-span-2 lg:row-start-1">
      <div className="flex items-center justify-between gap-3">
        <h2 id="latest" className="text-lg font-semibold">
          {t('home.latest')}
        </h2>
        <Link
          to="/history"
          aria-label={t('home.all-payments')}
          className="-mr-2 flex min-h-11 items-center rounded-full px-2 font-semibold text-accent hover:underline"
        >
          {t('home.all')}
        </Link>
      </div>
      <PaymentRows payments={payments} />
    </section>
  )
}
