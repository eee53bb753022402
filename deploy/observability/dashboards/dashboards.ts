// Builds the dashboards for Grafana from what each is to show.
import { VizLegendOptionsBuilder } from '@grafana/grafana-foundation-sdk/common'
import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  type Dashboard,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import type { DashboardSpec, Panel } from './panels.ts'

export function dashboardOf({ uid, title, byService, rows }: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .tags(['bahi'])
    .refresh('30s')
    .time({ from: 'now-3h', to: 'now' })
    .timezone('browser')
    .withVariable(new DatasourceVariableBuilder('source').label('Source').type('prometheus'))
  if (byService)
    builder.withVariable(
      new QueryVariableBuilder('service').label('Service').query('label_values(bahi_dependency_up, service)'),
    )
  let id = 0
  for (const [name, panels] of Object.entries(rows)) {
    builder.withRow(new RowBuilder(name).id(++id))
    for (const panel of panels) builder.withPanel(panelOf(panel).id(++id))
  }
  return builder.build()
}

function panelOf({ title, queries, unit = 'short', description }: Panel): PanelBuilder {
  const panel = new PanelBuilder()
    .title(title)
    .unit(unit)
    .min(0)
    .span(8)
    .height(7)
    .legend(new VizLegendOptionsBuilder().showLegend(true))
    .datasource({ type: 'prometheus', uid: '$source' })
  if (description !== undefined) panel.description(description)
  for (const [nth, [legend, query]] of Object.entries(queries).entries())
    panel.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode(65 + nth))
        .expr(query)
        .legendFormat(legend)
        .exemplar(query.includes('_bucket')),
    )
  return panel
}
