// Changes a planned payment from its next date on.
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import type { OccurrenceView, ScheduleView } from '@bahi/contracts/schedules.ts'
import { useNavigate, useParams } from 'react-router'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useText } from '../../language/language.ts'
import { PayeeHeader } from '../../payments/payee-header.tsx'
import { useEditSchedule, useSchedule } from '../../schedules/schedule-queries.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { rupeesText } from '@bahi/web-ui/format/rupees.ts'
import { PlanForm } from './plan-form.tsx'

export function Component() {
  const t = useText()
  const { id = '' } = useParams()
  const { data, error, refetch } = useSchedule(id)
  if (data) return <Edit {...data} />
  return (
    <Page title={t('schedules.edit')} back={`/schedules/${id}`}>
      {error ? <ProblemState error={error} again={() => void refetch()} /> : <Skeleton />}
    </Page>
  )
}

function Edit({ schedule, occurrences }: { schedule: ScheduleView; occurrences: OccurrenceView[] }) {
  const t = useText()
  const navigate = useNavigate()
  const { id, payee, payer, amountPaise, note = '', recurrence, until, count, next } = schedule
  const edit = useEditSchedule(id)
  const last = occurrences.find(({ status }) => status !== 'upcoming')
  const today = istDateOf(new Date(serverNow()))
  const after = last ? addDays(last.on, 1) : today
  return (
    <PlanForm
      title={t('schedules.edit')}
      head={<PayeeHeader payee={{ ...payee, kind: 'person', verified: true }} isCompact />}
      back={`/schedules/${id}`}
      first={{
        ...{ rupees: rupeesText(amountPaise), note, recurrence },
        on: next?.on ?? (after > today ? after : today),
        ends: count !== undefined ? 'after' : until !== undefined ? 'on' : 'never',
        ...{ until: until ?? '', count: String(count ?? 12) },
      }}
      earliest={after}
      before={last?.number ?? 0}
      submit={t('schedules.save')}
      busy={edit.isPending}
      error={<ProblemNote error={edit.error} />}
      onPlan={({ on, ...plan }) =>
        edit.mutate(
          { ...plan, payerVpa: payer.vpa, nextOn: on },
          { onSuccess: () => void navigate(`/schedules/${id}`, { replace: true }) },
        )
      }
    />
  )
}
