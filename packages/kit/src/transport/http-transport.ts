// Requests to services in other processes, over HTTP with kept-alive connections.
import { Readable } from 'node:stream'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { Pool } from 'undici'
import { asProblem, type Transport } from './transport.ts'

/** Base URLs of each service: one, several, or several with commas between them. Each one is a copy of the service. */
export type ServiceUrls = Partial<Record<ServiceName, string | string[]>>

type Copy = { pool: Pool; downUntilMs: number }

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
]

/**
 * Opens more connections than a service handles at once, so that the service sheds the excess in time instead of it
 * waiting here without a bound. The copies of a service take turns. A request goes to the next copy only when it never
 * reached the first one: a request that was sent and not answered may have been executed.
 */
export function httpTransport(urls: ServiceUrls, connections = 512): Transport & { close(): Promise<void> } {
  const services = new Map<ServiceName, { copies: Copy[]; turn: number }>()

  function copiesOf(service: ServiceName): Copy[] {
    const known = services.get(service) ?? { copies: open(urls[service]), turn: 0 }
    services.set(service, known)
    const at = known.turn++ % Math.max(known.copies.length, 1)
    const inTurn = [...known.copies.slice(at), ...known.copies.slice(0, at)]
    const now = performance.now()
    return inTurn.sort((a, b) => Number(a.downUntilMs > now) - Number(b.downUntilMs > now))
  }

  function open(given: string | string[] = []): Copy[] {
    const each = (Array.isArray(given) ? given : given.split(',')).map((url) => url.trim()).filter(Boolean)
    const options = { connections, pipelining: 1, connectTimeout: 2_000 }
    return each.map((url) => ({ pool: new Pool(url, options), downUntilMs: 0 }))
  }

  const transport: Transport = async (service, request) => {
    const copies = copiesOf(service)
    if (copies.length === 0) throw new Problem('unavailable', `no address is known for ${service}`)
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
        return { status: answer.statusCode, headers: answer.headers, body: answer.body }
      } catch (error) {
        const sent = !unsent.includes((error as { code?: string }).code ?? '')
        if (!sent) copy.downUntilMs = performance.now() + downMs
        // A stream cannot be sent twice.
        const last = nth === copies.length - 1 || request.body instanceof Readable || request.signal?.aborted
        if (sent || last) throw asProblem(error, service)
      }
    }
    throw new Problem('unavailable', `${service} cannot be reached`, { retryAfterS: 1 })
  }
  return Object.assign(transport, {
    close: async () => {
      await Promise.all(
        [...services.values()].flatMap(({ copies }) => copies.map((copy) => copy.pool.close())),
      )
    },
  })
}
