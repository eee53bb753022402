// How a request reaches another service: directly inside the process, or over HTTP.
import type { Readable } from 'node:stream'
import { createCall, type Call } from '@bahi/contracts/call.ts'
import { defaultTimeoutMs, type Contract, type ServiceName } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { identityIn } from '../http/principal.ts'
import { currentTrace } from '../trace.ts'
import { inSpan, type SpanAbout } from '../tracing/spans.ts'
import type { Trust } from './service-token.ts'

export type TransportRequest = {
  method: string
  path: string
  /** The route that `path` means, where it is known: a direct transport needs no router then. */
  route?: { contract: Contract; params: Record<string, string> }
  headers: Record<string, string>
  body?: Readable | Buffer | string
  /** From the first byte sent to the headers of the response. */
  timeoutMs: number
  signal?: AbortSignal
}
export type TransportResponse = {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Readable | Buffer
}
/** On an answer of a copy that did nothing: another one may be asked. */
export const notExecutedHeader = 'x-bahi-not-executed'

/** Throws `timeout` or `unavailable`; any response is returned, whatever its status. */
export type Transport = (service: ServiceName, request: TransportRequest) => Promise<TransportResponse>

/** The whole body. Throws what breaks off. */
export async function wholeBody(body: TransportResponse['body']): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks)
}

const bodyOf = (body: string | Uint8Array) => (typeof body === 'string' ? body : Buffer.from(body))

/** What went wrong on the way to a service, as its caller sees it. */
export function asProblem(error: unknown, service: ServiceName): Problem {
  const code = (error as { code?: string }).code ?? ''
  if (error instanceof Problem) return error
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new Problem('timeout', `${service} did not answer in time`)
  }
  return new Problem('unavailable', `${service} cannot be reached`, { retryAfterS: 1 })
}

/** The headers of a call between services: those given, and the token that covers who acts by them. */
export async function callHeaders(
  trust: Trust,
  caller: ServiceName,
  audience: ServiceName,
  given: Record<string, string> = {},
): Promise<Record<string, string>> {
  const token = await trust.mint(caller, audience, identityIn(given))
  return { ...given, 'x-bahi-service': token, ...traceHeaders() }
}

export function traceHeaders(): Record<string, string> {
  const trace = currentTrace()
  return trace ? { traceparent: trace.traceparent, 'x-request-id': trace.requestId } : {}
}

/** `call(contract, input)` for a service: signed, traced, with the contract's timeout. */
export function serviceCall(transport: Transport, trust: Trust, caller: ServiceName): Call {
  return createCall((contract: Contract, request) =>
    inSpan(callSpan(caller, contract), async () => {
      const answer = await transport(contract.service, {
        method: request.method,
        path: request.path,
        headers: await callHeaders(trust, caller, contract.service, request.headers),
        ...(request.body === undefined ? {} : { body: bodyOf(request.body) }),
        timeoutMs: contract.timeoutMs ?? defaultTimeoutMs,
      })
      try {
        return { status: answer.status, headers: {}, body: (await wholeBody(answer.body)).toString('utf8') }
      } catch (error) {
        throw asProblem(error, contract.service)
      }
    }),
  )
}

/** Of a call to a service in another process. */
export function callSpan(
  service: ServiceName,
  contract: { method: string; url: string; service: ServiceName },
): SpanAbout {
  const name = `${contract.method} ${contract.url}`
  return { service, kind: 'client', name, attributes: { 'peer.service': contract.service } }
}
