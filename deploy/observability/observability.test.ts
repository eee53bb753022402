// Alerts and dashboards name metrics that exist, and each alert has a section that says what to do.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { documentedMetrics } from '@bahi/testing/metrics-table.ts'
import { ensureServers } from '@bahi/testing/servers.ts'
import { dashboardSpecs } from './dashboards/specs.ts'
import { dashboardOf } from './dashboards/dashboards.ts'

const root = join(import.meta.dirname, '../..')
const folder = import.meta.dirname
const rules = readFileSync(join(folder, 'prometheus/rules.yml'), 'utf8')
/** Names in queries that no metric has. */
function unmeasured(text: string): string[] {
  const own = new Set(documentedMetrics().map(({ name }) => name))
  // Written by npm run backup, see packages/platform/src/backup.
  const backup = /^bahi_backup_last_(success|verified)_timestamp_seconds$/
  return [...text.matchAll(/\bbahi_\w+/g)]
    .map(([name]) => name)
    .filter(
      (name) => !own.has(name) && !own.has(name.replace(/_(bucket|count|sum)$/, '')) && !backup.test(name),
    )
}

const { missing } = await ensureServers(['promtool'])

it('each alert has its section, and no section is without its alert', () => {
  const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
  const guide = readFileSync(join(root, 'docs/operate/alerts.md'), 'utf8')
  const sections = [...guide.matchAll(/^## (\w+)\n\n(Page|Ticket)\. .+/gm)].map(([, name]) => name)
  expect(alerts.length).toBeGreaterThan(20)
  expect(sections.sort()).toEqual(alerts.sort())
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
  expect(unmeasured(queries.join('\n'))).toEqual([])
  const asked = queries.flatMap((query) => [...query.matchAll(/bahi:\w+:\w+/g)].map(([name]) => name))
  expect(asked.filter((name) => !recorded.includes(name))).toEqual([])
})

it.skipIf(missing.length > 0 && process.env['CI'] !== 'true')(
  'alerts fire when they must, and only then',
  () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'rules.test.yml'], {
      cwd: join(folder, 'prometheus'),
      encoding: 'utf8',
    })
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' })
  },
)
