// Payments as they go through the services: the newest as it happens, the ones before to look at again.
import { paymentTrace } from '@bahi/contracts/feed.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callPublic } from '../../api/client.ts'
import { useDeveloperText, type DeveloperTextKey } from './developer-texts.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { PayFromOutside } from './pay-from-outside.tsx'
import { TraceDiagram, timeOf } from './trace-diagram.tsx'
import { TraceFacts } from './trace-facts.tsx'
import { stepsOf, toneOf, tracesIn, type Tone, type PaymentTrace } from './payment-trace.ts'
import { useFeed } from './use-feed.ts'
import { usePlayback } from './use-playback.ts'

const mostListed = 12
const chips: Record<Tone, string> = {
  plain: 'bg-sunk text-ink',
  good: 'bg-good-tint text-good',
  bad: 'bg-bad-tint text-bad',
  wait: 'bg-wait-tint text-wait',
}

export function PaymentTraces() {
  const t = useDeveloperText()
  const { events, error, isKnown } = useFeed()
  const [chosen, setChosen] = useState<string>()
  const traces = tracesIn(events).slice(0, mostListed)
  const trace = traces.find(({ id }) => id === chosen) ?? traces[0]
  return (
    <div className="grid grid-cols-1 gap-5 lg:grid-cols-[17rem_minmax(0,1fr)] lg:grid-rows-[auto_1fr]">
      <section aria-labelledby="last-payments" className="min-w-0">
        <h2 id="last-payments" className="mb-2 flex items-center gap-2 text-lg font-bold">
          {t('developer.last')}
          <span aria-hidden="true" className="size-2.5 animate-pulse rounded-full bg-good" />
        </h2>
        {traces.length > 0 && (
          <ul className="flex gap-2 overflow-x-auto lg:flex-col" aria-live="polite">
            {traces.map((one) => (
              <li key={one.id} className="shrink-0">
                <TraceButton
                  trace={one}
                  isChosen={one.id === trace?.id}
                  onClick={() => setChosen(one.id === traces[0]?.id ? undefined : one.id)}
                />
              </li>
            ))}
          </ul>
        )}
        {!isKnown && error === undefined && <Skeleton lines={2} />}
        {traces.length === 0 && isKnown && <p className="text-soft">{t('developer.empty')}</p>}
      </section>
      <div className="flex min-w-0 flex-col gap-5 lg:col-start-2 lg:row-span-2 lg:row-start-1">
        {error !== undefined && <ProblemState error={error} />}
        {trace ? <TraceView trace={trace} /> : <Empty icon="send" title={t('developer.empty-hint')} />}
      </div>
      <div className="lg:col-start-1 lg:row-start-2">
        <PayFromOutside />
      </div>
    </div>
  )
}

type TraceButtonProps = { trace: PaymentTrace; isChosen: boolean; onClick: () => void }

function TraceButton({ trace, isChosen, onClick }: TraceButtonProps) {
  const t = useDeveloperText()
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onClick}
      className={`flex min-h-16 w-full flex-col justify-center rounded-2xl border px-4 py-2 text-left ${isChosen ? 'border-accent bg-tint' : 'border-line bg-card hover:bg-sunk'}`}
    >
      <span className="flex w-full items-center justify-between gap-3">
        <span className="font-semibold tabular-nums">{formatRupees(trace.amountPaise)}</span>
        <span className={`rounded-full px-2.5 py-0.5 text-xs font-semibold ${chips[toneOf(trace)]}`}>
          {trace.code ?? t(`developer.status-${trace.status}`)}
        </span>
      </span>
      <span className="max-w-56 truncate text-sm text-soft">
        {trace.payer} → {trace.payee}
      </span>
    </button>
  )
}

function TraceView({ trace }: { trace: PaymentTrace }) {
  const t = useDeveloperText()
  const details = useQuery({
    queryKey: ['developer', 'details', trace.id, trace.events.length],
    queryFn: () =>
      callPublic(paymentTrace, { params: { paymentId: trace.id }, querystring: { txnId: trace.txnId } }),
    placeholderData: (before, query) =>
      query?.queryKey[2] === trace.id ? keepPreviousData(before) : undefined,
    staleTime: Infinity,
    // A pending payment may go on in the network without an event.
    refetchInterval: trace.status === 'pending' ? 700 : false,
  })
  const found = details.data ?? { movements: [], network: [] }
  const steps = details.data ? stepsOf(trace, found) : []
  const { shown, replay } = usePlayback(trace.id, steps.length)
  const about = t('developer.about', {
    amount: formatRupees(trace.amountPaise),
    payer: trace.payer,
    payee: trace.payee,
  })
  return (
    <>
      <Card className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <h2 className="text-xl font-bold">{about}</h2>
          <span className={`rounded-full px-3 py-1 text-sm font-semibold ${chips[toneOf(trace)]}`}>
            {t(`developer.status-${trace.status}`)} {trace.code}
          </span>
          <span className="text-sm text-soft">{t(`developer.route-${trace.route}` as DeveloperTextKey)}</span>
          {trace.tookMs !== undefined && (
            <span className="font-mono text-sm tabular-nums">{timeOf(trace.tookMs).slice(1)}</span>
          )}
          <Button look="quiet" className="ml-auto" onClick={replay} disabled={shown < steps.length}>
            {t('developer.replay')}
          </Button>
        </div>
        {details.error && <ProblemState error={details.error} again={() => void details.refetch()} />}
        {details.isPending && <Skeleton lines={4} />}
        {steps.length > 0 && (
          <div
            role="region"
            tabIndex={0}
            aria-label={t('developer.diagram')}
            className="-mx-5 overflow-x-auto px-5 pb-2"
          >
            <TraceDiagram steps={steps} shown={shown} label={about} />
          </div>
        )}
        <p className="text-sm text-soft">{t('developer.legend')}</p>
      </Card>
      {steps.length > 0 && <TraceFacts trace={trace} steps={steps} movements={found.movements} />}
    </>
  )
}
