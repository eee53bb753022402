// Health of the platform at a glance, without another tool: it refreshes itself while somebody looks at it.
import { readHealth, type PlatformHealth } from '@bahi/contracts/health.ts'
import { useNow } from '@bahi/web-ui/browser/now.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList, type Fact } from '@bahi/web-ui/components/facts.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatAge, formatSpan, formatTime } from '@bahi/web-ui/format/dates.ts'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { ProblemNote, ProblemState } from '../../api/problems.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { PaymentCharts } from '../../payment-charts/lazy-charts.tsx'
import { useMay } from '../../session/session.ts'
import { concernsOf, workLateAfterS } from './concerns.ts'
import { ServiceList } from './service-list.tsx'

const everyMs = 15_000

export function Component() {
  const t = useText()
  const may = useMay()
  const { data, error, isPending, isFetching, refetch } = useQuery({
    queryKey: ['health'],
    queryFn: () => call(readHealth, {}),
    // Not while the tab is hidden; at once when it is seen again.
    refetchInterval: everyMs,
    refetchOnWindowFocus: true,
  })
  const again = () => void refetch()
  return (
    <Page
      title={t('health.title')}
      width="wide"
      action={
        data && (
          <Button look="quiet" className="min-h-11 px-4" busy={isFetching} onClick={again}>
            {t('health.again')}
          </Button>
        )
      }
    >
      {isPending && <Skeleton lines={5} />}
      {error && !data && <ProblemState error={error} again={again} />}
      {data && (
        <>
          <Age at={data.at} error={error} />
          <Verdict health={data} />
          {may('payments:count') && <PaymentCharts />}
          <ServiceList services={data.services} />
          <div className="grid gap-5 md:grid-cols-2 xl:grid-cols-3">
            <Payments health={data} />
            <Books health={data} />
            <Backups health={data} />
            <Queues health={data} />
            <DueWork health={data} />
          </div>
        </>
      )}
    </Page>
  )
}

type Shown = { health: PlatformHealth }

/** How old what is shown is, second by second; and what went wrong when it was asked for again. */
function Age({ at, error }: { at: string; error: unknown }) {
  const t = useText()
  const { language } = useLanguage()
  const nowMs = useNow(1_000)
  const age = formatAge(language, at, nowMs)
  return (
    <>
      <p className="-mt-4 text-sm text-soft">
        {t('health.as-of', { time: formatTime(language, at, 'seconds'), age })}
      </p>
      {error !== null && (
        <div className="rounded-2xl bg-wait-tint px-4 py-3 text-wait">
          <p>{t('health.not-renewed', { age })}</p>
          <ProblemNote error={error} />
        </div>
      )}
    </>
  )
}

function Verdict({ health }: Shown) {
  const t = useText()
  const { language } = useLanguage()
  const concerns = concernsOf(health, language, t)
  const tone = concerns.some((one) => one.tone === 'bad') ? 'bg-bad-tint text-bad' : 'bg-wait-tint text-wait'
  return (
    <div role="status">
      {concerns.length === 0 ? (
        <p className="flex items-center gap-3 rounded-card bg-good-tint px-5 py-4 font-semibold text-good">
          <Icon name="check" />
          {t('health.well')}
        </p>
      ) : (
        <div className={`flex gap-3 rounded-card px-5 py-4 ${tone}`}>
          <Icon name="warn" />
          <div>
            <p className="font-semibold">{t('health.look', { count: concerns.length })}</p>
            <ul className="mt-1 list-disc pl-5 text-ink">
              {concerns.map(({ text }) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </div>
  )
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card>
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="mt-2">{children}</div>
    </Card>
  )
}

function Note({ children }: { children: ReactNode }) {
  return <p className="border-t border-line pt-3 text-soft">{children}</p>
}

/** A list of facts, and a note in the place of an empty one. */
function Facts({ title, facts, empty }: { title: string; facts: Fact[]; empty: string }) {
  return <Block title={title}>{facts.length === 0 ? <Note>{empty}</Note> : <FactList facts={facts} />}</Block>
}

function Payments({ health: { payments } }: Shown) {
  const t = useText()
  const { language } = useLanguage()
  const { number, percent } = useNumbers()
  const title = t('health.payments')
  if (!payments) return <Facts title={title} facts={[]} empty={t('health.unknown', { service: 'payment' })} />
  const { minutes, settled, failed, pending, pendingOldestS, deemed } = payments
  const completed = settled + failed
  const oldest = pending > 0 ? t('health.oldest', { age: formatSpan(language, pendingOldestS) }) : undefined
  const facts: Fact[] = [
    [t('health.a-minute'), number(completed / minutes), t('health.last-minutes', { count: minutes })],
    [
      t('health.success'),
      completed === 0 ? t('health.no-payments') : percent(settled / completed),
      completed === 0 ? undefined : t('health.of', { part: number(settled), all: number(completed) }),
    ],
    [t('health.in-doubt'), number(pending), oldest],
    [t('health.deemed'), number(deemed)],
  ]
  return <Facts title={title} facts={facts} empty="" />
}

function Books({ health: { services, bookFaults, audit, differences } }: Shown) {
  const t = useText()
  const { language } = useLanguage()
  const { number } = useNumbers()
  const nobody = (service: string) => t('health.unknown', { service })
  const isDown = (service: string) => services.some((one) => one.name === service && one.status === 'down')
  const unchecked = isDown('account') ? nobody('account') : t('health.unchecked')
  const faults =
    bookFaults === 0 ? t('health.books-hold') : t('health.books-faults', { number: bookFaults ?? 0 })
  const checkpointAge = audit?.checkpointAgeS
  const open = (differences ?? []).map(({ kind, open: count, oldestS }): Fact => [
    kind,
    number(count),
    t('health.oldest', { age: formatSpan(language, oldestS) }),
  ])
  const chain: Fact[] = audit
    ? [
        [t('health.chain'), number(audit.records)],
        [
          t('health.checkpoint'),
          checkpointAge === undefined
            ? t('health.no-checkpoint')
            : formatAge(language, new Date(0), checkpointAge * 1_000),
        ],
      ]
    : [[t('health.chain'), nobody('audit')]]
  const facts: Fact[] = [
    [t('health.books'), bookFaults === undefined ? unchecked : faults],
    ...chain,
    [
      t('health.differences'),
      differences ? number(differences.reduce((sum, one) => sum + one.open, 0)) : nobody('payment'),
    ],
    ...open,
  ]
  return <Facts title={t('health.money')} facts={facts} empty="" />
}

function Backups({ health: { at, backup } }: Shown) {
  const t = useText()
  const { language } = useLanguage()
  const age = (moment: string | undefined) =>
    moment === undefined ? t('health.never') : formatAge(language, moment, Date.parse(at))
  const facts: Fact[] = backup
    ? [
        [t('health.backup'), age(backup.lastSuccessAt)],
        [t('health.verified'), age(backup.lastVerifiedAt)],
      ]
    : []
  return <Facts title={t('health.backups')} facts={facts} empty={t('health.no-backups')} />
}

function Queues({ health: { queues } }: Shown) {
  const t = useText()
  const { number } = useNumbers()
  const facts = queues.map(({ name, waiting, deadLetters }): Fact => [
    name,
    t('health.waiting', { number: number(waiting) }),
    t('health.dead-letters', { number: number(deadLetters) }),
  ])
  return <Facts title={t('health.queues')} facts={facts} empty={t('health.nothing')} />
}

function DueWork({ health: { dueWork } }: Shown) {
  const t = useText()
  const { language } = useLanguage()
  const { number } = useNumbers()
  /** Dozens are on time as a rule, and only counted. */
  const onTime = dueWork.filter(({ lateS, givenUp }) => lateS < workLateAfterS && givenUp === 0)
  const others = dueWork.filter((one) => !onTime.includes(one))
  const facts: Fact[] =
    dueWork.length === 0
      ? []
      : [
          [t('health.on-time'), t('health.of', { part: number(onTime.length), all: number(dueWork.length) })],
          ...others.map(({ kind, lateS, givenUp }): Fact => [
            kind,
            lateS < workLateAfterS
              ? t('health.on-time')
              : t('health.is-late', { age: formatSpan(language, lateS) }),
            givenUp > 0 ? t('health.given-up', { number: number(givenUp) }) : undefined,
          ]),
        ]
  return <Facts title={t('health.due')} facts={facts} empty={t('health.nothing')} />
}

function useNumbers() {
  const { language } = useLanguage()
  const format = (options: Intl.NumberFormatOptions) => (value: number) =>
    new Intl.NumberFormat(`${language}-IN`, options).format(value)
  return {
    number: format({ maximumFractionDigits: 1 }),
    percent: format({ style: 'percent', maximumFractionDigits: 1 }),
  }
}
