// The metrics of several services as one text, in the format of Prometheus or in OpenMetrics, which has exemplars.
import type { Metrics } from './metrics.ts'

export const contentTypes = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openMetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const

export type MetricsFormat = keyof typeof contentTypes

type Exemplar = { labelSet: Labels; value: number; timestamp: number }
type Labels = Record<string, string | number>
type Value = { value: number; labels?: Labels; metricName?: string; exemplar?: Exemplar | null }
type Family = { name: string; help: string; type: string; values: Value[] }

/** Each metric's samples together, under one head. */
export async function metricsText(metrics: Metrics[], format: MetricsFormat = 'prometheus'): Promise<string> {
  const isOpen = format === 'openMetrics'
  const families = new Map<string, { head: string; lines: string[] }>()
  // All at once: gauges that wait for a server that is away wait together.
  const read = await Promise.all(metrics.map(({ registry }) => registry.getMetricsAsJSON()))
  for (const { name, help, type, values } of read.flat() as unknown as Family[]) {
    // The head of a counter is without its suffix in OpenMetrics.
    const headName = isOpen && type === 'counter' ? name.replace(/_total$/, '') : name
    const head = `# HELP ${headName} ${escaped(help)}\n# TYPE ${headName} ${type}\n`
    const family = families.get(name) ?? { head, lines: [] }
    families.set(name, family)
    for (const value of values) family.lines.push(sampleLine(name, value, isOpen))
  }
  const text = [...families.values()].map(({ head, lines }) => head + lines.join('')).join('')
  return isOpen ? `${text}# EOF\n` : text
}

function sampleLine(
  name: string,
  { metricName = name, labels, value, exemplar }: Value,
  isOpen: boolean,
): string {
  const shown =
    isOpen && exemplar ? ` # ${labelsOf(exemplar.labelSet)} ${exemplar.value} ${exemplar.timestamp}` : ''
  return `${metricName}${labelsOf(labels)} ${numberOf(value)}${shown}\n`
}

function labelsOf(labels: Labels = {}): string {
  const parts = Object.entries(labels).map(
    ([name, value]) => `${name}="${escaped(String(value)).replaceAll('"', '\\"')}"`,
  )
  return parts.length > 0 ? `{${parts.join(',')}}` : ''
}

const numberOf = (value: number) => String(value).replace('Infinity', 'Inf').replace(/^Inf/, '+Inf')

const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
