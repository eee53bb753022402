// Each service as a process of its own on one machine: its settings, its start, its readiness and its end.
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { freePort } from '@bahi/kit/port.ts'
import { stopWithParent } from '@bahi/kit/runtime/watchdog.ts'
import { sandboxRates } from './embedded.ts'
import { envOf, roleUrl, type Secrets } from './secrets.ts'
import { services } from './services.ts'

export type ProcessEnvironment = {
  secrets: Secrets
  adminUrl: string
  redisUrl: string
  amqpUrl: string
  logLevel: string
  /** Base URLs of each service, one for each copy. */
  urls: Record<ServiceName, string[]>
  smtpPort: number
  /** Settings that are given to just those services that know them. */
  settings?: Record<string, string>
}

const root = join(import.meta.dirname, '../../..')

/** Where Node keeps what it compiled: a second start is quicker and needs no compiler for types in memory. */
const compiled = join(root, 'node_modules/.cache/bahi-compiled')

/** MiB of new objects: what lives as long as a request ends there, and is not kept among the old ones. */
const youngMiB = (service: ServiceName) => (['gateway', 'payment', 'account'].includes(service) ? 32 : 8)

/** Free ports for so many copies of each service. */
export async function addresses(
  copiesOf: (service: ServiceName) => number,
  gatewayPort?: number,
): Promise<Record<ServiceName, string[]>> {
  const urls: [string, string[]][] = []
  for (const { name } of services) {
    const ports: number[] = []
    for (let nth = 0; nth < copiesOf(name); nth++) {
      ports.push(
        name === 'gateway' && nth === 0 && gatewayPort !== undefined ? gatewayPort : await freePort(),
      )
    }
    urls.push([name, ports.map((port) => `http://127.0.0.1:${port}`)])
  }
  return Object.fromEntries(urls) as Record<ServiceName, string[]>
}

/** Its own key and just the settings that it knows: an unknown one would stop it. */
export function environmentOf(
  service: ServiceName,
  nth: number,
  options: ProcessEnvironment,
): Record<string, string> {
  const { secrets, smtpPort } = options
  const about = services.find((one) => one.name === service)!
  const given = Object.entries({ ...envOf(service, secrets), ...options.settings })
  const known = given.filter(([name]) => name in about.config.properties)
  return {
    BAHI_MODE: 'sandbox',
    BAHI_LOG_LEVEL: options.logLevel,
    BAHI_HOST: '127.0.0.1',
    BAHI_PORT: new URL(options.urls[service][nth]!).port,
    ...(secrets.dataKeys[service]
      ? { BAHI_DATA_KEYS: JSON.stringify({ [service]: secrets.dataKeys[service] }) }
      : {}),
    BAHI_SERVICE_KEY: JSON.stringify(secrets.keys.private[service]),
    BAHI_SERVICE_KEYS: JSON.stringify(secrets.keys.public),
    BAHI_SERVICE_URLS: JSON.stringify(options.urls),
    REDIS_URL: options.redisUrl,
    AMQP_URL: options.amqpUrl,
    ...(about.migrations
      ? { DATABASE_URL: roleUrl(options.adminUrl, service, secrets.passwords[service]!) }
      : {}),
    ...(service === 'gateway' ? sandboxRates : {}),
    ...(service === 'sandbox' ? { BAHI_SANDBOX_SMTP_PORT: String(smtpPort) } : {}),
    ...(service === 'notification' ? { BAHI_SMTP_URL: `smtp://127.0.0.1:${smtpPort}` } : {}),
    ...Object.fromEntries(known),
  }
}

/**
 * @param log a file descriptor for what it says; left out, it speaks where we do
 * @param nodeOptions such as `--cpu-prof`
 */
export function startProcess(
  service: ServiceName,
  env: Record<string, string>,
  log?: number,
  nodeOptions: string[] = [],
): ChildProcess {
  const folder = service === 'sandbox' ? service : join('services', service)
  const script = join(root, folder, 'src/main.ts')
  const young = `--max-semi-space-size=${youngMiB(service)}`
  const child = spawn(process.execPath, [young, ...nodeOptions, script], {
    // In a group of its own: Ctrl-C reaches it through us, in order.
    detached: true,
    stdio: ['ignore', log ?? 'inherit', log ?? 'inherit'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', NODE_COMPILE_CACHE: compiled, ...env },
  })
  stopWithParent(child, 'TERM')
  return child
}

/** Resolves to true when `/readyz` says ok, to false when the time is over or somebody gave up. */
export async function waitUntilReady(
  url: string,
  timeoutMs: number,
  givenUp: () => boolean,
): Promise<boolean> {
  for (const until = Date.now() + timeoutMs; Date.now() < until; await delay(50)) {
    if (givenUp()) return false
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) return true
  }
  return false
}

export function hasExited(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null
}

/** Orderly; by force after a while. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (hasExited(child)) return
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await ended
  clearTimeout(timer)
}
