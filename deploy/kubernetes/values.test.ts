// Every value of the chart is described, and every file of values is what the description allows.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Type from 'typebox'
import Schema from 'typebox/schema'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { layouts } from '@bahi/platform/layouts.ts'
import { documentedMetrics } from '@bahi/testing/metrics-table.ts'
import { chartFolder } from './rendered.ts'

type Described = { description?: string; title?: string; properties?: Record<string, Described> }
const read = (name: string) => readFileSync(join(chartFolder, name), 'utf8')
const schema = JSON.parse(read('values.schema.json')) as Described
const values = parse(read('values.yaml')) as Record<string, unknown>
const files = readdirSync(join(chartFolder, 'values'))

test.each(files)('%s holds to the schema, over the defaults', (name) => {
  const given = parse(read(`values/${name}`)) as { processes?: object }
  const [, faults] = Schema.Errors(schema, {
    ...values,
    processes: { one: { services: ['user'] } },
    ...given,
  })
  expect(faults).toEqual([])
})

test.each(files.filter((name) => name !== 'trial.yaml'))('%s runs every service once', (name) => {
  const { processes } = parse(read(`values/${name}`)) as { processes: Record<string, { services: string[] }> }
  const layout = name.startsWith('compact') ? layouts.compact : layouts.separate
  const wanted = layout.map((group) => [group.name, group.services.filter((it) => it !== 'sandbox')])
  const running = Object.entries(processes).map(([process, { services }]) => [process, services])
  const sorted = (groups: unknown[][]) =>
    groups
      .map(([process, services]) => `${String(process)}: ${[...(services as string[])].sort().join(' ')}`)
      .filter((line) => !line.endsWith(': '))
      .sort()
  expect(sorted(running)).toEqual(sorted(wanted))
})

test('a value that no template knows is refused, and each one says what it is', () => {
  expect(Schema.Check(schema, { ...values, processes: {}, publicURL: 'https://pay.example' })).toBe(false)
  const bare = (name: string, one: Described): string[] => [
    ...((one.description ?? one.title) ? [] : [name]),
    ...Object.entries(one.properties ?? {}).flatMap(([key, value]) => bare(`${name}.${key}`, value)),
  ]
  expect(bare('values', schema)).toEqual([])
})

const release = readFileSync(join(chartFolder, '../../.github/workflows/release.yml'), 'utf8')

test('a release publishes the images that the chart takes by itself, under its version', () => {
  const { image, sandbox } = values as Record<'image' | 'sandbox', { repository: string; tag: string }> & {
    sandbox: { image: { repository: string; tag: string } }
  }
  const repository = /^ {2}IMAGE: (.+)$/m.exec(release)![1]!.replace('${{ github.repository }}', 'bahi/bahi')
  const pushed = [...release.matchAll(/tags: (.+)$/gm)].map(([, tag]) =>
    tag!.replace('${{ env.IMAGE }}', repository).replace('${{ steps.version.outputs.version }}', '0.1.0'),
  )
  expect([image.tag, sandbox.image.tag]).toEqual(['', ''])
  for (const one of [image, sandbox.image]) expect(pushed).toContain(`${one.repository}:0.1.0`)
})

test('a release publishes the chart after them; whatever it pushes is signed, attested and in its notes', () => {
  type Step = { run?: string; with?: Record<string, string>; env?: Record<string, string> }
  type Job = { needs?: string | string[]; outputs?: Record<string, string>; steps: Step[] }
  const { jobs } = parse(release) as { jobs: Record<'image' | 'chart' | 'publish', Job> }
  expect(jobs.chart.needs).toEqual('image')
  expect(jobs.publish.needs).toEqual(['image', 'chart'])
  expect(jobs.chart.steps.map(({ run }) => run ?? '').join('')).toMatch(
    /^helm package deploy\/chart [^\n]+\nhelm push \S+bahi-\$\{GITHUB_REF_NAME#v\}.tgz" "oci:\/\/\$CHARTS"/,
  )
  /** What a step knows a value by. */
  const nameOf = ({ env = {} }: Step, value: string) => Object.keys(env).find((name) => env[name] === value)
  const written = jobs.publish.steps.at(-1)!
  for (const name of ['image', 'chart'] as const) {
    const { outputs = {}, steps } = jobs[name]
    const signed = steps.find(({ run }) => run?.startsWith('cosign sign'))!
    for (const [output, digest] of Object.entries(outputs)) {
      expect(signed.run).toContain(`@$${nameOf(signed, digest)}"`)
      expect(steps.filter((step) => step.with?.['subject-digest'] === digest)).toHaveLength(1)
      expect(written.run).toContain(`"$${nameOf(written, `\${{ needs.${name}.outputs.${output} }}`)}"`)
    }
  }
})

test('the rule for the adapter of metrics offers what the autoscaler asks for, of each pod', () => {
  const Resource = Type.Object({ resource: Type.String() }, { additionalProperties: false })
  const Rule = Type.Object(
    {
      seriesQuery: Type.String(),
      resources: Type.Object(
        { overrides: Type.Record(Type.String(), Resource) },
        { additionalProperties: false },
      ),
      name: Type.Object({ matches: Type.String(), as: Type.String() }, { additionalProperties: false }),
      metricsQuery: Type.String(),
    },
    { additionalProperties: false },
  )
  const { rules } = parse(read('../kubernetes/prometheus-adapter.yaml')) as {
    rules: { custom: Type.Static<typeof Rule>[] }
  }
  const asked = /metric: \{ name: (\w+) \}/.exec(read('templates/processes.yaml'))![1]!
  expect(documentedMetrics().map(({ name }) => name)).toContain(asked)
  const [rule, ...others] = rules.custom
  expect([Schema.Errors(Rule, rule)[1], others]).toEqual([[], []])
  expect(rule!.name.as).toBe(asked)
  expect(Object.entries(rule!.resources.overrides).map(([label, { resource }]) => [label, resource])).toEqual(
    [
      ['namespace', 'namespace'],
      ['pod', 'pod'],
    ],
  )
  const query = rule!.metricsQuery
    .replace('<<.Series>>', rule!.seriesQuery.replace(/\{.*/, ''))
    .replace('<<.LabelMatchers>>', 'namespace="bahi",pod=~"a|b"')
    .replace('<<.GroupBy>>', 'pod')
  expect(query).toBe(`sum(${asked}{namespace="bahi",pod=~"a|b"}) by (pod)`)
})

test.each(['templates/cache.yaml', '../backup/redis.conf', '../../compose.yaml'])(
  '%s has Redis refuse writes before the kernel ends it',
  (name) => {
    expect(read(name)).toMatch(/maxmemory-policy(\s+-)? noeviction/)
    expect(read(name)).toMatch(/maxmemory(\s+-)? (\d|\$\(\(MEMORY_LIMIT)/)
  },
)

test('rules record each name once, and ask for names alone that they or the chart record', () => {
  const rules = read('files/rules')
  const all = rules + read('templates/monitoring.yaml')
  const recorded = [...all.matchAll(/record: (\S+)/g)].map(([, name]) => name!)
  expect(recorded.filter((name, at) => recorded.indexOf(name) !== at)).toEqual([])
  const asked = [...rules.matchAll(/\bbahi:\w+:\w+/g)].map(([name]) => name)
  expect(asked.filter((name) => !recorded.includes(name))).toEqual([])
  expect(recorded).toEqual(expect.arrayContaining(['bahi:volume_free:ratio', 'bahi:uses_cert_manager:info']))
})

test('Prometheus finds RabbitMQ by the job that rules ask for, wherever it runs', () => {
  const [job] = /bahi-rabbitmq/.exec(read('files/rules')) ?? []
  expect(read('templates/monitoring.yaml')).toContain(`targetLabel: job, replacement: ${job}`)
  expect(read('../observability/prometheus/prometheus.yml')).toContain(`job_name: ${job}`)
})

test('the chart has the rules and every dashboard', () => {
  const observability = join(chartFolder, '../observability')
  const dashboards = readdirSync(join(observability, 'grafana'))
  expect(read('files/rules')).toBe(readFileSync(join(observability, 'prometheus/rules.yml'), 'utf8'))
  expect(readdirSync(join(chartFolder, 'files/dashboards')).sort()).toEqual(
    dashboards.map((file) => file.replace('.json', '')).sort(),
  )
  for (const file of dashboards)
    expect(read(`files/dashboards/${file.replace('.json', '')}`)).toBe(
      readFileSync(join(observability, 'grafana', file), 'utf8'),
    )
})
