// A layout's processes on one machine: their addresses, settings, start, readiness and end.
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { freePort } from '@bahi/kit/port.ts'
import { stopWithParent } from '@bahi/kit/runtime/watchdog.ts'
import { migrate } from '@bahi/kit/sql/migrate.ts'
import type { TlsFiles } from '@bahi/kit/transport/service-tls.ts'
import { sandboxRates } from './embedded.ts'
import { layouts, type DistributedLayout, type ProcessGroup } from './layouts.ts'
import { envOf, reportingOf, roleUrl, type Secrets } from './secrets.ts'
import { schemasOf, services } from './services.ts'

export type DistributedOptions = {
  layout: DistributedLayout
  /** Of each process that scales; default 1. */
  copies?: number
  secrets: Secrets
  /** Of the owner of PostgreSQL's database. */
  adminUrl: string
  redisUrl: string
  amqpUrl: string
  logLevel: string
  /** Of the first gateway; default: any free one. */
  gatewayPort?: number
  /** Settings for the services that know them. */
  settings?: Record<string, string>
  /** Settings of every process, beside those that it is given here. */
  base?: Record<string, string>
  /** With these, processes call each other over TLS, as `localhost`. */
  tls?: TlsFiles
}

/** A process that is ready to be started, as often as it dies. */
export type PlatformProcess = {
  /** Such as `payment`, `payment-path.2`. */
  title: string
  /** The name of its group: the same for all copies. */
  group: string
  /** Of its admin port, where `/readyz` is asked. */
  adminUrl: string
  /** Of the gateway in it. */
  publicUrl?: string
  /**
   * @param log a file descriptor for its output; left out, it writes where we do
   * @param nodeOptions such as `--cpu-prof`
   */
  start(log?: number, nodeOptions?: string[]): ChildProcess
}

export type Platform = {
  processes: PlatformProcess[]
  gateways: string[]
  /** Where each service is called, one URL for each copy: the internal port, or the gateway's public one. */
  urls: Record<ServiceName, string[]>
}

const root = join(import.meta.dirname, '../../..')
const entry = join(import.meta.dirname, 'main.ts')

/** Where Node keeps what it compiled: a second start is quicker and needs no compiler for types in memory. */
const compiled = join(root, 'node_modules/.cache/bahi-compiled')

/** MiB of the young generation: what lives as long as a request is collected there and not promoted. */
const youngMiB = ({ services }: ProcessGroup) =>
  services.some((name) => ['gateway', 'payment', 'account'].includes(name)) ? 32 : 8

type Copy = { group: ProcessGroup; title: string; url: string; adminUrl: string; publicUrl?: string }

/** Migrates the database and gives each process of the layout its addresses and settings. Starts none. */
export async function preparePlatform(options: DistributedOptions): Promise<Platform> {
  const { secrets, adminUrl } = options
  await migrate(
    adminUrl,
    schemasOf((service) => secrets.passwords[service]!),
    reportingOf(secrets),
  )
  const copies = await copiesOf(options)
  const smtpPort = await freePort()
  const urls = Object.fromEntries(
    services.map(({ name }) => [
      name,
      copies
        .filter(({ group }) => group.services.includes(name))
        // The sandbox sends the network's messages to the public edge.
        .map(({ url, publicUrl }) => (name === 'gateway' ? publicUrl! : url)),
    ]),
  ) as Platform['urls']
  return {
    urls,
    gateways: copies.flatMap(({ publicUrl }) => publicUrl ?? []),
    processes: copies.map((copy) => {
      const env = environmentOf(copy, { ...options, urls, smtpPort })
      const { title, adminUrl, publicUrl, group } = copy
      return {
        title,
        group: group.name,
        adminUrl,
        ...(publicUrl ? { publicUrl } : {}),
        start: (log, nodeOptions = []) => startProcess(group, env, log, nodeOptions),
      }
    }),
  }
}

async function copiesOf({ layout, copies = 1, gatewayPort, tls }: DistributedOptions): Promise<Copy[]> {
  const all: Copy[] = []
  for (const group of layouts[layout] as readonly ProcessGroup[]) {
    const count = group.scales ? copies : 1
    for (let nth = 0; nth < count; nth++) {
      const title = count > 1 ? `${group.name}.${nth + 1}` : group.name
      const local = async (port?: number) => `http://127.0.0.1:${port ?? (await freePort())}`
      const url = tls ? `https://localhost:${await freePort()}` : await local()
      const copy: Copy = { group, title, url, adminUrl: await local() }
      const isGateway = group.services.includes('gateway')
      all.push(isGateway ? { ...copy, publicUrl: await local(nth === 0 ? gatewayPort : undefined) } : copy)
    }
  }
  return all
}

/** Keys and settings of its own services only. */
function environmentOf(
  { group, url, adminUrl: healthUrl, publicUrl }: Copy,
  options: DistributedOptions & { urls: Platform['urls']; smtpPort: number },
): Record<string, string> {
  const { secrets, adminUrl, smtpPort, urls, tls } = options
  const own = services.filter(({ name }) => group.services.includes(name))
  const ofEach = <T>(valueOf: (name: ServiceName) => T | undefined) =>
    JSON.stringify(Object.fromEntries(own.map(({ name }) => [name, valueOf(name)])))
  const has = (name: ServiceName) => group.services.includes(name)
  const given = {
    ...Object.assign({}, ...own.map(({ name }) => envOf(name, secrets))),
    ...options.settings,
  } as Record<string, string>
  const known = Object.entries(given).filter(([name]) => own.some(({ config }) => name in config.properties))
  const elsewhere = Object.entries(urls).filter(([name]) => !has(name as ServiceName))
  return {
    BAHI_MODE: 'sandbox',
    BAHI_LOG_LEVEL: options.logLevel,
    BAHI_HOST: '127.0.0.1',
    BAHI_INTERNAL_PORT: new URL(url).port,
    BAHI_ADMIN_PORT: new URL(healthUrl).port,
    ...(publicUrl ? { BAHI_PORT: new URL(publicUrl).port } : {}),
    BAHI_DRAIN_MS: '0',
    BAHI_UNREADY_AFTER_MS: '0',
    BAHI_DATA_KEYS: ofEach((name) => secrets.dataKeys[name]),
    BAHI_SIGNING_KEYS: ofEach((name) => secrets.keys.private[name]),
    BAHI_SERVICE_KEYS: JSON.stringify(secrets.keys.public),
    BAHI_SERVICE_URLS: JSON.stringify(Object.fromEntries(elsewhere)),
    BAHI_DATABASE_URLS: JSON.stringify(
      Object.fromEntries(
        own.flatMap(({ name, migrations }) =>
          migrations ? [[name, roleUrl(adminUrl, name, secrets.passwords[name]!)]] : [],
        ),
      ),
    ),
    ...(tls
      ? { BAHI_TLS_CERT_FILE: tls.certFile, BAHI_TLS_KEY_FILE: tls.keyFile, BAHI_TLS_CA_FILE: tls.caFile }
      : {}),
    REDIS_URL: options.redisUrl,
    AMQP_URL: options.amqpUrl,
    ...(has('gateway') ? sandboxRates : {}),
    ...(has('sandbox') ? { BAHI_SANDBOX_SMTP_PORT: String(smtpPort) } : {}),
    ...(has('notification') ? { BAHI_SMTP_URL: `smtp://127.0.0.1:${smtpPort}` } : {}),
    ...Object.fromEntries(known),
    ...options.base,
  }
}

function startProcess(
  group: ProcessGroup,
  env: Record<string, string>,
  log: number | undefined,
  nodeOptions: string[],
): ChildProcess {
  const young = `--max-semi-space-size=${youngMiB(group)}`
  const child = spawn(process.execPath, [young, ...nodeOptions, entry, ...group.services], {
    // In a process group of its own: Ctrl-C reaches it through us, in order.
    detached: true,
    stdio: ['ignore', log ?? 'inherit', log ?? 'inherit'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', NODE_COMPILE_CACHE: compiled, ...env },
  })
  stopWithParent(child, 'TERM')
  return child
}

/** Resolves to true when `/readyz` answers ok, to false after `timeoutMs` or when `givenUp` says so. */
export async function waitUntilReady(
  adminUrl: string,
  timeoutMs: number,
  givenUp: () => boolean,
): Promise<boolean> {
  for (const until = Date.now() + timeoutMs; Date.now() < until; await delay(50)) {
    if (givenUp()) return false
    const answer = await fetch(`${adminUrl}/readyz`, { signal: AbortSignal.timeout(3_000) }).catch(
      () => undefined,
    )
    await answer?.body?.cancel()
    if (answer?.ok) return true
  }
  return false
}

export function hasExited(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null
}

/** Asks it to stop; kills it when it has not ended after 15 s. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (hasExited(child)) return
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await ended
  clearTimeout(timer)
}
