// A chart over time, drawn by uPlot in the colours of the theme: bars on top of one another, or a line. Beside it stand
// the values of one moment, and the screen has a table of the same.
import { canvasFont } from '@bahi/web-ui/theme/canvas-font.ts'
import { useTheme } from '@bahi/web-ui/theme/theme.ts'
import { useEffect, useEffectEvent, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

/** A token of the theme. */
export type Tone = 'good' | 'bad' | 'wait' | 'accent'

type Series = { tone: Tone; values: readonly (number | null)[] }

export type ChartProps = {
  /** For who cannot see it: what it shows. */
  label: string
  /** Of each value, in milliseconds since 1970. */
  timesMs: readonly number[]
  series: readonly Series[]
  /** `bars`: the first lowest, each on top of the one before. */
  kind: 'bars' | 'line'
  /**
   * `atLeast`: what the axis reaches to, from 0. `shareFrom`, of a share: the axis ends at 1, and begins at this or at
   * the tenth below the lowest value.
   */
  scale: { atLeast: number } | { shareFrom: number }
  /** Steps of the axis, where those of ten do not fit. */
  steps?: readonly number[]
  format: (value: number) => string
  /** What the values were made of: they are drawn again when it is another one. */
  source: object
  /** Charts of one group show the same moment. */
  group: string
  /** The index of the moment that is pointed at; undefined: none. */
  onPoint: (index: number | undefined) => void
}

const height = 160
const timeOfDay = new Intl.DateTimeFormat('en-IN', {
  ...{ hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Asia/Kolkata' },
})

/** Each value with those before it. */
const stacked = (series: readonly Series[]) =>
  series.map((_, upTo) =>
    series[upTo]!.values.map((value, i) =>
      value === null
        ? null
        : series.slice(0, upTo + 1).reduce((sum, { values }) => sum + (values[i] ?? 0), 0),
    ),
  )

function dataOf({ timesMs, series, kind }: ChartProps): UPlot.AlignedData {
  const rows = kind === 'bars' ? stacked(series) : series.map(({ values }) => [...values])
  // The highest first: each bar is drawn over the one that it stands on.
  return [timesMs.map((ms) => ms / 1_000), ...rows.toReversed()]
}

export function Chart(props: ChartProps) {
  const { label, kind } = props
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot>(undefined)
  const isDark = useTheme((theme) => theme.isDark)
  const latest = useEffectEvent(() => ({ options: optionsOf(props), data: dataOf(props) }))
  useEffect(() => {
    const own = place.current
    // A browser that draws nothing has the table.
    if (!own || !document.createElement('canvas').getContext('2d')) return
    const { options, data } = latest()
    const made = new UPlot({ ...options, width: own.clientWidth, height }, data, own)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: own.clientWidth, height }))
    observer.observe(own)
    return () => {
      observer.disconnect()
      plot.current = undefined
      made.destroy()
    }
    // The colours are read from the document: it is drawn anew when they change.
  }, [isDark, kind, props.format])
  const draw = useEffectEvent(() => plot.current?.setData(dataOf(props)))
  useEffect(() => draw(), [props.source])
  return <div ref={place} role="img" aria-label={label} className="min-w-0 overflow-hidden" />
}

const tokenOf = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()

function optionsOf({
  series,
  kind,
  scale,
  steps,
  format,
  group,
  onPoint,
}: ChartProps): Omit<UPlot.Options, 'width' | 'height'> {
  const axis = {
    ...{ stroke: tokenOf('soft'), font: canvasFont(12), ticks: { show: false } },
    grid: { stroke: tokenOf('line'), width: 1 },
  }
  const bars = UPlot.paths.bars?.({ size: [0.85, 24], align: 1 })
  return {
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: {
      ...{ y: false, points: { show: false }, drag: { x: false, y: false } },
      sync: { key: group },
    },
    tzDate: (s) => UPlot.tzDate(new Date(s * 1_000), 'Asia/Kolkata'),
    scales: {
      y: {
        range: (_, min: number | null, max: number | null) =>
          'shareFrom' in scale
            ? [Math.min(scale.shareFrom, Math.floor((min ?? 1) * 10) / 10), 1]
            : [0, Math.max((max ?? 0) * 1.05, scale.atLeast)],
      },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_, at) => at.map((s) => timeOfDay.format(s * 1_000)),
        ...{ space: 56, size: 28 },
      },
      {
        ...axis,
        size: 60,
        space: 36,
        values: (_, at) => at.map((value) => format(value)),
        ...(steps && { incrs: [...steps] }),
      },
    ],
    series: [
      {},
      ...series.toReversed().map(({ tone }) => ({
        stroke: tokenOf(tone),
        width: kind === 'bars' ? 0 : 2,
        points: { show: false },
        ...(kind === 'bars' ? { fill: tokenOf(tone), ...(bars && { paths: bars }) } : {}),
      })),
    ],
    hooks: { setCursor: [({ cursor: { idx } }) => onPoint(idx ?? undefined)] },
  }
}
