// Prometheus as installed on this machine, for tests and drills: rules as they are, and what it says of them.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { claim, end, launch, need, type Server, type ServerOptions } from './servers.ts'

export type Alert = { labels: Record<string, string>; state: 'pending' | 'firing' }

export type Prometheus = Server & {
  alerts(): Promise<Alert[]>
  /** The value of an instant query: undefined when it has none. */
  query(expression: string): Promise<number | undefined>
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
  const ask = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`http://${address}/api/v1/${path}`)
    if (!answer.ok) throw new Error(`Prometheus answers ${answer.status} to ${path}`)
    return ((await answer.json()) as { data: T }).data
  }
  const stop = async () => {
    await end(server.child)
    await release()
  }
  for (const until = Date.now() + startMs; ; await delay(100)) {
    const isReady = await fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) break
    if (server.fault() || server.child.exitCode !== null || Date.now() > until) {
      await stop()
      throw new Error('Prometheus did not start')
    }
  }
  return {
    ...{ url: `http://${address}`, pid: server.child.pid!, stop },
    alerts: async () => (await ask<{ alerts: Alert[] }>('alerts')).alerts,
    async query(expression) {
      const { result } = await ask<{ result: { value: [number, string] }[] }>(
        `query?query=${encodeURIComponent(expression)}`,
      )
      const value = result[0]?.value[1]
      return value === undefined ? undefined : Number(value)
    },
  }
}
