// Runs a service as a process of its own: settings from the environment, graceful shutdown on a signal.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { subscriptions } from '@bahi/contracts/events.ts'
import type { JWK } from 'jose'
import { rabbitBus } from '../bus/rabbit-bus.ts'
import { redisCache } from '../cache/redis-cache.ts'
import { systemClock } from '../clock.ts'
import { keysFromFile, keysFromJson, type DataKeySource } from '../crypto/data-keys.ts'
import { BaseConfig, configError, loadConfig } from './config.ts'
import { createLog } from '../log.ts'
import type { AnyService } from './service.ts'
import { queueOf, startServices } from './runtime.ts'
import { httpTransport, type ServiceUrls } from '../transport/http-transport.ts'

const databaseWaitMs = 60_000

/** Starts one service from `process.env`. A faulty configuration is logged and ends the process with status 78. */
export async function run([service]: [AnyService]): Promise<void> {
  const log = createLog(service.name, process.env['BAHI_LOG_LEVEL'] ?? 'info')
  try {
    const base = loadConfig(BaseConfig, process.env, Object.keys(service.config.properties))
    if (service.migrations && !base.DATABASE_URL) throw configError(['DATABASE_URL is missing'])
    const json = <T>(name: 'BAHI_SERVICE_KEY' | 'BAHI_SERVICE_KEYS' | 'BAHI_SERVICE_URLS') =>
      parseJson<T>(name, base[name])
    const transport = httpTransport(json<ServiceUrls>('BAHI_SERVICE_URLS'))
    const baseNames = Object.keys(BaseConfig.properties)
    const queues = Object.entries(subscriptions).map(([name, sources]) => ({ queue: queueOf(name), sources }))
    const running = await startServices([service], {
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !baseNames.includes(name))),
      mode: base.BAHI_MODE,
      databaseUrl: () => base.DATABASE_URL ?? '',
      bus: rabbitBus(base.AMQP_URL, { log, queues }),
      cache: redisCache(base.REDIS_URL),
      clock: systemClock,
      logLevel: base.BAHI_LOG_LEVEL,
      dataKeys: await dataKeysOf(base),
      keys: {
        private: { [service.name]: json<JWK>('BAHI_SERVICE_KEY') },
        public: json<Partial<Record<ServiceName, JWK>>>('BAHI_SERVICE_KEYS'),
      },
      databaseWaitMs,
      transport: transport,
    })
    const url = await running.listen(service.name, base.BAHI_PORT, base.BAHI_HOST)
    log.info({ url }, 'ready')
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        log.info({ signal }, 'stopping')
        void running
          .close()
          .then(() => transport.close())
          .then(
            () => process.exit(0),
            (error: unknown) => {
              log.error({ err: error }, 'shutdown failed')
              process.exit(1)
            },
          )
      })
    }
  } catch (error) {
    log.fatal(error instanceof Error ? error.message : String(error))
    process.exit(78)
  }
}

/** From the file, from the environment, or none: which services need some is for them to say. */
async function dataKeysOf(base: {
  BAHI_DATA_KEYS?: string
  BAHI_DATA_KEYS_FILE?: string
}): Promise<DataKeySource> {
  const { BAHI_DATA_KEYS: json = '{}', BAHI_DATA_KEYS_FILE: file } = base
  try {
    return file === undefined ? keysFromJson(json) : await keysFromFile(file)
  } catch (error) {
    throw configError([(error as Error).message])
  }
}

function parseJson<T>(name: string, text: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw configError([`${name} is not JSON`])
  }
}
