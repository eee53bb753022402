// Reads what a process runs on from its environment: every fault at once, before anything is connected.
import { hash } from 'node:crypto'
import { secretJson } from '../crypto/secret-json.ts'
import { exportTraces, type TraceExporter } from '../tracing/otlp.ts'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import type { JWK } from 'jose'
import { Type, type Static } from 'typebox'
import { blobStorageOf } from '../blobs/blob-config.ts'
import type { BlobStorage } from '../blobs/blobs.ts'
import { keysFromJson, type DataKeySource } from '../crypto/data-keys.ts'
import type { Log } from '../log.ts'
import type { ServiceUrls } from '../transport/http-transport.ts'
import { keyFaults } from '../transport/service-token.ts'
import { serviceTls, trustCas, type ServiceTls } from '../transport/service-tls.ts'
import { BaseConfig } from './base-config.ts'
import { configError, faultsOf, loadConfig, settingNames, unknownSettings } from './config.ts'
import type { Env } from './environment.ts'
import { listOf } from './list-of.ts'
import { inClear, productionFaults } from './production.ts'
import type { AnyService } from './service.ts'
import { settingsOf } from './service-settings.ts'

type ByService<T> = Partial<Record<ServiceName, T>>

export type ProcessSettings = {
  base: Static<typeof BaseConfig>
  /** What services read their own settings from. */
  env: Env
  otherSettings: readonly string[]
  signingKeys: ByService<JWK>
  serviceKeys: ByService<JWK | JWK[]>
  databaseUrls: ByService<string>
  replicaUrls: ByService<string>
  serviceUrls: ServiceUrls
  dataKeys: DataKeySource
  blobs: BlobStorage | undefined
  tls: ServiceTls | undefined
}

/** Throws one error for all that is wrong. `settingsOfAll` lists the settings of every service. */
export async function readSettings(
  services: AnyService[],
  env: Env,
  settingsOfAll: () => Promise<string[]>,
  log: Log,
): Promise<ProcessSettings> {
  const faults: string[] = []
  const attempt = async <T>(read: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await read()
    } catch (error) {
      faults.push(...faultsOf(error))
      return undefined
    }
  }
  const baseNames = settingNames(BaseConfig)
  const own = [...baseNames, ...services.flatMap(({ config }) => settingNames(config))]
  // The other services are loaded only when there is a setting that may be theirs.
  const otherSettings = unknownSettings(env, own).length > 0 ? await settingsOfAll() : []
  faults.push(...unknownSettings(env, [...own, ...otherSettings]))
  const base = await attempt(() => loadConfig(BaseConfig, env))
  if (!base) throw configError(faults)

  const json = <T>(
    name:
      | 'BAHI_SIGNING_KEYS'
      | 'BAHI_SERVICE_KEYS'
      | 'BAHI_SERVICE_URLS'
      | 'BAHI_DATABASE_URLS'
      | 'BAHI_REPLICA_URLS',
  ) => attempt(() => secretJson<T>(name, base[name]))
  const signingKeys = (await json<ByService<JWK>>('BAHI_SIGNING_KEYS')) ?? {}
  const serviceKeys = (await json<ByService<JWK | JWK[]>>('BAHI_SERVICE_KEYS')) ?? {}
  const databaseUrls = (await json<ByService<string>>('BAHI_DATABASE_URLS')) ?? {}
  const replicaUrls = (await json<ByService<string>>('BAHI_REPLICA_URLS')) ?? {}
  const serviceUrls = (await json<ServiceUrls>('BAHI_SERVICE_URLS')) ?? {}
  for (const { name, migrations } of services) {
    if (migrations && !databaseUrls[name]) faults.push(`BAHI_DATABASE_URLS has no URL for ${name}`)
  }
  const names = services.map(({ name }) => name)
  faults.push(...keyFaults(names, { private: signingKeys, public: serviceKeys }))
  await attempt(() => trustedCasOf(base, log))
  const tls = await attempt(() => tlsOf(base, log))
  const blobs = await attempt(() => blobStorageOf(base))
  const dataKeys = (await attempt(() => keysFromJson(base.BAHI_DATA_KEYS ?? '{}'))) ?? (() => undefined)
  const ofServices = withoutNames(env, baseNames)
  await attempt(() => settingsOf(services, { env: ofServices, otherSettings, dataKeys, blobs }))
  if (base.BAHI_MODE === 'production') {
    const { BAHI_HOST: host, BAHI_CLEARTEXT_HOSTS: cleartextHosts, BAHI_BLOBS: place } = base
    const servers = {
      redisUrl: base.REDIS_URL,
      amqpUrl: base.AMQP_URL,
      blobs: place,
      otlpEndpoint: base.OTEL_EXPORTER_OTLP_ENDPOINT,
      databaseUrls,
      replicaUrls,
      serviceUrls,
    }
    const hasTls = base.BAHI_TLS_CERT_FILE !== undefined
    faults.push(...productionFaults({ services: names, host, cleartextHosts, hasTls, ...servers }))
    for (const { config, productionFaults: ofService } of services) {
      // What does not load is among the faults already.
      const loaded = await Promise.resolve()
        .then(() => loadConfig(config, ofServices))
        .catch(() => undefined)
      if (loaded && ofService) faults.push(...ofService(loaded, inClear(cleartextHosts)))
    }
  }
  if (faults.length > 0) throw configError([...new Set(faults)])
  const keys = { signingKeys, serviceKeys, databaseUrls, replicaUrls, serviceUrls, dataKeys }
  return { base, env: ofServices, otherSettings, blobs, tls, ...keys }
}

export const TlsConfig = Type.Pick(BaseConfig, [
  'BAHI_TLS_CERT_FILE',
  'BAHI_TLS_KEY_FILE',
  'BAHI_TLS_CA_FILE',
])

/** None when none of them is set; throws when only some are. */
export function tlsOf(settings: Static<typeof TlsConfig>, log: Log): ServiceTls | undefined {
  const { BAHI_TLS_CERT_FILE: certFile, BAHI_TLS_KEY_FILE: keyFile, BAHI_TLS_CA_FILE: caFile } = settings
  const names = 'BAHI_TLS_CERT_FILE, BAHI_TLS_KEY_FILE and BAHI_TLS_CA_FILE'
  if (!certFile && !keyFile && !caFile) return undefined
  if (!certFile || !keyFile || !caFile) throw new Error(`${names} belong together: set all three`)
  try {
    return serviceTls({ certFile, keyFile, caFile }, log)
  } catch (error) {
    throw new Error(`${names}: ${(error as Error).message}`, { cause: error })
  }
}

function trustedCasOf({ BAHI_CA_FILES: files = '' }: Static<typeof BaseConfig>, log: Log): void {
  const paths = listOf(files)
  try {
    if (paths.length > 0) trustCas(paths, log)
  } catch (error) {
    throw new Error(`BAHI_CA_FILES: ${(error as Error).message}`, { cause: error })
  }
}

function withoutNames(env: Env, names: string[]): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)))
}

/**
 * From here on traces are recorded, when there is a collector for them.
 *
 * @param edgeKey what all copies of an edge have and nobody else: by it they decide alike
 */
export function tracesOf(base: Static<typeof BaseConfig>, edgeKey?: JWK): TraceExporter | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers = '' } = base
  if (endpoint === undefined) return undefined
  const pairs = headers.split(',').flatMap((pair) => {
    const at = pair.indexOf('=')
    return at > 0 ? [[pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())] as const] : []
  })
  return exportTraces({
    endpoint,
    headers: Object.fromEntries(pairs),
    ratio: base.OTEL_TRACES_SAMPLER_ARG,
    ...(edgeKey?.d === undefined ? {} : { samplingKey: hash('sha256', `trace sampling ${edgeKey.d}`) }),
    slowMs: base.BAHI_TRACE_SLOW_MS,
  })
}
