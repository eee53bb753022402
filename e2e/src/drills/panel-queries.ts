// The queries of every panel of the dashboards that are shipped, asked of a live Prometheus as Grafana asks them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Prometheus } from '@bahi/testing/prometheus.ts'

type Dashboard = { title: string; panels: { title?: string; targets?: { expr: string }[] }[] }

export type PanelQuery = { panel: string; query: string }

const folder = join(import.meta.dirname, '../../../deploy/observability/grafana')

export function panelQueries(): PanelQuery[] {
  return readdirSync(folder).flatMap((file) => {
    const { title, panels } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Dashboard
    return panels.flatMap((panel) =>
      (panel.targets ?? []).map(({ expr }) => ({ panel: `${title}: ${panel.title}`, query: expr })),
    )
  })
}

/** Panels with a query that had no series in the last seconds. Throws what Prometheus says of a query that is wrong. */
export async function emptyPanels(
  prometheus: Prometheus,
  { sinceS, rateS }: { sinceS: number; rateS: number },
): Promise<string[]> {
  const empty = new Set<string>()
  for (const { panel, query } of panelQueries()) {
    const asked = query
      .replaceAll('$__rate_interval', `${rateS}s`)
      // Whichever service is chosen: one of them has it.
      .replaceAll('service="$service"', 'service=~".+"')
    if ((await prometheus.countSeries(asked, sinceS)) === 0) empty.add(panel)
  }
  return [...empty].sort()
}
