// Every value of the chart is described, and every file of values is what the description allows.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Schema from 'typebox/schema'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { layouts } from '@bahi/platform/layouts.ts'
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
