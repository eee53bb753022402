// Requests to services in other processes, over HTTP with kept-alive connections.
import { isIPv6 } from 'node:net'
import { Readable } from 'node:stream'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { Pool } from 'undici'
import { listOf } from '../runtime/list-of.ts'
import { hostAddresses, type Lookup } from './host-addresses.ts'
import type { ServiceTls } from './service-tls.ts'
import { asProblem, notExecutedHeader, type Transport } from './transport.ts'

/** Base URLs of each service: one, several, or several with commas between them. Each one is a copy of the service. */
export type ServiceUrls = Partial<Record<ServiceName, string | string[]>>

export type HttpTransportOptions = {
  /** To each copy; default 512: more than a service handles at once, so that it sheds the excess in time. */
  connections?: number
  /** What calls over `https:` are made with. */
  tls?: ServiceTls | undefined
  /** After this time host names are resolved again; default 5 s. */
  refreshMs?: number
  /** After this time a connection is replaced; default a minute. */
  lifetimeMs?: number
  lookup?: Lookup
}

type Copy = { url: string; address: string | undefined; pool: Pool; downUntilMs: number }
type Copies = { known: Map<string, Copy>; turn: number }

/** How long other copies are preferred after one refused a connection. */
const downMs = 500
/** Codes of errors that occur before anything was sent. */
const unsent = [
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  // The other side is not who we meant.
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]

/**
 * The copies of a service take turns: each of its URLs, and each address that the name in one resolves to. A request
 * goes to the next copy only when it never reached the first one, or that one answers that it did not execute it: a
 * request that was sent and not answered may have been executed.
 */
export function httpTransport(
  urls: ServiceUrls,
  { connections = 512, tls, refreshMs = 5_000, lifetimeMs = 60_000, lookup }: HttpTransportOptions = {},
): Transport & { close(): Promise<void> } {
  const services = new Map<ServiceName, Copies>()
  const parsed = new Map<ServiceName, { url: string; hostname: string }[]>()
  const addresses = hostAddresses(refreshMs, lookup)

  async function copiesOf(service: ServiceName): Promise<Copy[]> {
    const copies = services.get(service) ?? { known: new Map<string, Copy>(), turn: 0 }
    services.set(service, copies)
    const targets = await targetsOf(service)
    for (const { url, address } of targets) {
      const key = `${url} ${address ?? ''}`
      if (!copies.known.has(key))
        copies.known.set(key, { url, address, pool: open(url, address), downUntilMs: 0 })
    }
    const wanted = new Set(targets.map(({ url, address }) => `${url} ${address ?? ''}`))
    for (const [key, copy] of copies.known) {
      if (wanted.has(key)) continue
      copies.known.delete(key)
      retire(copy.pool)
    }
    const all = [...copies.known.values()]
    const at = copies.turn++ % Math.max(all.length, 1)
    const now = performance.now()
    return [...all.slice(at), ...all.slice(0, at)].sort(
      (a, b) => Number(a.downUntilMs > now) - Number(b.downUntilMs > now),
    )
  }

  function given(service: ServiceName): { url: string; hostname: string }[] {
    let known = parsed.get(service)
    if (!known) {
      const all = urls[service] ?? []
      const each = [all].flat().flatMap(listOf)
      parsed.set(service, (known = each.map((url) => ({ url, hostname: new URL(url).hostname }))))
    }
    return known
  }

  async function targetsOf(service: ServiceName): Promise<{ url: string; address: string | undefined }[]> {
    const targets = []
    for (const { url, hostname } of given(service)) {
      const found = addresses.of(hostname)
      // Without a wait for what is known: requests keep their order.
      const all = found instanceof Promise ? await found.catch(() => [undefined]) : (found ?? [undefined])
      for (const address of all) targets.push({ url, address })
    }
    return targets
  }

  function open(url: string, address: string | undefined): Pool {
    const { hostname, protocol } = new URL(url)
    const credentials = tls && protocol === 'https:' ? tls.current() : undefined
    const { cert, key, ca } = credentials ?? {}
    return new Pool(url, {
      connections,
      pipelining: 1,
      allowH2: false,
      // Not all of them at once.
      clientTtl: lifetimeMs * (0.8 + Math.random() * 0.4),
      connectTimeout: 2_000,
      connect: {
        ...(protocol === 'https:' ? { servername: hostname, maxCachedSessions: 0 } : {}),
        ...(credentials ? { cert, key, ca } : {}),
        ...(address === undefined ? {} : { lookup: alwaysTo(address) }),
      },
    })
  }

  // What is under way ends on the connection that it began on.
  tls?.onChange(() => {
    for (const { known } of services.values())
      for (const copy of known.values()) {
        retire(copy.pool)
        copy.pool = open(copy.url, copy.address)
      }
  })

  const transport: Transport = async (service, request) => {
    const copies = await copiesOf(service)
    if (copies.length === 0) throw new Problem('unavailable', `no address is known for ${service}`)
    // A stream cannot be sent twice.
    const isLast = (nth: number) =>
      nth === copies.length - 1 || request.body instanceof Readable || request.signal?.aborted === true
    for (const [nth, copy] of copies.entries()) {
      try {
        const answer = await copy.pool.request({
          method: request.method as 'GET',
          path: request.path,
          headers: request.headers,
          body: request.body ?? null,
          headersTimeout: request.timeoutMs,
          bodyTimeout: request.timeoutMs,
          ...(request.signal ? { signal: request.signal } : {}),
        })
        if (answer.headers[notExecutedHeader] !== undefined && !isLast(nth)) {
          copy.downUntilMs = performance.now() + downMs
          await answer.body.dump()
          continue
        }
        return { status: answer.statusCode, headers: answer.headers, body: answer.body }
      } catch (error) {
        const sent = !unsent.includes((error as { code?: string }).code ?? '')
        if (!sent) copy.downUntilMs = performance.now() + downMs
        if (sent || isLast(nth)) throw asProblem(error, service)
      }
    }
    throw new Problem('unavailable', `${service} cannot be reached`, { retryAfterS: 1 })
  }
  return Object.assign(transport, {
    close: async () => {
      await Promise.all(
        [...services.values()].flatMap(({ known }) => [...known.values()].map(({ pool }) => pool.close())),
      )
    },
  })
}

/** What is under way on it ends as it would have. */
function retire(pool: Pool): void {
  pool.close().catch(() => undefined)
}

/** Connects to this address in the name of the host, as `dns.lookup` would answer. */
function alwaysTo(address: string) {
  const family = isIPv6(address) ? 6 : 4
  return (
    _hostname: string,
    { all }: { all?: boolean },
    done: (error: null, found: string | { address: string; family: number }[], family?: number) => void,
  ) => (all ? done(null, [{ address, family }]) : done(null, address, family))
}
