// Planned payments: what can be paid now, what is to come, what is over, and the way to plan one.
import type { ScheduleView } from '@bahi/contracts/schedules.ts'
import { useSearchParams } from 'react-router'
import { useText } from '../../language/language.ts'
import { useSchedulePages, type Shown } from '../../schedules/schedule-queries.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Choice } from '@bahi/web-ui/components/choice.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'
import { shortRupees } from '@bahi/web-ui/format/rupees.ts'
import { PagedList } from '../../api/paged-list.tsx'
import { useScheduleText } from './schedule-text.ts'

export function Component() {
  const t = useText()
  const [query, setQuery] = useSearchParams()
  const show: Shown = query.get('show') === 'over' ? 'over' : 'open'
  const list = useSchedulePages(show)
  const schedules = list.data?.pages
    .flatMap((page) => page.schedules)
    .sort((a, b) => Number(b.due !== undefined) - Number(a.due !== undefined))
  return (
    <Page
      title={t('schedules.title')}
      back="/"
      action={
        <LinkButton to="/schedules/new" look="quiet" className="px-4">
          <Icon name="plus" className="size-5" />
          {t('schedules.new')}
        </LinkButton>
      }
    >
      <div className="-mx-3">
        <Choice
          quiet
          label={t('schedules.show')}
          options={[
            { value: 'open', text: t('schedules.open') },
            { value: 'over', text: t('schedules.over') },
          ]}
          value={show}
          onChange={(next) => setQuery(next === 'over' ? { show: next } : {}, { replace: true })}
        />
      </div>
      <PagedList
        list={list}
        rows={schedules}
        more={t('schedules.more')}
        empty={
          <Empty icon="calendar" title={t(`schedules.none-${show}`)}>
            <p className="text-soft">{t('schedules.none-hint')}</p>
            <LinkButton to="/schedules/new">{t('schedules.plan')}</LinkButton>
          </Empty>
        }
      >
        {(schedule) => <ScheduleRow schedule={schedule} />}
      </PagedList>
    </Page>
  )
}

function ScheduleRow({ schedule }: { schedule: ScheduleView }) {
  const t = useText()
  const { day, often } = useScheduleText()
  const { id, status, payee, amountPaise, recurrence, next, due, note } = schedule
  const state = due ? 'due' : status
  return (
    <Row
      to={`/schedules/${id}`}
      left={<Avatar name={payee.name} />}
      title={payee.name}
      under={
        <>
          {[often(recurrence), note].filter(Boolean).join(' · ')}
          {next && !due && (
            <span className="block truncate">{t('schedules.next-on', { date: day(next.on) })}</span>
          )}
        </>
      }
      right={
        <span className="shrink-0 text-right">
          <span className="block font-semibold tabular-nums">{shortRupees(amountPaise)}</span>
          <span className={`block text-sm ${due ? 'text-wait' : 'text-soft'}`}>
            {t(`schedules.status-${state as 'due'}`)}
          </span>
        </span>
      }
    />
  )
}
