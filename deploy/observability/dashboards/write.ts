// Writes the dashboards for Grafana; a test compares them with what is committed.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArguments } from '@bahi/platform/arguments.ts'
import { dashboardSpecs } from './specs.ts'
import { dashboardOf } from './dashboards.ts'

const help = `npm run dashboards

Writes deploy/observability/grafana after a change of the dashboards.`

parseArguments(help, {})
await mkdir(join(import.meta.dirname, '../grafana'), { recursive: true })
for (const spec of dashboardSpecs) {
  const file = join(import.meta.dirname, `../grafana/${spec.uid}.json`)
  await writeFile(file, `${JSON.stringify(dashboardOf(spec), null, 1)}\n`)
}
console.log(`wrote ${dashboardSpecs.length} dashboards`)
