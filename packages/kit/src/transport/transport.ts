// How a request reaches another service: over HTTP with kept-alive connections, or inside the process.
import { PassThrough, Readable } from 'node:stream'
import { defaultTimeoutMs, type Contract, type ServiceName } from '@bahi/contracts/contract.ts'
import { createCall, type Call } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { Pool } from 'undici'
import type { Trust } from './service-token.ts'
import { currentTrace } from '../trace.ts'

export type TransportRequest = {
  method: string
  path: string
  headers: Record<string, string>
  body?: Readable | Buffer | string
  /** From the first byte sent to the headers of the response. */
  timeoutMs: number
  signal?: AbortSignal
}
export type TransportResponse = {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Readable
}
/** Throws `timeout` or `unavailable`; any response is returned, whatever its status. */
export type Transport = (service: ServiceName, request: TransportRequest) => Promise<TransportResponse>

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

type Injectable = {
  inject(options: Record<string, unknown>): Promise<{
    statusCode: number
    headers: Record<string, unknown>
    rawPayload: Buffer
  }>
}

/** Services of the same process, without a socket between them. */
export function inProcessTransport(app: (service: ServiceName) => Injectable | undefined): Transport {
  return async (service, request) => {
    const target = app(service)
    if (!target) throw new Problem('unavailable', `${service} does not run here`)
    const answer = await target.inject({
      method: request.method,
      url: request.path,
      headers: request.headers,
      ...(request.body === undefined
        ? {}
        : {
            payload: request.body instanceof Readable ? request.body.pipe(new PassThrough()) : request.body,
          }),
    })
    return {
      status: answer.statusCode,
      headers: answer.headers as TransportResponse['headers'],
      body: Readable.from([answer.rawPayload]),
    }
  }
}

function asProblem(error: unknown, service: ServiceName): Problem {
  const code = (error as { code?: string }).code ?? ''
  if (error instanceof Problem) return error
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new Problem('timeout', `${service} did not answer in time`)
  }
  return new Problem('unavailable', `${service} cannot be reached`, { retryAfterS: 1 })
}

/** The headers of every call between services. */
export async function callHeaders(
  trust: Trust,
  caller: ServiceName,
  audience: ServiceName,
): Promise<Record<string, string>> {
  const trace = currentTrace()
  return {
    'x-bahi-service': await trust.mint(caller, audience),
    ...(trace ? { traceparent: trace.traceparent, 'x-request-id': trace.requestId } : {}),
  }
}

/** `call(contract, input)` for a service: signed, traced, with the contract's timeout. */
export function serviceCall(transport: Transport, trust: Trust, caller: ServiceName): Call {
  return createCall(async (contract: Contract, request) => {
    const answer = await transport(contract.service, {
      method: request.method,
      path: request.path,
      headers: { ...request.headers, ...(await callHeaders(trust, caller, contract.service)) },
      ...(request.body === undefined ? {} : { body: request.body }),
      timeoutMs: contract.timeoutMs ?? defaultTimeoutMs,
    })
    const chunks: Buffer[] = []
    try {
      for await (const chunk of answer.body) chunks.push(Buffer.from(chunk as Uint8Array))
    } catch (error) {
      throw asProblem(error, contract.service)
    }
    return { status: answer.status, headers: {}, body: Buffer.concat(chunks).toString('utf8') }
  })
}
