// Writes the dashboards for Grafana; a test compares them with what is committed.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArguments } from '@bahi/platform/arguments.ts'
import { boards } from './boards.ts'
import { dashboardOf } from './dashboards.ts'

const help = `npm run dashboards

Writes deploy/observability/grafana after a change of the dashboards.`

parseArguments(help, {})
await mkdir(join(import.meta.dirname, '../grafana'), { recursive: true })
for (const board of boards) {
  const file = join(import.meta.dirname, `../grafana/${board.uid}.json`)
  await writeFile(file, `${JSON.stringify(dashboardOf(board), null, 1)}\n`)
}
console.log(`wrote ${boards.length} dashboards`)
