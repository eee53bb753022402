// What a service says of its health to the gateway, which shows it to operators: values of its own metrics.
import { healthFacts, healthMetrics, type ServiceFacts } from '@bahi/contracts/health.ts'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import type { App } from '../http/http.ts'
import { version } from '../log.ts'
import type { Metrics } from '../metrics.ts'

/** When this process began. */
const startedAt = new Date(performance.timeOrigin).toISOString()

/** A metric without a value, because its server is away, is left out. */
export async function factsOf({ registry, unscraped }: Metrics): Promise<ServiceFacts> {
  // All at once: those that wait for a server that is away wait together.
  const read = await Promise.all(
    healthMetrics.map(async (name) => {
      const metric = registry.getSingleMetric(name) ?? unscraped.getSingleMetric(name)
      const values = metric ? (await metric.get()).values : []
      return values.map(({ labels, value }) => ({ name, labels: textOf(labels), value }))
    }),
  )
  return { version, startedAt, samples: read.flat() }
}

const textOf = (labels: object): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]))

export function answerHealth(app: App, service: ServiceName, metrics: Metrics): void {
  if (Object.hasOwn(healthFacts, service))
    app.route({ ...healthFacts[service as keyof typeof healthFacts], handler: () => factsOf(metrics) })
}
