// Prometheus metrics of one service: a registry, and the instruments that every service has.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = {
  registry: Registry
  requests: Histogram
  counter(name: string, help: string, labels?: string[]): Counter
  gauge(name: string, help: string, collect: (gauge: Gauge) => void | Promise<void>, labels?: string[]): Gauge
  histogram(name: string, help: string, buckets: number[], labels?: string[]): Histogram
}

export function createMetrics(service: string, options: { process?: boolean } = {}): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  if (options.process) collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    requests: new Histogram({
      name: 'bahi_http_request_seconds',
      help: 'Time to answer a request.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: labels, registers }),
    histogram: (name, help, buckets, labels = []) =>
      new Histogram({ name, help, buckets, labelNames: labels, registers }),
    gauge: (name, help, collect, labels = []) => {
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames: labels,
        registers,
        async collect() {
          await collect(gauge)
        },
      })
      return gauge
    },
  }
}
