// What a dashboard is as data, and the queries that panels are made of.

export type Panel = {
  title: string
  /** Legend → query. */
  queries: Record<string, string>
  unit?: 's' | 'short' | 'percentunit' | 'reqps' | 'bytes'
  /** A line to stay below, such as that of an alert. */
  description?: string
}

export type DashboardSpec = { uid: string; title: string; byService?: true; rows: Record<string, Panel[]> }

export const requests = 'bahi_http_request_seconds'
export const quantile = (q: number, of: string, where: string, by: string) =>
  `histogram_quantile(${q}, sum by (${by}) (rate(${of}_bucket${where}[$__rate_interval])))`
export const p99 = (of: string, by: string) => quantile(0.99, of, '', `le, ${by}`)
export const total = (of: string) => `sum(rate(${of}[$__rate_interval]))`
export const rate = (of: string, by: string) => `sum by (${by}) (rate(${of}[$__rate_interval]))`
export const maxBy = (of: string, by: string) => `max by (${by}) (${of})`
