// Line plots over time as SVG, with readable axes and distinct colours.

export type Line = { name: string; points: (number | undefined)[] }
export type PlotOptions = {
  title: string
  unit: string
  lines: Line[]
  /** Seconds between points. */
  stepS?: number
  /** The measured time, shaded. */
  fromS?: number
  toS?: number
  logarithmic?: boolean
}

const [width, height, left, right, top, bottom] = [720, 240, 56, 12, 8, 26]
const colours = [
  '#2563eb',
  '#dc2626',
  '#16a34a',
  '#9333ea',
  '#ea580c',
  '#0891b2',
  '#4f46e5',
  '#be185d',
  '#65a30d',
]

export function plot({
  title,
  unit,
  lines,
  stepS = 1,
  fromS,
  toS,
  logarithmic = false,
}: PlotOptions): string {
  const count = Math.max(2, ...lines.map((line) => line.points.length))
  const values = lines.flatMap((line) =>
    line.points.filter((one): one is number => one !== undefined && one > 0),
  )
  const highest = Math.max(1e-9, ...values)
  const lowest = logarithmic ? Math.min(highest, ...values) : 0
  const scale = logarithmic
    ? (value: number) =>
        Math.log(Math.max(value, lowest) / lowest) / Math.log(Math.max(highest / lowest, 1.0001))
    : (value: number) => value / highest
  const x = (at: number) => left + (at / (count - 1)) * (width - left - right)
  const y = (value: number) => height - bottom - scale(value) * (height - top - bottom)
  const marks = logarithmic ? decades(lowest, highest) : steps(highest)
  const grid = marks
    .map((mark) => {
      const at = y(mark).toFixed(1)
      const label = `<text x="${left - 6}" y="${at}" dy="4" text-anchor="end">${short(mark)}</text>`
      return `<line x1="${left}" x2="${width - right}" y1="${at}" y2="${at}" class="grid"/>${label}`
    })
    .join('')
  const seconds = steps((count - 1) * stepS).map((s) => {
    const at = x(s / stepS).toFixed(1)
    return `<text x="${at}" y="${height - 8}" text-anchor="middle">${s} s</text>`
  })
  const shade =
    fromS === undefined || toS === undefined
      ? ''
      : `<rect x="${x(fromS / stepS)}" y="${top}" width="${x(toS / stepS) - x(fromS / stepS)}" ` +
        `height="${height - top - bottom}" class="measured"/>`
  const drawn = lines.map(({ points }, nth) => {
    const path = points
      .map((value, at) => (value === undefined ? '' : `${x(at).toFixed(1)},${y(value).toFixed(1)}`))
      .filter(Boolean)
      .join(' ')
    return `<polyline points="${path}" fill="none" stroke="${colours[nth % colours.length]}" stroke-width="1.5"/>`
  })
  const legend = lines
    .map(({ name }, nth) => `<span><i style="background:${colours[nth % colours.length]}"></i>${name}</span>`)
    .join(' ')
  const body = `${shade}${grid}${seconds.join('')}${drawn.join('')}`
  return `<figure><figcaption>${title}, ${unit}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img"
    aria-label="${title}">${body}</svg><p class="legend">${legend}</p></figure>`
}

/** Round numbers up to the highest. */
function steps(highest: number): number[] {
  const raw = highest / 4
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw)!
  return Array.from({ length: Math.floor(highest / step) + 1 }, (_, n) => Math.round(n * step * 1e6) / 1e6)
}

function decades(lowest: number, highest: number): number[] {
  const from = Math.ceil(Math.log10(lowest))
  const to = Math.floor(Math.log10(highest))
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => 10 ** (from + n))
}

function short(value: number): string {
  return value >= 1_000 ? `${Math.round(value / 100) / 10}k` : String(Math.round(value * 1_000) / 1_000)
}
