// Alerts and dashboards name metrics that exist, and each alert has a section that says what to do.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { serviceNames } from '@bahi/contracts/contract.ts'
import { upiCodes } from '@bahi/contracts/upi-codes.ts'
import { gaugesOfArchive } from '@bahi/platform/archive/archive-status.ts'
import { documentedMetrics } from '@bahi/testing/metrics-table.ts'
import { ensureServers } from '@bahi/testing/servers.ts'
import { createWatchMetrics } from '../patroni/watch-metrics.ts'
import { dashboardSpecs } from './dashboards/specs.ts'
import { dashboardOf } from './dashboards/dashboards.ts'

const root = join(import.meta.dirname, '../..')
const folder = import.meta.dirname
const rules = readFileSync(join(folder, 'prometheus/rules.yml'), 'utf8')
/** Names in queries that no metric has. */
function unmeasured(text: string): string[] {
  const own = new Set([
    ...documentedMetrics().map(({ name }) => name),
    // Of a command, in a file for the textfile collector.
    ...gaugesOfArchive({}).map(([name]) => name),
    ...createWatchMetrics()
      .metrics.registry.getMetricsAsArray()
      .map(({ name }) => name),
  ])
  return [...text.matchAll(/\bbahi_\w+/g)]
    .map(([name]) => name)
    .filter((name) => !own.has(name) && !own.has(name.replace(/_(bucket|count|sum)$/, '')))
}

const { missing } = await ensureServers(['promtool', 'amtool'])

it('each alert has its section, and no section is without its alert', () => {
  const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
  const guide = readFileSync(join(root, 'docs/operate/alerts.md'), 'utf8')
  const sections = [...guide.matchAll(/^## (\w+)\n\n(Page|Ticket|Heartbeat)\. .+/gm)].map(([, name]) => name)
  expect(alerts.length).toBeGreaterThan(20)
  expect(sections.sort()).toEqual(alerts.sort())
})

it('payments fail by every technical decline that there is, and by nothing else', () => {
  const technical = [...upiCodes].flatMap(([code, { isTechnical }]) => (isTechnical ? code : []))
  expect(technical).toEqual(expect.arrayContaining(['XY', 'Y1', 'U02', 'U48', '96']))
  expect(technical.filter((code) => ['00', 'U14', 'U69', 'XB', 'ZA'].includes(code))).toEqual([])
  expect(rules).toContain(`status="failed",code=~"${technical.join('|')}"`)
})

it('each service is missed when nothing measures it', () => {
  const missed = [...rules.matchAll(/absent\(bahi_build_info\{service="(\w+)"\}\)/g)].map(([, name]) => name!)
  expect(missed.sort()).toEqual([...serviceNames].sort())
})

it('what rules ask for is measured, by names that a live platform is held to', () => {
  expect(unmeasured(rules)).toEqual([])
})

it('dashboards are what npm run dashboards writes, and ask for what is measured', () => {
  for (const spec of dashboardSpecs) {
    const written = readFileSync(join(folder, `grafana/${spec.uid}.json`), 'utf8')
    expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(dashboardOf(spec))))
  }
  const recorded = [...rules.matchAll(/record: (\S+)/g)].map(([, name]) => name!)
  const queries = dashboardSpecs.flatMap(({ rows }) =>
    Object.values(rows).flatMap((panels) => panels.flatMap((panel) => Object.values(panel.queries))),
  )
  const all = queries.join('\n')
  expect(unmeasured(all)).toEqual([])
  const unread = documentedMetrics().filter(({ name }) => !new RegExp(`\\b${name}`).test(all + rules))
  expect(unread.map(({ name }) => name)).toEqual([])
  const asked = queries.flatMap((query) => [...query.matchAll(/bahi:\w+:\w+/g)].map(([name]) => name))
  expect(asked.filter((name) => !recorded.includes(name))).toEqual([])
})

/** What a program says of a file, when it does not take it. */
function refusalOf(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return status === 0 ? '' : stdout + stderr
}

describe.skipIf(missing.length > 0 && process.env['CI'] !== 'true')('is taken by its own program', () => {
  it('the configuration of Alertmanager', () => {
    expect(refusalOf('amtool', 'check-config', join(folder, 'alertmanager/alertmanager.yml'))).toBe('')
    expect(refusalOf('amtool', 'check-config', join(folder, 'prometheus/prometheus.yml'))).not.toBe('')
  })

  it('each configuration of Prometheus, where its rules are beside it', async () => {
    const place = await mkdtemp(join(tmpdir(), 'bahi-prometheus-'))
    await copyFile(join(folder, 'prometheus/rules.yml'), join(place, 'rules.yml'))
    for (const file of ['observability/prometheus/prometheus.yml', 'compose/prometheus.yaml']) {
      await copyFile(join(root, 'deploy', file), join(place, 'prometheus.yml'))
      expect(refusalOf('promtool', 'check', 'config', join(place, 'prometheus.yml'))).toBe('')
    }
    await rm(place, { recursive: true })
  })

  it('an alert reaches who it is for', () => {
    const routed = (...labels: string[]) =>
      spawnSync(
        'amtool',
        ['config', 'routes', 'test', '--config.file', 'alertmanager/alertmanager.yml', ...labels],
        {
          ...{ cwd: folder, encoding: 'utf8' },
        },
      ).stdout.trim()
    expect(routed('alertname=BahiBookFaults', 'severity=page')).toBe('on-call')
    expect(routed('alertname=BahiDeadLetters', 'severity=ticket')).toBe('tickets')
    expect(routed('alertname=BahiWatchdog', 'severity=none')).toBe('dead-mans-switch')
  })
})
