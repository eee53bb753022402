// All services of the platform, in the order in which they start: the gateway last.
import { loadServices, startOrder } from './service-modules.ts'

export const services = await loadServices(startOrder)

/** Those that have a schema of their own, with its folder of migrations. */
export function schemasOf(passwordOf: (service: string) => string) {
  return services.flatMap((s) =>
    s.migrations ? [{ name: s.name, migrations: s.migrations, password: passwordOf(s.name) }] : [],
  )
}
