// Requests, planned payments and mandates as they go through the services: the newest as it happens, and those before.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { useState } from 'react'
import { useDeveloperText } from './developer-texts.ts'
import { ProblemState } from '../../api/problem-states.tsx'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { flowsIn, flowSteps, type FlowTrace } from './flow-trace.ts'
import { PayFromOutside } from './pay-from-outside.tsx'
import type { Tone } from './payment-trace.ts'
import { timeOf, TraceDiagram } from './trace-diagram.tsx'
import { useFeed } from './use-feed.ts'
import { usePlayback } from './use-playback.ts'

const mostListed = 12
const colours: Record<Tone, string> = {
  plain: 'text-soft',
  good: 'text-good',
  bad: 'text-bad',
  wait: 'text-wait',
}

export function FlowTraces() {
  const t = useDeveloperText()
  const { events, error, isKnown } = useFeed()
  const [chosen, setChosen] = useState<string>()
  const flows = flowsIn(events).slice(0, mostListed)
  const flow = flows.find(({ id }) => id === chosen) ?? flows[0]
  return (
    <div className="grid grid-cols-1 gap-5 lg:grid-cols-[17rem_minmax(0,1fr)] lg:grid-rows-[auto_1fr]">
      <section aria-labelledby="last-flows" className="min-w-0">
        <h2 id="last-flows" className="mb-2 text-lg font-bold">
          {t('developer.flows-last')}
        </h2>
        {flows.length > 0 && (
          <ul className="flex gap-2 overflow-x-auto lg:flex-col" aria-live="polite">
            {flows.map((one) => (
              <li key={one.id} className="shrink-0">
                <FlowButton flow={one} isChosen={one.id === flow?.id} onClick={() => setChosen(one.id)} />
              </li>
            ))}
          </ul>
        )}
        {!isKnown && error === undefined && <Skeleton lines={2} />}
        {flows.length === 0 && isKnown && <p className="text-soft">{t('developer.flows-none')}</p>}
      </section>
      <div className="flex min-w-0 flex-col gap-5 lg:col-start-2 lg:row-span-2 lg:row-start-1">
        {error !== undefined && <ProblemState error={error} />}
        {flow ? <FlowView flow={flow} /> : <Empty icon="calendar" title={t('developer.flows-hint')} />}
      </div>
      <div className="lg:col-start-1 lg:row-start-2">
        <PayFromOutside />
      </div>
    </div>
  )
}

type FlowButtonProps = { flow: FlowTrace; isChosen: boolean; onClick: () => void }

function FlowButton({ flow, isChosen, onClick }: FlowButtonProps) {
  const t = useDeveloperText()
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onClick}
      className={`flex min-h-16 w-full flex-col justify-center rounded-2xl border px-4 py-2 text-left ${isChosen ? 'border-accent bg-tint' : 'border-line bg-card hover:bg-sunk'}`}
    >
      <span className="flex w-full items-center justify-between gap-3">
        <span className="font-semibold">{t(`developer.flow-${flow.kind}`)}</span>
        <span className="font-semibold tabular-nums">{formatRupees(flow.amountPaise)}</span>
      </span>
      <span className="max-w-56 truncate text-sm text-soft">
        {flow.payer} → {flow.payee}
      </span>
      <span className={`font-mono text-sm ${colours[flow.tone]}`}>{flow.last}</span>
    </button>
  )
}

function FlowView({ flow }: { flow: FlowTrace }) {
  const t = useDeveloperText()
  const steps = flowSteps(flow)
  const { shown, replay } = usePlayback(flow.id, steps.length)
  const { kind, amountPaise, payer, payee } = flow
  const moves = t('developer.about', { amount: formatRupees(amountPaise), payer, payee })
  const about = `${t(`developer.flow-${kind}`)}, ${moves}`
  const own = flow.events.filter(({ service }) => service === 'payment')
  return (
    <>
      <Card className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <h2 className="text-xl font-bold">{about}</h2>
          <span className={`font-mono text-sm font-semibold ${colours[flow.tone]}`}>{flow.last}</span>
          <Button look="quiet" className="ml-auto" onClick={replay} disabled={shown < steps.length}>
            {t('developer.replay')}
          </Button>
        </div>
        <div
          role="region"
          tabIndex={0}
          aria-label={t('developer.diagram')}
          className="-mx-5 overflow-x-auto px-5 pb-2"
        >
          <TraceDiagram steps={steps} shown={shown} label={about} />
        </div>
        <p className="text-sm text-soft">{t('developer.legend')}</p>
      </Card>
      <Card>
        <h3 className="mb-2 font-semibold">{t('developer.events')}</h3>
        <ol>
          {own.map(({ id, type, at }) => (
            <li
              key={id}
              className="flex justify-between gap-3 border-b border-line py-2 font-mono text-sm last:border-0"
            >
              <span className="min-w-0 wrap-anywhere">{type}</span>
              <span className="shrink-0 text-soft tabular-nums">
                {timeOf(Math.max(0, Date.parse(at) - flow.begunMs))}
              </span>
            </li>
          ))}
        </ol>
      </Card>
    </>
  )
}
