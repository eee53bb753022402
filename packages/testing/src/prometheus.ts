// Prometheus as installed on this machine, for tests and drills: rules as they are, and what it says of them.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { claim, end, launch, need, untilListening, type Server, type ServerOptions } from './servers.ts'

export type Alert = { labels: Record<string, string>; state: 'pending' | 'firing' }

export type Prometheus = Server & {
  alerts(): Promise<Alert[]>
  /** How many series a query had in the last seconds. Throws what is wrong with the query. */
  countSeries(query: string, sinceS: number): Promise<number>
}

export type PrometheusOptions = ServerOptions & {
  /** Addresses of metrics, by the job that scrapes them. */
  jobs: Record<string, string[]>
  /** The content of a file of rules. */
  rules?: string
  everyS: number
}

const startMs = 30_000

export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const program = need('prometheus')
  const { dir, port, release } = await claim(options, 'prometheus')
  const config = join(dir, 'prometheus.yml')
  const every = `${options.everyS}s`
  await writeFile(join(dir, 'rules.yml'), options.rules ?? 'groups: []\n')
  await writeFile(
    config,
    // JSON is YAML.
    JSON.stringify({
      global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
      rule_files: ['rules.yml'],
      scrape_configs: Object.entries(options.jobs).map(([job, targets]) => ({
        ...{ job_name: job, honor_labels: true },
        static_configs: [{ targets: targets.map((url) => new URL(url).host) }],
      })),
    }),
  )
  const address = `127.0.0.1:${port}`
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(dir, 'data')}`]
  const server = launch(program, [...args, `--web.listen-address=${address}`], join(dir, 'prometheus.log'))
  const stop = async () => {
    await end(server.child)
    await release()
  }
  try {
    await untilListening(server, port, startMs)
    await untilReady(`http://${address}/-/ready`)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    ...{ url: `http://${address}`, pid: server.child.pid!, stop },
    async alerts() {
      const answer = await fetch(`http://${address}/api/v1/alerts`)
      if (!answer.ok) throw new Error(`Prometheus answers ${answer.status} to alerts`)
      return ((await answer.json()) as { data: { alerts: Alert[] } }).data.alerts
    },
    async countSeries(query, sinceS) {
      const now = Date.now() / 1_000
      const step = Math.max(options.everyS, sinceS / 200)
      const asked = { query, start: String(now - sinceS), end: String(now), step: String(step) }
      const answer = await fetch(`http://${address}/api/v1/query_range`, {
        method: 'POST',
        body: new URLSearchParams(asked),
      })
      const { data, error } = (await answer.json()) as { data?: { result: unknown[] }; error?: string }
      if (!data) throw new Error(`Prometheus refuses ${query}: ${error}`)
      return data.result.length
    },
  }
}

/** It listens before it has read what it stored. */
async function untilReady(url: string): Promise<void> {
  for (const until = Date.now() + startMs; Date.now() < until; await delay(100))
    if ((await fetch(url).catch(() => undefined))?.ok) return
  throw new Error(`Prometheus was not ready within ${startMs / 1_000} s`)
}
