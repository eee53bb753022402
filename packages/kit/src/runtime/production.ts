// What production refuses: cleartext to other hosts, simulations, secrets that everybody knows.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { listOf } from './list-of.ts'

/** Whether a connection to that host would be in the clear: not this machine, and nothing else encrypts the way. */
export type InClear = (host: string) => boolean

export type ProductionSettings = {
  services: readonly ServiceName[]
  /** `BAHI_HOST`. */
  host: string
  /** `BAHI_CLEARTEXT_HOSTS`. */
  cleartextHosts: string
  hasTls: boolean
  databaseUrls: Partial<Record<ServiceName, string>>
  replicaUrls: Partial<Record<ServiceName, string>>
  serviceUrls: Partial<Record<ServiceName, string | string[]>>
  redisUrl: string
  amqpUrl: string
  blobs: string | undefined
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  otlpEndpoint: string | undefined
}

const knownPasswords = [
  'admin',
  'bahi',
  'changeme',
  'guest',
  'password',
  'postgres',
  'rabbitmq',
  'redis',
  'secret',
]

/** @param cleartextHosts hosts and domains with commas between them; `*`: any */
export function inClear(cleartextHosts: string): InClear {
  const allowed = listOf(cleartextHosts.toLowerCase())
  return (given) => {
    const host = given.toLowerCase()
    if (isLoopback(host)) return false
    return !allowed.some((one) => one === '*' || host === one || host.endsWith(`.${one}`))
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}

/** Every fault of the settings that all services have in common, each with what to do; none names a secret. */
export function productionFaults(settings: ProductionSettings): string[] {
  const isClear = inClear(settings.cleartextHosts)
  return [
    ...(settings.services.includes('sandbox')
      ? ['sandbox simulates the outside world: leave it out of this process']
      : []),
    ...[settings.databaseUrls, settings.replicaUrls].flatMap((urls) =>
      Object.entries(urls).flatMap(([name, url]) => databaseFaults(name, url, isClear)),
    ),
    ...serverFaults('REDIS_URL', 'Redis', settings.redisUrl, isClear),
    ...serverFaults('AMQP_URL', 'RabbitMQ', settings.amqpUrl, isClear),
    ...Object.entries(settings.serviceUrls).flatMap(([name, urls]) =>
      [urls].flat().some((url) => url.split(',').some((one) => isClearHttp(one.trim(), isClear)))
        ? [`BAHI_SERVICE_URLS calls ${name} in the clear: use https:// and set BAHI_TLS_CERT_FILE`]
        : [],
    ),
    ...internalPortFaults(settings, isClear),
    ...blobFaults(settings.blobs, isClear),
    ...(isClearHttp(settings.otlpEndpoint ?? '', isClear)
      ? ['OTEL_EXPORTER_OTLP_ENDPOINT reaches the collector in the clear: use https://']
      : []),
  ]
}

function isClearHttp(url: string, isClear: InClear): boolean {
  return url.startsWith('http:') && (!URL.canParse(url) || isClear(new URL(url).hostname))
}

/** What is wrong with `BAHI_ISSUER`, which is on the public internet. */
export function issuerFaults(issuer: string): string[] {
  const isOurs = issuer.startsWith('https://') && !issuer.endsWith('.local')
  return isOurs ? [] : ['BAHI_ISSUER is the public address of the platform: set it, with https://']
}

function databaseFaults(service: string, url: string, isClear: InClear): string[] {
  const of = `BAHI_DATABASE_URLS of ${service}`
  const mode = /[?&](?:sslmode|ssl)=([^&]*)/.exec(url)?.[1] ?? ''
  const isClearWay = hostsIn(url).some(isClear) && !mode.startsWith('verify')
  const why = mode === 'require' ? 'without a check of its certificate' : 'in the clear'
  return [
    ...(isClearWay
      ? [`${of} reaches PostgreSQL ${why}: add ?sslmode=verify-full, and its CA to BAHI_CA_FILES`]
      : []),
    ...passwordFaults(of, url, isClear),
  ]
}

function serverFaults(setting: string, server: string, url: string, isClear: InClear): string[] {
  const [scheme = ''] = url.split(':')
  const secure = scheme.replace(/^(redis|amqp)(?!s)/, '$1s')
  const isClearWay = secure !== scheme && hostsIn(url).some(isClear)
  return [
    ...(isClearWay
      ? [`${setting} reaches ${server} in the clear: use ${secure}://, and add its CA to BAHI_CA_FILES`]
      : []),
    ...passwordFaults(setting, url, isClear),
  ]
}

/** Servers of other hosts ask for one. */
function passwordFaults(setting: string, url: string, isClear: InClear): string[] {
  const [, user = '', password = ''] = /^[a-z-]+:\/\/([^/@:]*)(?::([^/@]*))?@/i.exec(url) ?? []
  if (password === '') return hostsIn(url).some(isClear) ? [`${setting} has no password`] : []
  const isKnown = password === user || knownPasswords.includes(password.toLowerCase())
  return isKnown ? [`${setting} has a password that everybody knows: choose another one`] : []
}

function internalPortFaults(settings: ProductionSettings, isClear: InClear): string[] {
  const { services, serviceUrls, hasTls, host } = settings
  const isCalled = services.some((name) => name !== 'gateway') && Object.keys(serviceUrls).length > 0
  if (hasTls || !isCalled || !isClear(host)) return []
  return ['BAHI_TLS_CERT_FILE is missing: other processes would call the internal port in the clear']
}

function blobFaults(blobs: string | undefined, isClear: InClear): string[] {
  const endpoint = /[?&]endpoint=([^&]*)/.exec(blobs ?? '')?.[1]
  if (endpoint === undefined || !isClearHttp(decodeURIComponent(endpoint), isClear)) return []
  return ['BAHI_BLOBS reaches its endpoint in the clear: use https://']
}

/** Of a URL that may name several, as those of Sentinel do. */
export function hostsIn(url: string): string[] {
  const authority = /^[a-z+-]+:\/\/(?:[^/@]*@)?([^/?#]*)/i.exec(url)?.[1] ?? ''
  return authority.split(',').map((host) => host.replace(/:\d+$/, ''))
}
