// Payments as they travel through the services: the newest as it happens, the ones before to look at again.
import { paymentTrace } from '@bahi/contracts/feed.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { anybody } from '../../api/client.ts'
import { useText } from '../../language/language.ts'
import type { TextKey } from '../../language/en.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { Failed } from '../../api/problem-states.tsx'
import { PayFromOutside } from './pay-from-outside.tsx'
import { TravelDiagram, timeOf } from './trace-diagram.tsx'
import { TravelFacts } from './trace-facts.tsx'
import { stepsOf, toneOf, tripsIn, type Tone, type Trip } from './payment-trace.ts'
import { useFeed } from './use-feed.ts'
import { usePlaying } from './use-playback.ts'

const mostListed = 12
const chips: Record<Tone, string> = {
  plain: 'bg-sunk text-ink',
  good: 'bg-good-tint text-good',
  bad: 'bg-bad-tint text-bad',
  wait: 'bg-wait-tint text-wait',
}

export function Watch() {
  const t = useText()
  const { happenings, error, isKnown } = useFeed()
  const [chosen, setChosen] = useState<string>()
  const trips = tripsIn(happenings).slice(0, mostListed)
  const trip = trips.find(({ id }) => id === chosen) ?? trips[0]
  return (
    <div className="grid grid-cols-1 gap-5 lg:grid-cols-[17rem_minmax(0,1fr)] lg:grid-rows-[auto_1fr]">
      <section aria-labelledby="last-payments" className="min-w-0">
        <h2 id="last-payments" className="mb-2 flex items-center gap-2 text-lg font-bold">
          {t('developer.last')}
          <span aria-hidden="true" className="size-2.5 animate-pulse rounded-full bg-good" />
        </h2>
        {trips.length > 0 && (
          <ul className="flex gap-2 overflow-x-auto lg:flex-col" aria-live="polite">
            {trips.map((one) => (
              <li key={one.id} className="shrink-0">
                <TripButton
                  trip={one}
                  isChosen={one.id === trip?.id}
                  onClick={() => setChosen(one.id === trips[0]?.id ? undefined : one.id)}
                />
              </li>
            ))}
          </ul>
        )}
        {!isKnown && error === undefined && <Skeleton lines={2} />}
        {trips.length === 0 && isKnown && <p className="text-soft">{t('developer.none-yet')}</p>}
      </section>
      <div className="flex min-w-0 flex-col gap-5 lg:col-start-2 lg:row-span-2 lg:row-start-1">
        {error !== undefined && <Failed error={error} />}
        {trip ? <TripShown trip={trip} /> : <Empty icon="send" title={t('developer.make-one')} />}
      </div>
      <div className="lg:col-start-1 lg:row-start-2">
        <PayFromOutside />
      </div>
    </div>
  )
}

type TripButtonProps = { trip: Trip; isChosen: boolean; onClick: () => void }

function TripButton({ trip, isChosen, onClick }: TripButtonProps) {
  const t = useText()
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onClick}
      className={`flex min-h-16 w-full flex-col justify-center rounded-2xl border px-4 py-2 text-left ${isChosen ? 'border-accent bg-tint' : 'border-line bg-card hover:bg-sunk'}`}
    >
      <span className="flex w-full items-center justify-between gap-3">
        <span className="font-semibold tabular-nums">{formatRupees(trip.amountPaise)}</span>
        <span className={`rounded-full px-2.5 py-0.5 text-xs font-semibold ${chips[toneOf(trip)]}`}>
          {trip.code ?? t(`developer.status-${trip.status}`)}
        </span>
      </span>
      <span className="max-w-56 truncate text-sm text-soft">
        {trip.payer} → {trip.payee}
      </span>
    </button>
  )
}

function TripShown({ trip }: { trip: Trip }) {
  const t = useText()
  const travel = useQuery({
    queryKey: ['developer', 'travel', trip.id, trip.happenings.length],
    queryFn: () =>
      anybody(paymentTrace, { params: { paymentId: trip.id }, querystring: { txnId: trip.txnId } }),
    placeholderData: (before, query) =>
      query?.queryKey[2] === trip.id ? keepPreviousData(before) : undefined,
    staleTime: Infinity,
    // What is on its way goes on in the network without a word to us.
    refetchInterval: trip.status === 'pending' ? 700 : false,
  })
  const told = travel.data ?? { movements: [], network: [] }
  const steps = travel.data ? stepsOf(trip, told) : []
  const { shown, replay } = usePlaying(trip.id, steps.length)
  const about = t('developer.about', {
    amount: formatRupees(trip.amountPaise),
    payer: trip.payer,
    payee: trip.payee,
  })
  return (
    <>
      <Card className="flex flex-col gap-4">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <h2 className="text-xl font-bold">{about}</h2>
          <span className={`rounded-full px-3 py-1 text-sm font-semibold ${chips[toneOf(trip)]}`}>
            {t(`developer.status-${trip.status}`)} {trip.code}
          </span>
          <span className="text-sm text-soft">{t(`developer.route-${trip.route}` as TextKey)}</span>
          {trip.tookMs !== undefined && (
            <span className="font-mono text-sm tabular-nums">{timeOf(trip.tookMs).slice(1)}</span>
          )}
          <Button look="quiet" className="ml-auto" onClick={replay} disabled={shown < steps.length}>
            {t('developer.replay')}
          </Button>
        </div>
        {travel.error && <Failed error={travel.error} again={() => void travel.refetch()} />}
        {travel.isPending && <Skeleton lines={4} />}
        {steps.length > 0 && (
          <div
            role="region"
            tabIndex={0}
            aria-label={t('developer.diagram')}
            className="-mx-5 overflow-x-auto px-5 pb-2"
          >
            <TravelDiagram steps={steps} shown={shown} label={about} />
          </div>
        )}
        <p className="text-sm text-soft">{t('developer.legend')}</p>
      </Card>
      {steps.length > 0 && <TravelFacts trip={trip} steps={steps} movements={told.movements} />}
    </>
  )
}
