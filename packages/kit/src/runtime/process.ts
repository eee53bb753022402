// Runs services as one process: settings from the environment, its ports, graceful shutdown on a signal.
import type { Static } from 'typebox'
import { rabbitBus } from '../bus/rabbit-bus.ts'
import { redisCache } from '../cache/redis-cache.ts'
import { systemClock } from '../clock.ts'
import { platformQueues } from '../events/consume.ts'
import { createLog, type Log } from '../log.ts'
import { createOutages } from '../outages.ts'
import { httpTransport } from '../transport/http-transport.ts'
import type { BaseConfig } from './base-config.ts'
import { readSettings, tracesOf } from './process-settings.ts'
import { prepareServices, type Runtime } from './runtime.ts'
import type { AnyService } from './service.ts'

/** After the drain delay: a shutdown that takes longer is broken off. Its parts are bounded to less in all. */
const shutdownTimeoutMs = 25_000

/**
 * Starts the services from `process.env`, which may hold settings of other services too; `settingsOfAll` lists the
 * settings of every service. A faulty configuration is logged and ends the process with status 78; a server that is
 * away never does: the ports are open, and the process is live but not ready until it is there.
 */
export async function runProcess(
  services: AnyService[],
  settingsOfAll: () => Promise<string[]>,
): Promise<void> {
  const log = createLog(services.map(({ name }) => name).join('+'), process.env['BAHI_LOG_LEVEL'] ?? 'info')
  try {
    await start(services, settingsOfAll, log)
  } catch (error) {
    log.fatal(error instanceof Error ? error.message : String(error))
    process.exit(78)
  }
}

async function start(
  services: AnyService[],
  settingsOfAll: () => Promise<string[]>,
  log: Log,
): Promise<void> {
  const settings = await readSettings(services, process.env, settingsOfAll, log)
  const { base, env, otherSettings, signingKeys, serviceKeys, databaseUrls, tls } = settings
  const edge = services.find((service) => service.edge)
  const traces = tracesOf(base, edge && signingKeys[edge.name])
  const outages = createOutages(log)
  const transport = httpTransport(settings.serviceUrls, {
    tls,
    refreshMs: base.BAHI_DISCOVERY_S * 1_000,
    lifetimeMs: base.BAHI_CONNECTION_LIFETIME_S * 1_000,
  })
  const runtime = await prepareServices(services, {
    env,
    otherSettings,
    mode: base.BAHI_MODE,
    databaseUrl: (name) => databaseUrls[name] ?? '',
    replica: {
      url: (name) => settings.replicaUrls[name],
      waitMs: base.BAHI_REPLICA_WAIT_MS,
      maxLagMs: base.BAHI_REPLICA_MAX_LAG_S * 1_000,
    },
    poolSize: base.BAHI_POOL_SIZE,
    databaseWait: { ms: base.BAHI_DATABASE_WAIT_MS, max: base.BAHI_DATABASE_WAITING },
    unreadyAfterMs: base.BAHI_UNREADY_AFTER_MS,
    bus: rabbitBus(base.AMQP_URL, { log, outages, queues: platformQueues, declares: base.BAHI_BUS_DECLARES }),
    cache: redisCache(base.REDIS_URL, { outages }),
    blobs: settings.blobs,
    clock: systemClock,
    logLevel: base.BAHI_LOG_LEVEL,
    dataKeys: settings.dataKeys,
    keys: { private: signingKeys, public: serviceKeys },
    processMetrics: true,
    ...(traces ? { traces } : {}),
    waitForServers: true,
    outages,
    transport,
    tls,
  })
  const isStopping = stopOnSignal(runtime, () => transport.close(), base.BAHI_DRAIN_MS, log)
  try {
    await open(runtime, services, base, log)
  } catch (error) {
    // What waited for a server waits no longer.
    if (!isStopping()) throw error
  }
}

/** Opens the ports before anything is waited for. */
async function open(
  runtime: Runtime,
  services: AnyService[],
  base: Static<typeof BaseConfig>,
  log: Log,
): Promise<void> {
  const { BAHI_HOST: host, BAHI_ADMIN_HOST: adminHost = host } = base
  const adminUrl = await runtime.listenAdmin(base.BAHI_ADMIN_PORT, adminHost)
  const internalUrl = await runtime.listenInternal(base.BAHI_INTERNAL_PORT, host)
  const starting = runtime.start()
  const edge = services.find((service) => service.edge)
  const publicUrl = edge && (await runtime.listen(edge.name, base.BAHI_PORT, host))
  log.info({ adminUrl, internalUrl, publicUrl }, 'ports are open')
  await starting
  log.info('all services have started')
}

/** Returns whether a signal has come. */
function stopOnSignal(
  runtime: Runtime,
  closeTransport: () => Promise<void>,
  drainMs: number,
  log: Log,
): () => boolean {
  let isStopping = false
  const stop = (signal: string) => {
    if (isStopping) return
    isStopping = true
    log.info({ signal, drainMs }, 'stopping')
    setTimeout(() => {
      log.error({ shutdownTimeoutMs }, 'shutdown timed out: requests in flight were cut off')
      process.exit(1)
    }, drainMs + shutdownTimeoutMs).unref()
    void runtime
      .close({ drainMs })
      .then(closeTransport)
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'shutdown failed')
          process.exit(1)
        },
      )
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(signal))
  return () => isStopping
}
