// What commands that end know for the next run and for Prometheus: a file of JSON in the repository, and metrics in a
// file that node_exporter's textfile collector reads.
import { chmod, readFile } from 'node:fs/promises'
import { writeWhole } from './repository.ts'

/** One without a value is left out. */
export type Gauge = [name: string, help: string, value: number | undefined]

export type StatusFiles<T> = { status: string; metrics: string; gaugesOf(status: T): Gauge[] }

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

/** ISO 8601 → seconds since 1970. */
export const secondsOf = (at?: string): number | undefined =>
  at === undefined ? undefined : Date.parse(at) / 1_000

function textOf(gauges: Gauge[]): string {
  return gauges
    .filter(([, , value]) => value !== undefined)
    .map(([name, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`)
    .join('')
}
