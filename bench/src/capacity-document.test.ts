// Holds docs/operate/capacity.md to what it is calculated from: measured costs, rules of retention, the chart's values.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { retention } from '@bahi/contracts/retention.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { bounds, measured, planOf, stored, storedAfter, storedBytes } from './sizing.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const document = read('docs/operate/capacity.md')
/** Rows of the tables, cell by cell. */
const rows = document
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
const rowOf = (first: string) => rows.find(([cell]) => cell === first)
const thousands = (n: number) => n.toLocaleString('en-US')
const usual = { speed: 1, busy: 0.6, streamsEach: 10 }

it('what is stored is as it was measured, and kept as the rules say', () => {
  const rules = rulesAt(retention, new Date()).services
  for (const [table, { bytes, days }] of Object.entries(stored)) {
    const [service, name] = table.split('.') as ['audit', string]
    const rule = rules[service]![name]!
    const kept = Array.isArray(rule)
      ? `${rule[0]!.days} days`
      : rule.archiveAfterMonths === 120
        ? expect.stringMatching(/^ten years, then .*archive/)
        : 'for good'
    expect([table, rowOf(`\`${table}\``)]).toEqual([table, [`\`${table}\``, thousands(bytes), kept]])
    expect(days).toEqual(Array.isArray(rule) ? rule[0]!.days : undefined)
  }
  expect(rowOf('stored')?.[2]).toBe(`${(storedBytes / 1e3).toFixed(1)} KB`)
  expect(rowOf('log of PostgreSQL')?.[2]).toBe(`${(measured.walBytes / 1e3).toFixed(1)} KB`)
  expect(rowOf('events into each of two queues')?.[2]).toBe(`${measured.eventBytes / 1e3} KB`)
})

it.each([100_000, 1_000_000, 10_000_000])('%i payments a day grow as it says', (paymentsADay) => {
  const inTB = (days: number) => `${(storedAfter(paymentsADay, days) / 1e12).toFixed(1)} TB`
  expect(rowOf(thousands(paymentsADay))?.slice(1)).toEqual([
    `${(storedAfter(paymentsADay, 1) / 1e9).toFixed(1)} GB`,
    ...[90, 365, 1_825].map(inTB),
  ])
})

it('volumes and queues hold what it says', () => {
  const at80 = (gib: number) => (gib * 2 ** 30 * 0.8) / storedBytes / 1e6
  expect(document.replaceAll('\n', ' ')).toContain(
    `20 GiB hold ${at80(20).toFixed(1)} million payments, 500 GiB ${at80(500).toFixed(0)} million, ` +
      `2 TiB ${at80(2_048).toFixed(0)} million, at 80 %`,
  )
  const hours = (rate: number) => ((10 * 2 ** 30) / (rate * measured.eventBytes) / 3_600).toFixed(1)
  expect(document.replaceAll(/\n +/g, ' ')).toContain(
    `10 GiB are full after ${hours(300)} hours at 300 payments/s at the latest, after ${hours(1_000)} at 1,000`,
  )
})

/** Milliseconds of CPU a payment in the layout separate at its peak (docs/performance.md, remaining costs). */
const separate = {
  ...{ gateway: 0.31, payment: 0.33, account: 0.31, notification: 0.15, audit: 0.12, user: 0, auth: 0 },
  ...{ postgres: 0.68, rabbitmq: 0.07 },
}

it.each([1_000, 10_000, 100_000])('%i payments a second need what it says', (rate) => {
  const plan = planOf(rate, separate, usual)
  const [, copies, postgres, rabbitmq, saturated] = rowOf(`${thousands(rate)}, ${thousands(rate * 10)}`)!
  const atBusy = (name: string) => (plan.cores(name) / usual.busy).toFixed(1)
  const more = Object.entries(plan.copies).filter(([, n]) => n > 2)
  for (const [name, n] of more) expect(copies).toContain(`${name} ${n}`)
  if (more.length === 0) expect(copies).toBe('two of each')
  const day = (storedAfter(rate * 86_400, 1) / 1e12).toFixed(2)
  expect(postgres).toContain(
    `${atBusy('postgres')} cores, WAL ${thousands(Math.round(plan.walMBPerS))} MB/s, ${day} TB`,
  )
  expect(rabbitmq).toContain(`${thousands(Math.round(plan.messagesPerS))} batches/s`)
  if (rate < 100_000) expect(postgres).toContain(`TB a day, ${plan.connections} connections`)
  const full = plan.shares.filter(([, share]) => share >= 1)
  expect(full.length).toBe({ 1_000: 0, 10_000: 1, 100_000: 8 }[rate])
  const percent = (nth: number) => `${(plan.shares[nth]![1] * 100).toFixed(0)} %`
  if (rate === 10_000)
    expect(saturated).toBe(
      `audit's single hash chain, ${percent(0)}; next: WAL ${percent(1)}, one hot payee ${percent(2)}, ` +
        `connections ${percent(3)}`,
    )
})

it('a report of the layout compact is read by its processes', () => {
  const costs = { 'payment-path': 1.26, rest: 1.2, postgres: 1.14, rabbitmq: 0.21, redis: 0.04, load: 0.2 }
  const plan = planOf(1_000, costs, usual)
  expect(plan.copies).toEqual({ 'payment-path': 3, rest: 2 })
  // payment and account in each of three, user, auth, notification and audit in each of two.
  expect(plan.connections).toBe((3 * 2 + 2 * 4) * 10)
  // Streams alone need as many gateways.
  expect(planOf(1_000, costs, { ...usual, streamsEach: 100 }).copies['payment-path']).toBe(
    100_000 / bounds.streams,
  )
  expect(() => planOf(1_000, { postgres: 1 }, usual)).toThrow('no layout')
})

type Resources = { requests: { cpu: string; memory: string } }
type Values = {
  processDefaults: { poolSize: number; replicas: number }
  processes: Record<
    string,
    {
      services: string[]
      poolSize?: number
      replicas?: number
      autoscaling?: { minReplicas: number; maxReplicas: number }
      resources: Resources
    }
  >
  database: {
    storage: { size: string }
    walStorage: { size: string }
    parameters: Record<string, string>
    resources: Resources
  }
  broker: { storage: { size: string }; resources: Resources }
}
const defaults = parse(read('deploy/chart/values.yaml')) as Values
const cores = (cpu: string) => (cpu.endsWith('m') ? Number(cpu.slice(0, -1)) / 1e3 : Number(cpu))
const inGiB = (size: string) => size.replace(/([GT])i$/, ' $1iB')
const coresOf = (n: number) => `${n} core${n === 1 ? '' : 's'}`

it.each(['compact-small', 'separate-small', 'compact-large', 'separate-large'])(
  'the values of %s are as it says, and leave connections to spare',
  (name) => {
    const given = parse(read(`deploy/chart/values/${name}.yaml`)) as Values
    const database = { ...defaults.database, ...given.database }
    const broker = { ...defaults.broker, ...given.broker }
    const processes = Object.values(given.processes).map(({ services, resources, autoscaling, ...one }) => {
      const fixed = one.replicas ?? defaults.processDefaults.replicas
      const cpu = cores(resources.requests.cpu)
      const [least, most] = [autoscaling?.minReplicas ?? fixed, autoscaling?.maxReplicas ?? fixed]
      const pools = services.filter((service) => service !== 'gateway').length
      const poolSize = one.poolSize ?? defaults.processDefaults.poolSize
      return { least: least * cpu, most: most * cpu, connections: most * pools * poolSize }
    })
    const sum = (of: 'least' | 'most' | 'connections') => processes.reduce((all, one) => all + one[of], 0)
    const limit = Number(database.parameters['max_connections'])
    const server = ({ requests: { cpu, memory } }: Resources) => `${coresOf(cores(cpu))}, ${inGiB(memory)}`
    expect(rowOf(`\`${name}.yaml\``)?.slice(2)).toEqual([
      `${sum('least')} to ${sum('most')} cores`,
      `${server(database.resources)}, ${inGiB(database.storage.size)} and ${inGiB(database.walStorage.size)} of log`,
      `${server(broker.resources)}, ${inGiB(broker.storage.size)}`,
      `${sum('connections')} of ${limit}`,
    ])
    // For a canary, operators, monitors, backups and the owner.
    expect(sum('connections') + 60).toBeLessThanOrEqual(limit)
  },
)
