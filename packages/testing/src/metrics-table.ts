// The metrics of a live platform, read from the text that Prometheus gets, and those that the documentation names.
import { readFileSync } from 'node:fs'

export type LiveMetric = { name: string; type: string; help: string; labels: string[]; values: string[] }

/** By name. `labels` and their `values`: those that there are just now, without `service` and a histogram's `le`. */
export function metricsIn(text: string): LiveMetric[] {
  const found = new Map<string, LiveMetric>()
  let current: LiveMetric | undefined
  for (const line of text.split('\n')) {
    const head = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line)
    if (head) {
      const [, what, name, rest] = head as unknown as [string, string, string, string]
      current = found.get(name) ?? { name, type: '', help: '', labels: [], values: [] }
      found.set(name, current)
      if (what === 'HELP') current.help = rest
      else current.type = rest
      continue
    }
    for (const [, label, value] of line.matchAll(/[{,](\w+)="([^"]*)"/g)) {
      if (!current || label === 'service' || label === 'le') continue
      if (!current.labels.includes(label!)) current.labels.push(label!)
      if (!current.values.includes(value!)) current.values.push(value!)
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

export type DocumentedMetric = {
  name: string
  type: string
  labels: string[]
  services: string
  help: string
}

/** The rows of the table of docs/operate/metrics.md. */
export function documentedMetrics(): DocumentedMetric[] {
  const text = readFileSync(new URL('../../../docs/operate/metrics.md', import.meta.url), 'utf8')
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `bahi_'))
    .map((line) => {
      const [name = '', type = '', labels = '', services = '', help = ''] = line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim())
      return {
        name: name.replaceAll('`', ''),
        type,
        labels: labels.split(',').map((label) => label.trim().replaceAll('`', '')),
        services,
        help,
      }
    })
}
