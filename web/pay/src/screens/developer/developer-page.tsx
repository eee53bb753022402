// The developer's page of a sandbox: payments and what leads to them as they happen, the inbox, bank accounts to play
// with, faults to order.
import { NavLink, useSearchParams } from 'react-router'
import { useDeveloperText } from './developer-texts.ts'
import { useSandbox } from '../../sandbox/sandbox.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { Faults } from './faults.tsx'
import { FlowTraces } from './flow-traces.tsx'
import { Inbox } from './inbox.tsx'
import { OpenAccount } from './open-account.tsx'
import { PaymentTraces } from './payment-traces.tsx'

const parts = {
  watch: PaymentTraces,
  flows: FlowTraces,
  inbox: Inbox,
  account: OpenAccount,
  faults: Faults,
} as const
type PartName = keyof typeof parts
const names = Object.keys(parts) as PartName[]

export function Component() {
  const t = useDeveloperText()
  const sandbox = useSandbox()
  const [search] = useSearchParams()
  const chosen = names.find((name) => name === search.get('show')) ?? 'watch'
  const Part = parts[chosen]
  return (
    <main>
      <Page title={t('developer.title')} back="/" width="wide">
        {sandbox.data ? (
          <>
            <nav aria-label={t('developer.title')} className="-mx-4 overflow-x-auto px-4">
              <ul className="flex gap-2">
                {names.map((name) => (
                  <li key={name}>
                    <NavLink
                      to={`?show=${name}`}
                      replace
                      aria-current={name === chosen ? 'page' : undefined}
                      className={`inline-flex min-h-11 items-center rounded-full px-5 font-semibold whitespace-nowrap ${name === chosen ? 'bg-accent text-on-accent' : 'bg-sunk text-ink'}`}
                    >
                      {t(`developer.${name}`)}
                    </NavLink>
                  </li>
                ))}
              </ul>
            </nav>
            <Part />
          </>
        ) : sandbox.isPending ? (
          <Skeleton />
        ) : sandbox.error ? (
          <ProblemState error={sandbox.error} again={() => void sandbox.refetch()} />
        ) : (
          <Empty icon="lock" title={t('developer.none')} />
        )}
      </Page>
    </main>
  )
}
