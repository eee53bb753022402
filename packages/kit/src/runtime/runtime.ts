// Starts services in this process on given adapters: one composition for production, tests and the embedded start.
import { setTimeout as delay } from 'node:timers/promises'
import type { Call } from '@bahi/contracts/call.ts'
import { serviceNames, type ServiceName } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { systemClock } from '../clock.ts'
import { drainConnections } from '../http/connections.ts'
import type { App } from '../http/http.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { metricsText, type MetricsFormat } from '../metrics-text.ts'
import { createOutages } from '../outages.ts'
import { directCall, directTransport } from '../transport/direct-transport.ts'
import { createTrust } from '../transport/service-token.ts'
import { measureTraces } from './service-metrics.ts'
import { inSpan } from '../tracing/spans.ts'
import { callHeaders, callSpan, serviceCall, type Transport } from '../transport/transport.ts'
import { createAdminListener, type Listener } from './admin-listener.ts'
import { readinessOfAll, type ProcessReadiness } from './health.ts'
import { createInternalListener } from './internal-listener.ts'
import type { RuntimeOptions } from './runtime-options.ts'
import type { AnyService } from './service.ts'
import { settingsOf } from './service-settings.ts'
import { startService, startWorkers, subscribe, type ProcessContext, type Started } from './start-service.ts'
import { stopServices } from './stop-services.ts'

export type Runtime = {
  /** Starts the services, unless it was done. Rejects when one of them cannot start. */
  start(): Promise<void>
  app(service: ServiceName): App
  /** Calls a service, in this process or outside of it, as that service. */
  callAs(caller: ServiceName): Call
  /** Opens a service's port, once it has started, and that of its second edge; resolves to the URL of the first. */
  listen(service: ServiceName, port: number, host?: string): Promise<string>
  /** Resolves when every consumer here has processed every event that was appended. For tests. */
  settle(): Promise<void>
  /** Opens the port for calls from other processes to the services of this one; resolves to its URL. */
  listenInternal(port: number, host?: string): Promise<string>
  /** Opens the port for health and metrics; resolves to its URL. */
  listenAdmin(port: number, host?: string): Promise<string>
  /** Ready when each service of this process is. */
  readiness(): Promise<ProcessReadiness>
  /** For Prometheus; by default in its own format. */
  metrics(format?: MetricsFormat): Promise<string>
  /**
   * Reports itself as not ready for `drainMs`, then stops requests, workers, consumers and connections, in this order.
   * Nothing in flight is lost; what is not answered after `closeTimeoutMs` is cut off.
   */
  close(options?: { drainMs?: number; closeTimeoutMs?: number }): Promise<void>
}

/** For requests in flight when a process stops. */
const defaultCloseTimeoutMs = 10_000

/** Starts services; resolves when all of them take calls. */
export async function startServices(services: AnyService[], options: RuntimeOptions): Promise<Runtime> {
  const runtime = await prepareServices(services, options)
  await runtime.start()
  return runtime
}

/**
 * Checks the settings of services and throws one error that names every fault. Nothing runs until `start`; ports for
 * other processes and for health may be opened before.
 */
export async function prepareServices(services: AnyService[], options: RuntimeOptions): Promise<Runtime> {
  const started = new Map<ServiceName, Started>()
  const arrivals = new Map(services.map(({ name }) => [name, Promise.withResolvers<void>()]))
  /** Why those that have not started have not. */
  const waiting = new Map<ServiceName, string>(services.map(({ name }) => [name, 'it has not begun']))
  const own = await settingsOf(services, options)
  const trust = createTrust(options.keys, options.clock)
  const names = new Set(services.map(({ name }) => name))
  const direct = {
    app: (name: ServiceName) => started.get(name)?.app,
    trust,
    clock: options.timeoutClock ?? systemClock,
  }
  const transport: Transport =
    options.transport ??
    ((name) => Promise.reject(new Problem('unavailable', `no address is known for ${name}`)))

  function callAs(caller: ServiceName): Call {
    const [here, outside] = [directCall(direct, caller), serviceCall(transport, trust, caller)]
    return (contract, input, more) => (names.has(contract.service) ? here : outside)(contract, input, more)
  }

  function forwardAs(caller: ServiceName): Transport {
    const here = directTransport(direct, caller)
    return async (to, request) => {
      if (names.has(to)) return here(to, request)
      // Not the path, which may name a person.
      const unknown = { method: request.method, url: 'none', service: to }
      return inSpan(callSpan(caller, request.route?.contract ?? unknown), async () => {
        const headers = await callHeaders(trust, caller, to, request.headers)
        return transport(to, { ...request, headers })
      })
    }
  }
  const stopping = new AbortController()
  let draining = false
  let internal: Listener | undefined
  let admin: Listener | undefined
  let starting: Promise<void> | undefined
  const log = createLog([...names].join('+'), options.logLevel, options.logTo)
  const outages = options.outages ?? createOutages(log)
  const context: ProcessContext = {
    options,
    trust,
    outages,
    stopping: stopping.signal,
    isDraining: () => draining,
    callAs,
    forwardAs,
  }

  async function startOne(service: AnyService): Promise<Started> {
    const { name } = service
    const one = await startService(service, own.get(name)!, context, (reason) => waiting.set(name, reason))
    started.set(name, one)
    waiting.delete(name)
    arrivals.get(name)?.resolve()
    return one
  }

  /** All consumers subscribe before any relay publishes or any worker runs. */
  async function startInOrder(): Promise<void> {
    for (const service of services) await startOne(service)
    for (const one of started.values()) await subscribe(one, context)
    for (const one of started.values()) startWorkers(one, context)
  }

  /** Each as soon as its own database is there. A broker that is away holds up nothing but the events. */
  async function startInAnyOrder(): Promise<void> {
    await Promise.all(
      services.map(async (service) => {
        const one = await startOne(service)
        subscribe(one, context).catch((error: unknown) => {
          if (!stopping.signal.aborted) one.log.error({ err: error }, 'subscription failed')
        })
        startWorkers(one, context)
      }),
    )
  }

  const all = () => [...started.values()]
  const find = (name: ServiceName) => {
    const one = started.get(name)
    if (!one) throw new Error(`${name} does not run here`)
    return one
  }
  const readiness = () =>
    readinessOfAll([...names], (name) => {
      const one = started.get(name)
      if (one) return one.readiness()
      const status = draining ? 'stopping' : 'starting'
      return { ready: false, status, checks: { start: `waits: ${waiting.get(name)}` } }
    })
  const ofProcess = options.processMetrics ? [createMetrics([...names].join('+'), { process: true })] : []
  if (ofProcess[0] && options.traces) measureTraces(ofProcess[0], options.traces)
  const metrics = (format?: MetricsFormat) =>
    metricsText([...ofProcess, ...all().map((one) => one.metrics)], format)
  const start = () => (starting ??= options.waitForServers ? startInAnyOrder() : startInOrder())

  return {
    start,
    app: (name) => find(name).app,
    callAs,
    readiness,
    metrics,
    async listen(name, port, host = '127.0.0.1') {
      await Promise.race([arrivals.get(name)?.promise, start()])
      const { app, secondEdge } = find(name)
      const url = await app.listen({ port, host })
      await secondEdge?.app.listen({ port: secondEdge.port, host })
      return url
    },
    async settle() {
      for (let quiet = 0; quiet < 2;) {
        const waiting = await Promise.all(all().map(unpublished))
        if (waiting.some((n) => n > 0)) {
          quiet = 0
          for (const one of all()) one.relay?.wake()
        } else quiet += 1
        await delay(15)
      }
    },
    listenInternal(port, host = '127.0.0.1') {
      internal = createInternalListener((name) => {
        const one = started.get(name)
        if (!one) return names.has(name) ? 'starting' : undefined
        return one.edge ? undefined : one.app
      }, options.tls)
      return internal.listen(port, host)
    },
    listenAdmin(port, host = '127.0.0.1') {
      admin = createAdminListener({ readiness, metrics })
      return admin.listen(port, host)
    },
    async close({ drainMs = 0, closeTimeoutMs = defaultCloseTimeoutMs } = {}) {
      draining = true
      for (const { app, secondEdge } of all().filter(({ edge }) => edge)) {
        drainConnections(app.server)
        if (secondEdge) drainConnections(secondEdge.app.server)
      }
      if (drainMs > 0) await systemClock.sleep(drainMs)
      if (waiting.size > 0) stopping.abort()
      await starting?.catch(() => undefined)
      const { bus, cache } = options
      await stopServices({
        services: all(),
        ...{ internal, log, bus, cache, closeTimeoutMs },
        abort: () => stopping.abort(),
      })
      outages.close()
      await options.traces?.close()
      // Last, so that the process is seen to stop until it has.
      await admin?.close(100)
    },
  }
}

async function unpublished({ sql }: Started): Promise<number> {
  if (!sql) return 0
  const [row] = await sql<{ count: number }[]>`
    select count(*) as count from events, relay
    where (xid, seq) > (after_xid, after_seq)`
  return row?.count ?? 0
}

export const allServiceNames: ServiceName[] = [...serviceNames, 'sandbox']
