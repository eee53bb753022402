// The configurations of the collector, held to what its components take: names, settings, and what its pipelines use.
// The collector itself is in no package of Debian or npm.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as Type from 'typebox'
import Schema from 'typebox/schema'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '../..')
const strict = { additionalProperties: false } as const
const some = { minItems: 1, uniqueItems: true } as const

const Address = Type.String({ pattern: '^[a-z0-9.-]+:\\d{2,5}$' })
const Url = Type.String({ pattern: '^https?://[a-z0-9.-]+(:\\d+)?(/[\\w/-]*)?$' })
const Duration = Type.String({ pattern: '^\\d+(ms|s|m)$' })
const Percent = Type.Integer({ minimum: 1, maximum: 100 })
const From = Type.Object({ parse_from: Type.String({ pattern: '^(body|attributes\\.\\w+)$' }) }, strict)
const Timestamp = Type.Object(
  { ...From.properties, layout_type: Type.Enum(['gotime', 'strptime', 'epoch']), layout: Type.String() },
  strict,
)

const Operator = Type.Union([
  Type.Object({ type: Type.Literal('container') }, strict),
  Type.Object(
    { type: Type.Literal('json_parser'), ...From.properties, timestamp: Timestamp, severity: From },
    strict,
  ),
  Type.Object({ type: Type.Literal('trace_parser'), trace_id: From, span_id: From }, strict),
  Type.Object({ type: Type.Literal('move'), from: Type.String(), to: Type.String() }, strict),
])

/** By the part of a name before its slash; what a kind of component takes, of which signals. */
const components: Record<Kind, Record<string, { signals: string[]; settings: Type.TSchema }>> = {
  receivers: {
    filelog: {
      signals: ['logs'],
      settings: Type.Object(
        {
          include: Type.Array(Type.String({ pattern: '^/' }), some),
          operators: Type.Array(Operator, { minItems: 1 }),
        },
        strict,
      ),
    },
    otlp: {
      signals: ['traces', 'metrics', 'logs'],
      settings: Type.Object(
        {
          protocols: Type.Object(
            {
              http: Type.Object({ endpoint: Address }, strict),
              grpc: Type.Optional(Type.Object({ endpoint: Address }, strict)),
            },
            strict,
          ),
        },
        strict,
      ),
    },
  },
  processors: {
    memory_limiter: {
      signals: ['traces', 'metrics', 'logs'],
      settings: Type.Union([
        Type.Object({ check_interval: Duration, limit_mib: Type.Integer({ minimum: 1 }) }, strict),
        Type.Object(
          { check_interval: Duration, limit_percentage: Percent, spike_limit_percentage: Percent },
          strict,
        ),
      ]),
    },
    batch: { signals: ['traces', 'metrics', 'logs'], settings: Type.Object({}, strict) },
  },
  exporters: {
    otlphttp: { signals: ['traces', 'metrics', 'logs'], settings: Type.Object({ endpoint: Url }, strict) },
    elasticsearch: {
      signals: ['traces', 'logs'],
      settings: Type.Object(
        {
          endpoints: Type.Array(Url, some),
          mapping: Type.Object({ mode: Type.Enum(['none', 'ecs', 'otel', 'raw', 'bodymap']) }, strict),
        },
        strict,
      ),
    },
  },
}

const kinds = ['receivers', 'processors', 'exporters'] as const
type Kind = (typeof kinds)[number]
const Named = Type.Record(Type.String({ pattern: '^[a-z_]+(/[a-z_]+)?$' }), Type.Unknown(), strict)
const Names = Type.Array(Type.String(), some)
const Config = Type.Object(
  {
    ...{ receivers: Named, processors: Named, exporters: Named },
    service: Type.Object(
      {
        telemetry: Type.Optional(
          Type.Object(
            { metrics: Type.Object({ readers: Type.Array(Type.Unknown(), some) }, strict) },
            strict,
          ),
        ),
        pipelines: Type.Record(
          Type.String({ pattern: '^(logs|traces|metrics)$' }),
          Type.Object({ receivers: Names, processors: Names, exporters: Names }, strict),
          strict,
        ),
      },
      strict,
    ),
  },
  strict,
)
type Config = Type.Static<typeof Config>

const read = (file: string) => parse(readFileSync(join(root, 'deploy', file), 'utf8')) as Config

/** What is wrong, as sentences. */
function faultsOf(config: Config): string[] {
  const [isConfig, wrong] = Schema.Errors(Config, config)
  if (!isConfig) return wrong.map(({ instancePath, message }) => `${instancePath} ${message}`)
  const pipelines = Object.entries(config.service.pipelines)
  return kinds.flatMap((kind) => {
    const used = new Set(pipelines.flatMap(([, pipeline]) => pipeline[kind]))
    const declared = Object.keys(config[kind])
    const known = (name: string) => {
      const type = name.split('/')[0]!
      return Object.hasOwn(components[kind], type) ? components[kind][type] : undefined
    }
    return [
      ...[...used].filter((name) => !declared.includes(name)).map((name) => `${kind} ${name} is not there`),
      ...declared.filter((name) => !used.has(name)).map((name) => `${kind} ${name} is not used`),
      ...declared.flatMap((name) => {
        const component = known(name)
        if (!component) return [`${kind} ${name} is unknown`]
        const [, faults] = Schema.Errors(component.settings, config[kind][name] ?? {})
        return faults.map(({ instancePath, message }) => `${kind} ${name}${instancePath} ${message}`)
      }),
      ...pipelines.flatMap(([signal, pipeline]) =>
        pipeline[kind]
          .filter((name) => known(name)?.signals.includes(signal) === false)
          .map((name) => `${name} takes no ${signal}`),
      ),
    ]
  })
}

describe.each([
  'observability/collector/loki.yaml',
  'observability/collector/elasticsearch.yaml',
  'compose/collector.yaml',
])('%s', (file) => {
  it('has components with all settings that they need, and pipelines of these', () => {
    expect(faultsOf(read(file))).toEqual([])
    for (const { processors } of Object.values(read(file).service.pipelines)) {
      // It refuses before others have done work for nothing; what is sent together is collected last.
      expect([processors[0], processors.at(-1)]).toEqual(['memory_limiter', 'batch'])
    }
  })

  it('reads what a line of the log has', () => {
    const schema = readFileSync(join(root, 'docs/operate/log.schema.json'), 'utf8')
    const fields = Object.keys((JSON.parse(schema) as { properties: object }).properties)
    const asked = [...JSON.stringify(read(file)).matchAll(/attributes\.(\w+)/g)].map(([, name]) => name!)
    expect(asked.filter((name) => !fields.includes(name))).toEqual([])
  })
})

it.each<[string, (config: Config) => void]>([
  ['exporters tempo is not there', ({ service }) => service.pipelines['traces']!.exporters.push('tempo')],
  ['exporters otlphttp is not used', ({ exporters }) => void (exporters['otlphttp'] = {})],
  ['filelog takes no traces', ({ service }) => service.pipelines['traces']!.receivers.push('filelog')],
  ['endpoint', ({ exporters }) => void (exporters['otlphttp/tempo'] = {})],
  ['additional', ({ receivers }) => void (receivers['otlp'] = { ...(receivers['otlp'] as object), port: 1 })],
  ['/service/pipelines', ({ service: { pipelines } }) => void (pipelines['trace'] = pipelines['traces']!)],
  ['receivers kafka is unknown', (config) => void (config.receivers['kafka'] = {})],
])('a configuration with a fault is refused: %s', (says, change) => {
  const config = read('observability/collector/loki.yaml')
  change(config)
  expect(faultsOf(config).join('\n')).toContain(says)
})
