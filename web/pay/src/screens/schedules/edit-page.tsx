// Changes a planned payment from its next date on.
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import type { OccurrenceView, ScheduleView } from '@bahi/contracts/schedules.ts'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { useRegisteredPayee } from '../../accounts/use-registered-payee.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { NotThere, ProblemNote } from '../../api/problem-states.tsx'
import { useText } from '../../language/language.ts'
import { PayeeHeader } from '../../payments/payee-header.tsx'
import { readySource } from '../../payments/send-money.ts'
import { SourceChoice } from '../../payments/source-choice.tsx'
import { useSources } from '../../payments/use-sources.ts'
import { useEditSchedule, useSchedule } from '../../schedules/schedule-queries.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { rupeesText } from '@bahi/web-ui/format/rupees.ts'
import { PlanForm } from './plan-form.tsx'

export function Component() {
  const t = useText()
  const { id = '' } = useParams()
  const { data, error, refetch } = useSchedule(id)
  const status = data?.schedule.status
  if (data && (status === 'active' || status === 'paused')) return <Edit {...data} />
  return (
    <Page title={t('schedules.edit')} back={`/schedules/${id}`}>
      {status === 'completed' || status === 'ended' ? (
        <Empty icon="clock" title={t(`schedules.status-${status}`)}>
          <LinkButton to="/schedules" look="quiet" replace>
            {t('schedules.title')}
          </LinkButton>
        </Empty>
      ) : error ? (
        <NotThere
          error={error}
          again={() => void refetch()}
          title={t('schedules.not-found')}
          to="/schedules"
          text={t('schedules.title')}
        />
      ) : (
        <Skeleton />
      )}
    </Page>
  )
}

function Edit({ schedule, occurrences }: { schedule: ScheduleView; occurrences: OccurrenceView[] }) {
  const t = useText()
  const navigate = useNavigate()
  const { id, payee, payer, amountPaise, note = '', recurrence, until, count, next } = schedule
  const edit = useEditSchedule(id)
  const registered = useRegisteredPayee(payee.vpa).data
  const { sources } = useSources()
  const [chosen, setChosen] = useState<string>()
  const source = sources && readySource(sources, chosen ?? payer.vpa)
  const last = occurrences.find(({ status }) => status !== 'upcoming')
  const today = istDateOf(new Date(serverNow()))
  const after = last ? addDays(last.on, 1) : today
  return (
    <PlanForm
      title={t('schedules.edit')}
      head={<PayeeHeader payee={registered ?? payee} isCompact />}
      back={`/schedules/${id}`}
      first={{
        ...{ rupees: rupeesText(amountPaise), note, recurrence },
        on: next?.on ?? (after > today ? after : today),
        ends: count !== undefined ? 'after' : until !== undefined ? 'on' : 'never',
        ...{ until: until ?? '', count: String(count ?? 12) },
      }}
      earliest={after}
      before={last?.number ?? 0}
      from={
        sources &&
        source && <SourceChoice {...{ sources, source, isOpenFirst: false, onSource: setChosen }} />
      }
      submit={t('schedules.save')}
      busy={edit.isPending}
      error={<ProblemNote error={edit.error} />}
      onPlan={({ on, ...plan }) =>
        edit.mutate(
          { ...plan, payerVpa: source?.vpa ?? payer.vpa, nextOn: on },
          { onSuccess: () => void navigate(`/schedules/${id}`, { replace: true }) },
        )
      }
    />
  )
}
