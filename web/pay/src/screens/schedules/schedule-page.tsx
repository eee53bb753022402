// One planned payment: pay what is due, its dates, and what can be done with it.
import { formatRupees, vpaText } from '@bahi/contracts/formats.ts'
import { uuidv7TimeMs } from '@bahi/contracts/id.ts'
import type { OccurrenceView, ScheduleView } from '@bahi/contracts/schedules.ts'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { NotThere, ProblemNote } from '../../api/problem-states.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { payPath } from '../../payments/pay-path.ts'
import { useChangeSchedule, useSchedule } from '../../schedules/schedule-queries.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList, type Fact } from '@bahi/web-ui/components/facts.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Note, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { useScheduleText } from './schedule-text.ts'

/** The services take the id of a payment for a day: an older one is not used. */
const idGoodMs = 20 * 3_600_000

export function Component() {
  const t = useText()
  const { id = '' } = useParams()
  const found = useSchedule(id)
  return (
    <Page title={t('schedules.one')} back="/schedules">
      {found.isPending && <Skeleton />}
      {found.error && !found.data && (
        <NotThere
          error={found.error}
          again={() => void found.refetch()}
          title={t('schedules.not-found')}
          to="/schedules"
          text={t('schedules.title')}
        />
      )}
      {found.data && <Shown {...found.data} />}
    </Page>
  )
}

const looks = {
  due: 'bg-wait-tint text-wait',
  active: 'bg-good-tint text-good',
  paused: 'bg-sunk text-soft',
  completed: 'bg-sunk text-soft',
  ended: 'bg-sunk text-soft',
} as const

function Shown({ schedule, occurrences }: { schedule: ScheduleView; occurrences: OccurrenceView[] }) {
  const t = useText()
  const { day, often, end } = useScheduleText()
  const { status, amountPaise, payee, payer, note, recurrence, next, due, paid } = schedule
  const ends = end(schedule)
  const state = (due ? 'due' : status) as keyof typeof looks
  const facts: Fact[] = [
    [t('schedules.upi-id'), vpaText(payee.vpa)],
    [t('pay.from'), vpaText(payer.vpa)],
    ...(note === undefined ? [] : [[t('pay.note-is'), note] as const]),
    [t('schedules.often'), often(recurrence)],
    ...(ends === undefined ? [] : [[t('schedules.ends'), ends] as const]),
    ...(next ? [[t('schedules.next'), day(next.on)] as const] : []),
    ...(paid > 0 ? [[t('schedules.paid'), t('schedules.times', { count: paid })] as const] : []),
  ]
  return (
    <>
      <div className="flex flex-col items-center gap-2 text-center">
        <Avatar name={payee.name} className="size-16" />
        <p className="max-w-full text-lg break-words">{t('pay.to', { name: payee.name })}</p>
        <p className="text-5xl font-bold tabular-nums">{formatRupees(amountPaise)}</p>
        <p role="status" className={`rounded-full px-3 py-1 text-sm font-semibold ${looks[state]}`}>
          {t(`schedules.status-${state}`)}
        </p>
      </div>
      {due && <Due schedule={schedule} due={due} />}
      <Card className="py-2">
        <FactList facts={facts} />
      </Card>
      <Actions schedule={schedule} />
      {occurrences.some((one) => one.status !== 'upcoming') && <Dates occurrences={occurrences} />}
    </>
  )
}

function Due({ schedule, due }: { schedule: ScheduleView; due: NonNullable<ScheduleView['due']> }) {
  const t = useText()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const change = useChangeSchedule(schedule.id)
  const { id, payee, payer, amountPaise, note } = schedule
  if (due.isPaying)
    return (
      <Note tone="wait" role="status">
        {t('schedules.is-paying')}
      </Note>
    )
  const isGood = uuidv7TimeMs(due.paymentId) > serverNow() - idGoodMs
  const path = payPath({
    ...{ vpa: payee.vpa, amountPaise, isFixed: true, from: payer.vpa },
    ...(note === undefined ? {} : { note }),
    ...(isGood ? { paymentId: due.paymentId } : {}),
    initiation: { origin: { kind: 'schedule', id } },
  })
  return (
    <div className="flex flex-col gap-3">
      <ProblemNote error={change.error} />
      <LinkButton to={path} wide>
        {t('schedules.pay', { amount: formatRupees(amountPaise) })}
      </LinkButton>
      <Button
        look="quiet"
        wide
        disabled={!isOnline}
        busy={change.isPending}
        onClick={() => change.mutate({ what: 'skip', number: due.number })}
      >
        {t('schedules.skip-due')}
      </Button>
      <p className="text-center text-sm text-soft">
        {t('schedules.payable-until', { moment: formatMoment(language, due.payableUntil) })}
      </p>
    </div>
  )
}

function Actions({ schedule }: { schedule: ScheduleView }) {
  const t = useText()
  const isOnline = useOnline()
  const { day } = useScheduleText()
  const change = useChangeSchedule(schedule.id)
  const [isEnding, setIsEnding] = useState(false)
  const { id, status, next, recurrence } = schedule
  if (status !== 'active' && status !== 'paused') return null
  const isOff = !isOnline || change.isPending
  return (
    <div className="flex flex-col gap-3">
      <ProblemNote error={change.error} />
      <div className="grid grid-cols-2 gap-3">
        <LinkButton to={`/schedules/${id}/edit`} look="quiet" className="px-3">
          {t('schedules.edit')}
        </LinkButton>
        <Button
          look="quiet"
          className="px-3"
          disabled={isOff}
          onClick={() => change.mutate({ what: status === 'paused' ? 'resume' : 'pause' })}
        >
          {t(status === 'paused' ? 'schedules.resume' : 'schedules.pause')}
        </Button>
      </div>
      {next && recurrence !== 'ONETIME' && (
        <Button
          look="quiet"
          disabled={isOff}
          onClick={() => change.mutate({ what: 'skip', number: next.number })}
        >
          {t('schedules.skip-next', { date: day(next.on) })}
        </Button>
      )}
      <Button look="bare" disabled={isOff} onClick={() => setIsEnding(true)}>
        {t('schedules.end')}
      </Button>
      <Sheet open={isEnding} onClose={() => setIsEnding(false)} title={t('schedules.end-title')}>
        <div className="flex flex-col gap-4">
          <p className="text-soft">{t('schedules.end-hint')}</p>
          <Button
            wide
            busy={change.isPending}
            onClick={() => change.mutate({ what: 'end' }, { onSettled: () => setIsEnding(false) })}
          >
            {t('schedules.end')}
          </Button>
        </div>
      </Sheet>
    </div>
  )
}

function Dates({ occurrences }: { occurrences: OccurrenceView[] }) {
  const t = useText()
  const { day } = useScheduleText()
  return (
    <section aria-labelledby="dates">
      <h2 id="dates" className="mb-1 text-lg font-semibold">
        {t('schedules.dates')}
      </h2>
      <ul className="divide-y divide-line">
        {occurrences.map(({ number, on, status, paymentId }) => (
          <li key={number} className="flex min-h-12 items-center justify-between gap-3">
            <span>{day(on)}</span>
            {paymentId === undefined ? (
              <span className={status === 'due' ? 'text-wait' : 'text-soft'}>
                {t(`schedules.date-${status as 'due'}`)}
              </span>
            ) : (
              <Link to={`/payments/${paymentId}`} className="font-semibold text-good hover:underline">
                {t('schedules.date-paid')}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
