// One payment: its facts, who paid whom for a reason that is on record, and the timeline of all that happened to it.
import { listActs } from '@bahi/contracts/acts.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { inspectPayment, revealPayment, type InspectedPayment } from '@bahi/contracts/look-up.ts'
import { deliveriesOf } from '@bahi/contracts/notification.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList, type Fact } from '@bahi/web-ui/components/facts.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatExactMoment } from '@bahi/web-ui/format/dates.ts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'react-router'
import { call } from '../../api/client.ts'
import { ProblemNote, ProblemState } from '../../api/problems.tsx'
import { ReasonButton } from '../../components/reason-form.tsx'
import { PersonLink } from '../../components/person-link.tsx'
import { Code } from '../../components/table.tsx'
import { useLanguage, useText, type Language } from '../../language/language.ts'
import { useMay } from '../../session/session.ts'
import { timelineOf } from './timeline.ts'
import { useTimelineText } from './timeline-texts.ts'

export function Component() {
  const t = useText()
  const { id = '' } = useParams()
  const payment = useQuery({
    queryKey: ['payment', id],
    queryFn: () => call(inspectPayment, { params: { id } }),
  })
  return (
    <Page title={t('payments.one')} back="/payments" width="wide">
      {payment.isPending && <Skeleton lines={5} />}
      {payment.error && <ProblemState error={payment.error} again={() => void payment.refetch()} />}
      {payment.data && (
        <div className="grid items-start gap-5 xl:grid-cols-2">
          <Facts payment={payment.data} />
          <Timeline payment={payment.data} />
        </div>
      )}
    </Page>
  )
}

function Facts({ payment }: { payment: InspectedPayment }) {
  const t = useText()
  const may = useMay()
  const { language } = useLanguage()
  const [shown, setShown] = useState<Output<typeof revealPayment>>()
  const party = (side: 'payer' | 'payee'): Fact => [
    t(`payments.${side}`),
    <PersonLink key={side} userId={payment[side].userId} text={shown?.[side].vpa ?? payment[side].vpa} />,
    shown?.[side].name ?? payment[side].bank,
  ]
  const facts: Fact[] = [
    [t('payments.amount'), formatRupees(payment.amountPaise)],
    [t('table.state'), t(`payments.${payment.status}`), stateText(payment, language)],
    party('payer'),
    party('payee'),
    ...(shown?.note === undefined ? [] : [[t('payments.note'), shown.note] as const]),
    [t('payments.at'), formatExactMoment(language, payment.createdAt)],
    ...(payment.completedAt === undefined
      ? []
      : [[t('payments.completed'), formatExactMoment(language, payment.completedAt)] as const]),
    [t('payments.route'), t(`payments.route-${payment.route}` as 'payments.route-ledger')],
    ['RRN', <Code key="rrn">{payment.rrn}</Code>],
    [t('payments.txn'), <Code key="txn">{payment.txnId}</Code>],
    ['ID', <Code key="id">{payment.id}</Code>],
  ]
  return (
    <Card className="flex flex-col gap-4">
      <FactList facts={facts} />
      {may('payments:reveal') && !shown && (
        <ReasonButton
          text={t('payments.reveal')}
          onGive={async ({ reason }) => {
            setShown(await call(revealPayment, { params: { id: payment.id }, body: { reason } }))
          }}
        />
      )}
    </Card>
  )
}

/** The code of its end, and what it means. */
const stateText = ({ status, code }: InspectedPayment, language: Language): string | undefined =>
  code !== undefined && status === 'failed' ? `${code}: ${upiCodeText(code, language)}` : code

/** With messages and acts for who may read them. */
function Timeline({ payment }: { payment: InspectedPayment }) {
  const t = useText()
  const may = useMay()
  const { language } = useLanguage()
  const deliveries = useQuery({
    queryKey: ['deliveries', payment.id],
    enabled: may('deliveries:read'),
    queryFn: () => call(deliveriesOf, { querystring: { subject: payment.id } }),
  })
  const acts = useQuery({
    queryKey: ['acts', payment.id],
    enabled: may('audit:read'),
    queryFn: () => call(listActs, { querystring: { object: payment.id, limit: 100 } }),
  })
  const steps = timelineOf(
    { t: useTimelineText(), language },
    payment,
    deliveries.data?.deliveries ?? [],
    acts.data?.acts ?? [],
  )
  return (
    <Card>
      <h2 className="mb-3 text-lg font-semibold">{t('timeline.title')}</h2>
      <ol className="flex flex-col">
        {steps.map(({ key, at, kind, what, more, record }) => (
          <li key={key} className="flex flex-wrap gap-x-4 border-l-2 border-line py-2 pl-4">
            <span className="text-sm text-soft">{formatExactMoment(language, at)}</span>
            <span className="text-sm font-semibold text-accent">{t(`timeline.${kind}`)}</span>
            <span className="min-w-0 basis-full break-words">
              {what}
              {more.map((sentence) => (
                <span key={sentence} className="block text-sm text-soft">
                  {sentence}
                </span>
              ))}
              <span className="block text-soft">
                <Code>{record}</Code>
              </span>
            </span>
          </li>
        ))}
      </ol>
      <ProblemNote error={deliveries.error ?? acts.error} />
    </Card>
  )
}
