// Plans a payment to somebody.
import { splitVpa } from '@bahi/contracts/formats.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { useState } from 'react'
import { useLocation, useNavigate, useParams } from 'react-router'
import { useRegisteredPayee } from '../../accounts/use-registered-payee.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useText } from '../../language/language.ts'
import { NoSource } from '../../payments/no-source.tsx'
import { PayeeHeader } from '../../payments/payee-header.tsx'
import { readySource } from '../../payments/send-money.ts'
import { SourceChoice } from '../../payments/source-choice.tsx'
import { useSources } from '../../payments/use-sources.ts'
import { parsePlan } from '../../schedules/plan-path.ts'
import { useMakeSchedule } from '../../schedules/schedule-queries.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { PlanForm } from './plan-form.tsx'

export function Component() {
  const t = useText()
  const { vpa = '' } = useParams()
  const { search } = useLocation()
  const navigate = useNavigate()
  const payee = useRegisteredPayee(vpa)
  const { sources, error: unknown, again } = useSources()
  const [chosen, setChosen] = useState<string>()
  const make = useMakeSchedule()
  const title = t('schedules.plan')
  const error = payee.error ?? unknown
  if (!splitVpa(vpa) || (error && !(payee.data && sources)))
    return (
      <Page title={title} back="/schedules/new">
        <ProblemState error={error} again={() => (again(), void payee.refetch())} />
      </Page>
    )
  if (!payee.data || !sources)
    return (
      <Page title={title} back="/schedules/new">
        <Skeleton />
      </Page>
    )
  const source = readySource(sources, chosen)
  if (!source) return <NoSource title={title} nearest={sources[0]} />
  const first = {
    ...parsePlan(search),
    ...{ recurrence: 'MONTHLY' as const, on: addDays(istDateOf(new Date(serverNow())), 1) },
    ...{ ends: 'never' as const, until: '', count: '12' },
  }
  return (
    <PlanForm
      title={title}
      head={<PayeeHeader payee={payee.data} isCompact />}
      back="/schedules/new"
      first={first}
      from={<SourceChoice {...{ sources, source, isOpenFirst: false, onSource: setChosen }} />}
      submit={t('schedules.plan')}
      busy={make.isPending}
      error={<ProblemNote error={make.error} />}
      onPlan={({ on, ...plan }) =>
        make.mutate(
          { ...plan, payerVpa: source.vpa, payeeVpa: payee.data.vpa, startsOn: on },
          { onSuccess: ({ id }) => void navigate(`/schedules/${id}`, { replace: true }) },
        )
      }
    />
  )
}
