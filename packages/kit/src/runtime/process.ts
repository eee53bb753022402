// Runs services as one process: settings from the environment, its ports, graceful shutdown on a signal.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { subscriptions } from '@bahi/contracts/events.ts'
import type { JWK } from 'jose'
import type { Static } from 'typebox'
import { blobStorageOf, type BlobSettings } from '../blobs/blob-config.ts'
import type { BlobStorage } from '../blobs/blobs.ts'
import { rabbitBus } from '../bus/rabbit-bus.ts'
import { redisCache } from '../cache/redis-cache.ts'
import { systemClock } from '../clock.ts'
import { keysFromJson, type DataKeySource } from '../crypto/data-keys.ts'
import { queueOf } from '../events/consume.ts'
import { createLog, type Log } from '../log.ts'
import { createOutages } from '../outages.ts'
import { httpTransport, type ServiceUrls } from '../transport/http-transport.ts'
import { serviceTls, trustCas, type ServiceTls } from '../transport/service-tls.ts'
import { BaseConfig } from './base-config.ts'
import { configError, loadConfig, settingNames, unknownSettings } from './config.ts'
import type { Env } from './environment.ts'
import { prepareServices, type Runtime } from './runtime.ts'
import type { AnyService } from './service.ts'

/** After the drain delay: a shutdown that takes longer is broken off. Its parts are bounded to less in all. */
const shutdownTimeoutMs = 25_000

type ByService<T> = Partial<Record<ServiceName, T>>

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
  const env = process.env
  const baseNames = settingNames(BaseConfig)
  const own = [...baseNames, ...services.flatMap(({ config }) => settingNames(config))]
  // The other services are loaded only when there is a setting that may be theirs.
  const otherSettings = unknownSettings(env, own).length > 0 ? await settingsOfAll() : []
  const unknown = unknownSettings(env, [...own, ...otherSettings])
  if (unknown.length > 0) throw configError(unknown)
  const base = loadConfig(BaseConfig, env)

  const signingKeys = parseJson<ByService<JWK>>(base, 'BAHI_SIGNING_KEYS')
  const databaseUrls = parseJson<ByService<string>>(base, 'BAHI_DATABASE_URLS')
  const faults = services.flatMap(({ name, migrations }) => [
    ...(signingKeys[name] ? [] : [`BAHI_SIGNING_KEYS has no key for ${name}`]),
    ...(migrations && !databaseUrls[name] ? [`BAHI_DATABASE_URLS has no URL for ${name}`] : []),
  ])
  if (faults.length > 0) throw configError(faults)

  const outages = createOutages(log)
  trustedCasOf(base, log)
  const tls = tlsOf(base, log)
  const transport = httpTransport(parseJson<ServiceUrls>(base, 'BAHI_SERVICE_URLS'), {
    tls,
    refreshMs: base.BAHI_DISCOVERY_S * 1_000,
    lifetimeMs: base.BAHI_CONNECTION_LIFETIME_S * 1_000,
  })
  const queues = Object.entries(subscriptions).map(([name, sources]) => ({ queue: queueOf(name), sources }))
  const runtime = await prepareServices(services, {
    env: withoutNames(env, baseNames),
    otherSettings,
    mode: base.BAHI_MODE,
    databaseUrl: (name) => databaseUrls[name] ?? '',
    poolSize: base.BAHI_POOL_SIZE,
    bus: rabbitBus(base.AMQP_URL, { log, outages, queues }),
    cache: redisCache(base.REDIS_URL, { outages }),
    blobs: await blobsOf(base),
    clock: systemClock,
    logLevel: base.BAHI_LOG_LEVEL,
    dataKeys: dataKeysOf(base.BAHI_DATA_KEYS),
    keys: { private: signingKeys, public: parseJson<ByService<JWK>>(base, 'BAHI_SERVICE_KEYS') },
    processMetrics: true,
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

function withoutNames(env: Env, names: string[]): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)))
}

/** None without the setting: which services need some is for them to say. */
function dataKeysOf(json = '{}'): DataKeySource {
  try {
    return keysFromJson(json)
  } catch (error) {
    throw configError([(error as Error).message])
  }
}

/** Throws one error for whatever is wrong with the files. */
function tlsOf(base: Static<typeof BaseConfig>, log: Log): ServiceTls | undefined {
  const { BAHI_TLS_CERT_FILE: certFile, BAHI_TLS_KEY_FILE: keyFile, BAHI_TLS_CA_FILE: caFile } = base
  if (!certFile && !keyFile && !caFile) return undefined
  if (!certFile || !keyFile || !caFile)
    throw configError([
      'BAHI_TLS_CERT_FILE, BAHI_TLS_KEY_FILE and BAHI_TLS_CA_FILE belong together: set all three',
    ])
  try {
    return serviceTls({ certFile, keyFile, caFile }, log)
  } catch (error) {
    throw configError([
      `BAHI_TLS_CERT_FILE, BAHI_TLS_KEY_FILE, BAHI_TLS_CA_FILE: ${(error as Error).message}`,
    ])
  }
}

function trustedCasOf({ BAHI_CA_FILES: files = '' }: Static<typeof BaseConfig>, log: Log): void {
  const paths = files.split(',').flatMap((path) => path.trim() || [])
  try {
    if (paths.length > 0) trustCas(paths, log)
  } catch (error) {
    throw configError([`BAHI_CA_FILES: ${(error as Error).message}`])
  }
}

async function blobsOf(settings: BlobSettings): Promise<BlobStorage | undefined> {
  try {
    return await blobStorageOf(settings)
  } catch (error) {
    throw configError([(error as Error).message])
  }
}

function parseJson<T>(base: Record<string, unknown>, name: string): T {
  try {
    return JSON.parse(String(new Map(Object.entries(base)).get(name))) as T
  } catch {
    throw configError([`${name} is not JSON`])
  }
}
