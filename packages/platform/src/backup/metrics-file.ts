// What commands that end know for the next run and for Prometheus: a file of JSON in the repository, and metrics in a
// file that node_exporter's textfile collector reads.
import { chmod, readFile } from 'node:fs/promises'
import type { GaugeValue } from '@bahi/kit/runtime/backup-status.ts'
import { writeWhole } from './repository.ts'

export type StatusFiles<T> = { status: string; metrics: string; gaugesOf(status: T): GaugeValue[] }

/** Adds to what was known, and writes the metrics of all of it. */
export async function noteNews<T extends object>(
  { status: file, metrics, gaugesOf }: StatusFiles<T>,
  news: T,
): Promise<void> {
  const known = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as T,
    () => ({}),
  )
  const status: T = { ...known, ...news }
  await writeWhole(file, `${JSON.stringify(status)}\n`)
  await writeWhole(metrics, textOf(gaugesOf(status)))
  // node_exporter is another user, and nothing in it is secret.
  await chmod(metrics, 0o644)
}

function textOf(gauges: GaugeValue[]): string {
  return gauges
    .filter(([, , value]) => value !== undefined)
    .map(([name, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`)
    .join('')
}
