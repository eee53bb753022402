// Plans a payment to somebody.
import { splitVpa } from '@bahi/contracts/formats.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { useLocation, useNavigate, useParams } from 'react-router'
import { useMyVpas } from '../../accounts/my-accounts.ts'
import { useRegisteredPayee } from '../../accounts/use-registered-payee.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useText } from '../../language/language.ts'
import { PayeeHeader } from '../../payments/payee-header.tsx'
import { parsePlan } from '../../schedules/plan-path.ts'
import { useMakeSchedule } from '../../schedules/schedule-queries.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { PlanForm } from './plan-form.tsx'

export function Component() {
  const t = useText()
  const { vpa = '' } = useParams()
  const { search } = useLocation()
  const navigate = useNavigate()
  const payee = useRegisteredPayee(vpa)
  const vpas = useMyVpas()
  const make = useMakeSchedule()
  const title = t('schedules.plan')
  const own = vpas.data?.find(({ primary }) => primary) ?? vpas.data?.[0]
  const error = payee.error ?? vpas.error
  if (!splitVpa(vpa) || (error && !(payee.data && vpas.data)))
    return (
      <Page title={title} back="/schedules/new">
        <ProblemState error={error} again={() => void Promise.all([payee.refetch(), vpas.refetch()])} />
      </Page>
    )
  if (!payee.data || !vpas.data)
    return (
      <Page title={title} back="/schedules/new">
        <Skeleton />
      </Page>
    )
  if (!own)
    return (
      <Page title={title} back="/schedules">
        <Empty icon="bank" title={t('pay.no-account')}>
          <LinkButton to="/accounts">{t('pay.to-accounts')}</LinkButton>
        </Empty>
      </Page>
    )
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
      submit={t('schedules.plan')}
      busy={make.isPending}
      error={<ProblemNote error={make.error} />}
      onPlan={({ on, ...plan }) =>
        make.mutate(
          { ...plan, payerVpa: own.vpa, payeeVpa: payee.data.vpa, startsOn: on },
          { onSuccess: ({ id }) => void navigate(`/schedules/${id}`, { replace: true }) },
        )
      }
    />
  )
}
