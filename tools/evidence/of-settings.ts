// Evidence of settings: which are in force, without what is secret; and whether connections are encrypted.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { BaseConfig } from '@bahi/kit/runtime/base-config.ts'
import { secretOf, type About } from '@bahi/kit/runtime/config.ts'
import { settingOf, type Env } from '@bahi/kit/runtime/environment.ts'
import { hostsIn, inClear, productionFaults, type ProductionSettings } from '@bahi/kit/runtime/production.ts'
import { services } from '@bahi/platform/services.ts'
import { operatorLimits } from '@bahi/payment/limits/operator-limits.ts'
import { closedLoopRows } from '@bahi/payment/requests/closed-loop.ts'
import { rulesInForceAt } from '@bahi/payment/rules/show-rules.ts'
import { parsed, reading, withoutUsers, type Evidence, type Found, type Source } from './source.ts'

type Setting = {
  name: string
  of: string[]
  state: 'set' | 'from a file' | 'default' | 'not set'
  /** Of what is not secret. */
  value?: unknown
}

function settingsInForce({ settings }: Evidence): Found {
  const env = settings()
  const found = new Map<string, Setting>()
  for (const [of, config] of [['every process', BaseConfig] as const, ...own()])
    for (const [name, about] of Object.entries(config.properties as Record<string, About>)) {
      const known = found.get(name)
      if (known) known.of.push(of)
      else found.set(name, { name, of: [of], ...inForce(name, about, env) })
    }
  const mode = settingOf('BAHI_MODE', env) ?? 'production'
  return {
    value: { settings: [...found.values()] },
    faults: mode === 'production' ? [] : [`BAHI_MODE is ${mode}: this is no production`],
  }
}

const own = () => services.map(({ name, config }) => [name, config] as const)

function inForce(
  name: string,
  { secret, default: otherwise }: About,
  env: Env,
): Omit<Setting, 'name' | 'of'> {
  const value = settingOf(name, env)
  if (value !== undefined) return { state: 'set', ...(secret ? {} : { value: withoutUsers(value) }) }
  if (secret && settingOf(`${name}_FILE`, env) !== undefined) return { state: 'from a file' }
  if (otherwise === undefined || otherwise === '') return { state: 'not set' }
  return {
    state: 'default',
    ...(secret ? {} : { value: typeof otherwise === 'string' ? withoutUsers(otherwise) : otherwise }),
  }
}

/** What a setting that is not secret says, or its default. */
export function valueInForce(name: string, env: Env): unknown {
  const about = own().map(([, { properties }]) => (properties as Record<string, About>)[name])
  return settingOf(name, env) ?? about.find((one) => one !== undefined)?.default
}

type Connection = { setting: string; of?: string; hosts: string[]; isEncrypted: boolean; isVerified: boolean }

async function connections(evidence: Evidence): Promise<Found> {
  const env = evidence.settings()
  const read = (name: string) => secretOf(name, env) ?? ''
  const urls = (name: string) => parsed(name, read(name) || '{}')
  const databaseUrls = urls('BAHI_DATABASE_URLS') as ProductionSettings['databaseUrls']
  const replicaUrls = urls('BAHI_REPLICA_URLS') as ProductionSettings['replicaUrls']
  const serviceUrls = urls('BAHI_SERVICE_URLS') as ProductionSettings['serviceUrls']
  const hasTls = settingOf('BAHI_TLS_CERT_FILE', env) !== undefined
  const cleartextHosts = settingOf('BAHI_CLEARTEXT_HOSTS', env) ?? ''
  const listed: Connection[] = [
    ...byService('BAHI_DATABASE_URLS', databaseUrls),
    ...byService('BAHI_REPLICA_URLS', replicaUrls),
    ...byService('BAHI_SERVICE_URLS', serviceUrls),
    ...['REDIS_URL', 'AMQP_URL', 'BAHI_SMTP_URL', 'BAHI_SMS_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT']
      .filter((name) => read(name) !== '')
      .map((name) => connection(name, read(name))),
  ]
  const isClear = inClear(cleartextHosts)
  const faults = productionFaults({
    services: Object.keys(databaseUrls) as ServiceName[],
    ...{ host: settingOf('BAHI_HOST', env) ?? '0.0.0.0', cleartextHosts, hasTls },
    ...{ databaseUrls, replicaUrls, serviceUrls },
    ...{ redisUrl: read('REDIS_URL'), amqpUrl: read('AMQP_URL'), blobs: settingOf('BAHI_BLOBS', env) },
    otlpEndpoint: settingOf('OTEL_EXPORTER_OTLP_ENDPOINT', env),
  })
  const clear = listed.filter(({ isEncrypted, hosts }) => !isEncrypted && hosts.some(isClear))
  return {
    value: { mode: settingOf('BAHI_MODE', env) ?? 'production', mutualTls: hasTls, cleartextHosts, listed },
    faults: [...faults, ...clear.map(({ setting, of = '' }) => `${setting} ${of} is in the clear`)],
  }
}

function byService(setting: string, urls: ProductionSettings['serviceUrls']): Connection[] {
  return Object.entries(urls).flatMap(([of, given]) =>
    [given].flat().map((url) => ({ ...connection(setting, url), of })),
  )
}

function connection(setting: string, url: string): Connection {
  const mode = /[?&](?:sslmode|ssl)=([^&]*)/.exec(url)?.[1] ?? ''
  const isPostgres = url.startsWith('postgres')
  const isEncrypted = isPostgres
    ? /^(require|verify|true)/.test(mode)
    : /^(https|rediss(-\w+)?|amqps|smtps):/.test(url)
  return {
    setting,
    hosts: hostsIn(url),
    isEncrypted,
    isVerified: isPostgres ? mode.startsWith('verify') : isEncrypted,
  }
}

/** What the server says; of connections of others only a member of `pg_read_all_stats` sees how they came. */
async function databaseConnections(evidence: Evidence): Promise<Found> {
  const value = await reading(
    evidence,
    async (tx) =>
      await tx<{ role: string; isSeen: boolean; isLocal: boolean; isEncrypted: boolean | null }[]>`
      select a.usename as role, a.query <> '<insufficient privilege>' as is_seen,
        coalesce(a.client_addr <<= '127.0.0.0/8' or a.client_addr = '::1', true) as is_local, s.ssl as is_encrypted,
        s.version, s.cipher, count(*) as connections
      from pg_stat_activity a left join pg_stat_ssl s using (pid)
      where a.datname = current_database() and a.usename is not null
      group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`,
  )
  const clear = value.filter(({ isSeen, isLocal, isEncrypted }) => isSeen && !isLocal && isEncrypted !== true)
  return { value, faults: clear.map(({ role }) => `${role} is connected in the clear`) }
}

/** Rows of the code, and those of the operator where settings are known. */
function rules({ settings, now }: Evidence): Found {
  let [env, unknown]: [Env, string[]] = [{}, []]
  try {
    env = settings()
  } catch {
    unknown = ['rules of the operator (BAHI_LIMITS, BAHI_CLOSED_LOOP_REQUESTS) are not known']
  }
  const limits = operatorLimits(settingOf('BAHI_LIMITS', env))
  const mode = settingOf('BAHI_MODE', env) === 'sandbox' ? 'sandbox' : 'production'
  const closedLoop = closedLoopRows(settingOf('BAHI_CLOSED_LOOP_REQUESTS', env), mode)
  return { value: rulesInForceAt(now, { limits, closedLoop }), faults: unknown }
}

/** What running processes say of themselves. */
async function processes({ urls, now }: Evidence): Promise<Found> {
  if (urls.length === 0) throw new Error('no process was named: --url <admin port>')
  const value: { url: string; readiness: number; builds: string[]; certificateEnds: string[] }[] = []
  for (const url of urls) {
    const answer = async (path: string) => fetch(new URL(path, url), { signal: AbortSignal.timeout(10_000) })
    const [ready, metrics] = [await answer('/readyz'), await (await answer('/metrics')).text()]
    const named = (metric: string) =>
      [...metrics.matchAll(new RegExp(`^${metric}\\{(.*)\\} (\\S+)$`, 'gm'))].map(([, of, at]) => ({
        of,
        at,
      }))
    value.push({
      url,
      readiness: ready.status,
      builds: named('bahi_build_info').map(({ of }) => of!),
      certificateEnds: named('bahi_certificate_expires_timestamp_seconds').map(
        ({ of, at }) => `${of}: ${new Date(Number(at) * 1_000).toISOString()}`,
      ),
    })
  }
  const away = value.filter(({ readiness }) => readiness !== 200)
  return { value: { at: now, processes: value }, faults: away.map(({ url }) => `${url} is not ready`) }
}

export const sourcesOfSettings: readonly Source[] = [
  { name: 'settings.json', about: 'settings in force, without secrets', collect: settingsInForce },
  { name: 'connections.json', about: 'encryption of connections, by the settings', collect: connections },
  {
    name: 'database-connections.json',
    about: 'encryption of connections, by the database',
    collect: databaseConnections,
  },
  { name: 'rules.json', about: 'dated rules in force, and those that come', collect: rules },
  { name: 'processes.json', about: 'versions and certificates of running processes', collect: processes },
]
