// What a payment left behind: its events, its entries in the ledger, its messages, and every step in words.
import type { FeedItem, Movement } from '@bahi/contracts/feed.ts'
import type { ReactNode } from 'react'
import { useDeveloperText } from './developer-texts.ts'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { textOf, timeOf } from './trace-diagram.tsx'
import { signed, type Step, type PaymentTrace } from './payment-trace.ts'

type TraceFactsProps = { trace: PaymentTrace; steps: Step[]; movements: Movement[] }

export function TraceFacts({ trace, steps, movements }: TraceFactsProps) {
  const t = useDeveloperText()
  const events = trace.events.filter(({ service }) => service === 'payment')
  const messages = trace.events.filter(({ service }) => service === 'notification')
  const entries = movements.flatMap((movement) => movement.entries)
  const sum = entries.reduce((total, { amountPaise }) => total + amountPaise, 0)
  return (
    <div className="grid grid-cols-1 gap-5 md:grid-cols-2 xl:grid-cols-3">
      <Facts title={t('developer.events')}>
        {events.map((event) => (
          <Event key={event.id} event={event} begunMs={trace.begunMs} />
        ))}
      </Facts>
      <Facts title={t('developer.ledger')}>
        {movements.map(({ id, kind, code, postedAt, entries: moved }) => (
          <div key={id} className="border-b border-line py-2 last:border-0">
            <p className="flex justify-between gap-3 font-mono text-sm">
              <span>
                {kind} <span className={code === '00' ? 'text-good' : 'text-bad'}>{code}</span>
              </span>
              <span className="text-soft tabular-nums">
                {timeOf(Math.max(0, Date.parse(postedAt) - trace.begunMs))}
              </span>
            </p>
            {moved.map(({ of, amountPaise }, at) => (
              <p key={at} className="flex justify-between gap-3 pl-4 text-sm">
                <span>{of}</span>
                <span className={`font-mono tabular-nums ${amountPaise < 0 ? 'text-bad' : 'text-good'}`}>
                  {signed(amountPaise)}
                </span>
              </p>
            ))}
          </div>
        ))}
        <p className="flex justify-between gap-3 pt-2 font-semibold">
          <span>{t('developer.sum')}</span>
          <span className="font-mono tabular-nums">{sum === 0 ? '₹0.00' : signed(sum)}</span>
        </p>
      </Facts>
      <Facts title={t('developer.messages')}>
        {messages.map((event) => (
          <Event key={event.id} event={event} begunMs={trace.begunMs} />
        ))}
      </Facts>
      <details className="rounded-card border border-line bg-card p-5 md:col-span-2 xl:col-span-3">
        <summary className="flex min-h-11 cursor-pointer items-center font-bold">
          {t('developer.steps')}
        </summary>
        <ol className="mt-3 flex flex-col gap-1 text-sm">
          {steps.map((step, at) => (
            <li key={at} className="grid grid-cols-[5rem_minmax(0,1fr)] gap-2">
              <span className="font-mono text-soft tabular-nums">{timeOf(step.ms)}</span>
              <span>
                {t(`developer.participant-${step.from}`)}
                {step.to !== step.from && ` → ${t(`developer.participant-${step.to}`)}`}: {textOf(step, t)}
              </span>
            </li>
          ))}
        </ol>
      </details>
    </div>
  )
}

function Facts({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card>
      <h3 className="mb-2 font-bold">{title}</h3>
      {children}
    </Card>
  )
}

function Event({ event, begunMs }: { event: FeedItem; begunMs: number }) {
  const { type, at, data } = event
  return (
    <details className="border-b border-line py-2 last:border-0">
      <summary className="flex min-h-11 cursor-pointer items-center justify-between gap-3 font-mono text-sm">
        <span>{type}</span>
        <span className="text-soft tabular-nums">{timeOf(Math.max(0, Date.parse(at) - begunMs))}</span>
      </summary>
      <pre
        tabIndex={0}
        className="mt-2 max-h-64 overflow-auto rounded-xl bg-sunk p-3 text-xs whitespace-pre-wrap"
      >
        {JSON.stringify(data, null, 2)}
      </pre>
    </details>
  )
}
