// Charts of payments over time: how many by outcome, how many succeed, how long they take, and the oldest in doubt.
import { showPaymentMinutes } from '@bahi/contracts/payment-minutes.ts'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Choice } from '@bahi/web-ui/components/choice.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatSpan, formatTime } from '@bahi/web-ui/format/dates.ts'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useMemo, useState, type ReactNode } from 'react'
import { call } from '../api/client.ts'
import { ProblemNote, ProblemState } from '../api/problems.tsx'
import { Chart, type ChartProps, type Tone } from '../components/chart.tsx'
import { Disclosure } from '../components/disclosure.tsx'
import { useFilters } from '../components/filters.tsx'
import { Table } from '../components/table.tsx'
import { useLanguage } from '../language/language.ts'
import { bucketsOf, spans, type Bucket, type Span } from './buckets.ts'
import { useChartsText, type ChartsTextKey } from './charts-texts.ts'

const everyMs = 30_000
const names = Object.keys(spans) as Span[]

export default function PaymentCharts() {
  const t = useChartsText()
  const { filters, setFilter } = useFilters(['span'])
  const span = names.find((one) => one === filters.span) ?? '1h'
  const list = useQuery({
    queryKey: ['payment-minutes', span],
    queryFn: () => call(showPaymentMinutes, { querystring: { minutes: spans[span].minutes } }),
    // Not while the tab is hidden; at once when it is seen again.
    refetchInterval: everyMs,
    refetchOnWindowFocus: true,
  })
  const { data, error, isPending, refetch } = list
  const buckets = useMemo(() => data && bucketsOf(data.at, data.minutes, span), [data, span])
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div>
          <h2 className="text-lg font-semibold">{t('charts.title')}</h2>
          <p className="text-sm text-soft">{t('charts.each', { count: spans[span].step })}</p>
        </div>
        <div className="w-full max-w-sm">
          <Choice
            label={t('charts.span')}
            value={span}
            options={names.map((value) => ({ value, text: t(`charts.${value}`) }))}
            onChange={(value) => setFilter('span', value === '1h' ? '' : value)}
          />
        </div>
      </div>
      {isPending && <Skeleton lines={4} />}
      {error && !data && <ProblemState error={error} again={() => void refetch()} />}
      {error && data && <ProblemNote error={error} />}
      {data?.minutes.length === 0 && <Empty icon="pulse" title={t('charts.none')} />}
      {data && data.minutes.length > 0 && (
        <>
          <Charts buckets={buckets!} />
          <AsTable list={list} buckets={buckets!} />
        </>
      )}
    </div>
  )
}

function useFormats() {
  const { language } = useLanguage()
  return useMemo(() => {
    const of = (options: Intl.NumberFormatOptions) => {
      const format = new Intl.NumberFormat(`${language}-IN`, options)
      return (value: number) => format.format(value)
    }
    const unit = (name: string) =>
      of({ style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 1 })
    const [ms, s, min] = [unit('millisecond'), unit('second'), unit('minute')]
    const duration = (value: number) =>
      value < 1_000 ? ms(value) : value < 60_000 ? s(value / 1_000) : min(value / 60_000)
    return {
      count: of({ maximumFractionDigits: 1, notation: 'compact' }),
      percent: of({ style: 'percent', maximumFractionDigits: 1 }),
      duration,
      age: (seconds: number) => (seconds < 60 ? s(seconds) : min(seconds / 60)),
      span: (seconds: number) => formatSpan(language, seconds),
    }
  }, [language])
}

/** Whole ones: there is no half a payment. */
const countSteps = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000, 1_000_000,
]
const secondSteps = [1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400]

type Line = { name: string; tone: Tone; of: (bucket: Bucket) => number | null }
type Plot = Pick<ChartProps, 'kind' | 'scale' | 'steps' | 'format'> & {
  title: ChartsTextKey
  about?: ChartsTextKey
  lines: Line[]
}

function Charts({ buckets }: { buckets: Bucket[] }) {
  const t = useChartsText()
  const formats = useFormats()
  const [pointed, setPointed] = useState<number>()
  const counted = (name: 'settled' | 'failed' | 'pending', tone: Tone): Line => ({
    ...{ name: t(`charts.${name}`), tone },
    of: ({ counts }) => counts?.[name] ?? null,
  })
  const plots: Plot[] = [
    {
      ...{
        title: 'charts.count',
        kind: 'bars',
        scale: { atLeast: 5 },
        steps: countSteps,
        format: formats.count,
      },
      lines: [counted('settled', 'good'), counted('failed', 'bad'), counted('pending', 'wait')],
    },
    {
      ...{ title: 'charts.success', about: 'charts.success-about', kind: 'line', format: formats.percent },
      scale: { shareFrom: 0.9 },
      lines: [{ name: t('charts.success'), tone: 'good', of: ({ successRate }) => successRate }],
    },
    {
      ...{ title: 'charts.p99', about: 'charts.p99-about', kind: 'line', format: formats.duration },
      scale: { atLeast: 100 },
      lines: [{ name: t('charts.p99-name'), tone: 'accent', of: ({ p99Ms }) => p99Ms }],
    },
    {
      ...{ title: 'charts.oldest', kind: 'line', format: formats.age },
      ...{ scale: { atLeast: 60 }, steps: secondSteps },
      lines: [{ name: t('charts.oldest'), tone: 'wait', of: ({ oldestPendingS }) => oldestPendingS }],
    },
  ]
  return (
    <div className="grid gap-5 lg:grid-cols-2">
      {plots.map((plot) => (
        <PlotCard key={plot.title} plot={plot} buckets={buckets} pointed={pointed} onPoint={setPointed} />
      ))}
    </div>
  )
}

type PlotCardProps = {
  plot: Plot
  buckets: Bucket[]
  pointed: number | undefined
  onPoint: (index: number | undefined) => void
}

/** The legend has the values of the moment that is pointed at, else of the last one. */
function PlotCard({ plot, buckets, pointed, onPoint }: PlotCardProps) {
  const t = useChartsText()
  const { language } = useLanguage()
  const { title, about, lines, ...drawn } = plot
  const shown = buckets[pointed ?? buckets.length - 1] ?? buckets.at(-1)!
  const valueOf = ({ of }: Line, bucket: Bucket) => {
    const value = of(bucket)
    return value === null ? t('charts.unknown') : drawn.format(value)
  }
  const time = ({ atMs }: Bucket) => formatTime(language, new Date(atMs))
  const last = lines.map((line) => `${line.name} ${valueOf(line, buckets.at(-1)!)}`).join(', ')
  const label = t('charts.image', {
    ...{ title: t(title), from: time(buckets[0]!), to: time(buckets.at(-1)!), last },
  })
  return (
    <Card className="min-w-0">
      <h3 className="font-semibold">
        {t(title)}
        {about !== undefined && <span className="ml-2 text-sm font-normal text-soft">{t(about)}</span>}
      </h3>
      <ul className="mt-1 mb-3 flex min-h-6 flex-wrap items-center gap-x-4 text-sm" aria-hidden="true">
        {lines.map((line) => (
          <Legend key={line.name} tone={line.tone} text={lines.length > 1 ? line.name : undefined}>
            {valueOf(line, shown)}
          </Legend>
        ))}
        <li className="ml-auto text-soft tabular-nums">{time(shown)}</li>
      </ul>
      <Chart
        label={label}
        timesMs={buckets.map(({ atMs }) => atMs)}
        series={lines.map(({ tone, of }) => ({ tone, values: buckets.map(of) }))}
        {...drawn}
        source={buckets}
        group="payments"
        onPoint={onPoint}
      />
    </Card>
  )
}

const fills: Record<Tone, string> = { good: 'bg-good', bad: 'bg-bad', wait: 'bg-wait', accent: 'bg-accent' }

function Legend({ tone, text, children }: { tone: Tone; text: string | undefined; children: ReactNode }) {
  return (
    <li className="flex items-center gap-2">
      <span className={`size-3 rounded-sm ${fills[tone]}`} />
      {text !== undefined && <span className="text-soft">{text}</span>}
      <strong className="font-semibold tabular-nums">{children}</strong>
    </li>
  )
}

/** The same for who reads it: made only once it is asked for. */
function AsTable({ list, buckets }: { list: UseQueryResult; buckets: Bucket[] }) {
  const t = useChartsText()
  const { language } = useLanguage()
  const { count, percent, duration, span } = useFormats()
  const or = (value: number | null | undefined, format: (value: number) => string) =>
    value === null || value === undefined ? t('charts.unknown') : format(value)
  return (
    <Disclosure text={t('charts.table')}>
      <Table
        caption={t('charts.title')}
        list={list}
        rows={buckets.toReversed()}
        keyOf={({ atMs }) => String(atMs)}
        empty={t('charts.none')}
        columns={[
          [t('charts.time'), ({ atMs }) => formatTime(language, new Date(atMs))],
          [t('charts.settled'), ({ counts }) => or(counts?.settled, count), 'number'],
          [t('charts.failed'), ({ counts }) => or(counts?.failed, count), 'number'],
          [t('charts.pending'), ({ counts }) => or(counts?.pending, count), 'number'],
          [t('charts.success'), ({ successRate }) => or(successRate, percent), 'number'],
          [t('charts.p99-name'), ({ p99Ms }) => or(p99Ms, duration), 'number'],
          [t('charts.oldest'), ({ oldestPendingS }) => or(oldestPendingS, span), 'number'],
        ]}
      />
    </Disclosure>
  )
}
