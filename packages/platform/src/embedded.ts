// The whole platform in one process: a real PostgreSQL, in-process bus and cache, sandbox mode.
import type { BlobStorage } from '@bahi/kit/blobs/blobs.ts'
import type { Bus } from '@bahi/kit/bus/bus.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import { systemClock, type Clock } from '@bahi/kit/clock.ts'
import { createLog } from '@bahi/kit/log.ts'
import { migrate } from '@bahi/kit/sql/migrate.ts'
import { startServices, type Runtime } from '@bahi/kit/runtime/runtime.ts'
import type { Call } from '@bahi/contracts/call.ts'
import { freePort } from '@bahi/kit/port.ts'
import { reportingOf, roleUrl, type Secrets } from './secrets.ts'
import { schemasOf, services } from './services.ts'

export type Embedded = Runtime & {
  url: string
  /** Calls internal routes as the sandbox. */
  asSandbox: Call
}

/** Higher than production's defaults: all people of a sandbox come from one address, and tests are quick. */
export const sandboxRates = {
  BAHI_RATE_PERSON: '1000:200',
  BAHI_RATE_DEVICE: '1000:200',
  BAHI_RATE_ADDRESS: '5000:1000',
  BAHI_RATE_SIGN_IN: '1000:100',
  BAHI_RATE_FILES: '5000:1000',
}

export type EmbeddedOptions = {
  adminUrl: string
  secrets: Secrets
  /** Port of the gateway; 0: any free one. */
  port: number
  logLevel?: string
  logTo?: { write(line: string): void }
  clock?: Clock
  /** Left out: one in the process. */
  bus?: Bus
  /** File for dead letters of that bus; left out, they are lost when the process ends. */
  deadLetters?: string
  /** Where files are kept; left out: there are none. */
  blobs?: BlobStorage
  env?: Record<string, string>
  /** A streaming replica of the database, as its owner. */
  replica?: { adminUrl: string; waitMs: number; maxLagMs: number }
}

/** Migrates, starts all services and opens the gateway's port. */
export async function startEmbedded({
  adminUrl,
  secrets,
  port,
  ...options
}: EmbeddedOptions): Promise<Embedded> {
  const clock = options.clock ?? systemClock
  const logLevel = options.logLevel ?? 'warn'
  await migrate(
    adminUrl,
    schemasOf((service) => secrets.passwords[service]!),
    reportingOf(secrets),
  )
  const [smtpPort, gatewayPort] = [await freePort(), port === 0 ? await freePort() : port]
  const started: Runtime = await startServices(services, {
    env: {
      ...secrets.env,
      ...sandboxRates,
      BAHI_ISSUER: `http://127.0.0.1:${gatewayPort}`,
      // A browser takes no address of digits for a passkey.
      BAHI_PASSKEY_RP_ID: 'localhost',
      BAHI_PASSKEY_ORIGINS: [gatewayPort, options.env?.['BAHI_CONSOLE_PORT']]
        .filter((one) => one !== undefined)
        .map((one) => `http://localhost:${one}`)
        .join(','),
      BAHI_SANDBOX_SMTP_PORT: String(smtpPort),
      BAHI_SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
      ...(port === 0 ? {} : { BAHI_PUBLIC_URL: `http://127.0.0.1:${port}` }),
      ...options.env,
    },
    mode: 'sandbox',
    databaseUrl: (service) => roleUrl(adminUrl, service, secrets.passwords[service]!),
    ...(options.replica
      ? {
          replica: {
            ...options.replica,
            url: (service) => roleUrl(options.replica!.adminUrl, service, secrets.passwords[service]!),
          },
        }
      : {}),
    poolSize: 5,
    bus:
      options.bus ??
      memoryBus({
        clock,
        log: createLog('bus', logLevel, options.logTo),
        ...(options.deadLetters ? { file: options.deadLetters } : {}),
      }),
    cache: memoryCache({ clock }),
    blobs: options.blobs,
    clock,
    logLevel,
    logTo: options.logTo,
    dataKeys: (service) => secrets.dataKeys[service],
    keys: secrets.keys,
  })
  const url = await started.listen('gateway', gatewayPort)
  return { ...started, url, asSandbox: started.callAs('sandbox') }
}
