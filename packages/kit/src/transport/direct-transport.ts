// Calls and requests to services of the same process: no socket, no token, no JSON text between two services.
import { parse } from 'node:querystring'
import { Readable } from 'node:stream'
import type { Call, CallOptions, Input, Output, SentFile } from '@bahi/contracts/call.ts'
import { defaultTimeoutMs, type Contract, type ServiceName } from '@bahi/contracts/contract.ts'
import { fromDocument, Problem } from '@bahi/contracts/problem.ts'
import type { Clock } from '../clock.ts'
import { isText, type DirectRequest, type DirectRoutes } from '../http/direct-routes.ts'
import { directRoutesOf, type App } from '../http/http.ts'
import { identityIn } from '../http/principal.ts'
import { jsonCopy, refusalOfJson, tooLarge } from '../http/json-copy.ts'
import { responseCopy } from '../http/response-copy.ts'
import { serializerOf } from '../http/schemas.ts'
import { injectTransport } from './inject-transport.ts'
import type { Trust } from './service-token.ts'
import { traceHeaders, type Transport, type TransportRequest, type TransportResponse } from './transport.ts'

export type DirectOptions = {
  /** The app of a service that runs in this process. */
  app(service: ServiceName): App | undefined
  trust: Trust
  clock: Clock
}

/** `call(contract, input)` as that service, answered by a service of this process. */
export function directCall({ app, clock }: DirectOptions, caller: ServiceName): Call {
  return async <C extends Contract>(contract: C, input: Input<C>, options: CallOptions = {}) => {
    const routes = routesOf(app, contract.service)
    const { params, querystring, body } = input as Partial<Record<string, Record<string, unknown>>>
    const { file } = input as { file?: SentFile }
    const request: DirectRequest = {
      method: contract.method,
      url: contract.url,
      caller,
      headers: { ...options.headers, ...traceHeaders() },
      params: params ?? {},
      query: textsOf(querystring ?? {}),
      ...(body === undefined ? {} : { body: (limitBytes) => jsonCopy(body, limitBytes) }),
      ...(file ? { body: (limitBytes) => fileCopy(contract, file, limitBytes) } : {}),
      render: copyForCaller,
    }
    const answering = routes.answer(request)
    const answer = await within(clock, contract.service, contract.timeoutMs ?? defaultTimeoutMs, answering)
    if (answer.status >= 400) throw fromDocument(answer.payload, answer.status)
    return answer.payload as Output<C>
  }
}

function fileCopy({ upload }: Contract, { type, bytes }: SentFile, limitBytes: number): Buffer {
  if (!upload?.types.includes(type)) throw new Problem('media-type-unsupported')
  if (bytes.length > limitBytes) throw tooLarge(limitBytes)
  return Buffer.from(bytes)
}

function copyForCaller(payload: unknown, schema: object | undefined): unknown {
  if (payload === undefined || payload === null) return undefined
  if (isText(payload)) throw new Problem('internal', 'the answer is no JSON')
  return schema ? responseCopy(schema)(payload) : jsonCopy(payload, Infinity)
}

function routesOf(app: DirectOptions['app'], service: ServiceName): DirectRoutes {
  const found = app(service)
  const routes = found && directRoutesOf(found)
  // One of this process waits for its database.
  if (!routes) throw new Problem('unavailable', `${service} is starting`, { retryAfterS: 2 })
  return routes
}

/** As the URL of a call names them: undefined values are left out, lists repeat the name. */
function textsOf(query: Record<string, unknown>): DirectRequest['query'] {
  const texts: DirectRequest['query'] = {}
  for (const [name, value] of Object.entries(query)) {
    const all = (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined).map(String)
    if (all.length > 0) texts[name] = all.length === 1 ? all[0]! : all
  }
  return texts
}

async function within<T>(clock: Clock, service: ServiceName, timeoutMs: number, run: Promise<T>): Promise<T> {
  const answered = new AbortController()
  const late = clock.sleep(timeoutMs, answered.signal).then((): never => {
    throw new Problem('timeout', `${service} did not answer in time`)
  })
  try {
    return await Promise.race([run, late])
  } finally {
    late.catch(() => undefined)
    answered.abort()
  }
}

/** Raw requests of that service, as the gateway forwards them, answered by a service of this process. */
export function directTransport(options: DirectOptions, caller: ServiceName): Transport {
  const inject = injectTransport(options.app)
  return async (service, request) => {
    const app = options.app(service)
    const answer = () => answerRaw(app!, routesOf(options.app, service), caller, request)
    // What is not quite as the contract says is left to the HTTP parser and router.
    const injected = async () => {
      const token = await options.trust.mint(caller, service, identityIn(request.headers))
      const headers = { ...request.headers, 'x-bahi-service': token }
      return inject(service, { ...request, headers })
    }
    const answering = isPlain(request) ? answer() : injected()
    const aborted = request.signal && untilAborted(request.signal, service)
    answering.catch(() => undefined)
    const timed = within(options.clock, service, request.timeoutMs, answering)
    return aborted ? Promise.race([timed, aborted]) : timed
  }
}

function untilAborted(signal: AbortSignal, service: ServiceName): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => undefined)
  const stop = () => reject(new Problem('unavailable', `${service} cannot be reached`, { retryAfterS: 1 }))
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  return promise
}

function isPlain({ route, body, headers }: TransportRequest): boolean {
  if (!route) return false
  if (body === undefined) return headers['content-type'] === undefined
  if (body instanceof Readable || body.length === 0) return false
  return /^application\/json(;|$)/.test(headers['content-type'] ?? '')
}

async function answerRaw(
  app: App,
  routes: DirectRoutes,
  caller: ServiceName,
  { route, path, headers, body }: TransportRequest,
): Promise<TransportResponse> {
  const { contract, params } = route!
  const at = path.indexOf('?')
  const answer = await routes.answer({
    method: contract.method,
    url: contract.url,
    caller,
    headers,
    params,
    query: at === -1 ? {} : (parse(path.slice(at + 1)) as DirectRequest['query']),
    ...(body === undefined ? {} : { body: (limitBytes) => parseJson(app, String(body), limitBytes) }),
    render: textForCaller,
  })
  const { status, payload } = answer
  if (payload instanceof Readable) return { status, headers: answer.headers, body: payload }
  const whole = Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload))
  const type = whole.length > 0 ? { 'content-type': 'application/json; charset=utf-8' } : {}
  return {
    status,
    headers: { ...type, ...answer.headers, 'content-length': String(whole.length) },
    body: whole,
  }
}

function textForCaller(payload: unknown, schema: object | undefined): Buffer | Readable {
  if (payload === undefined || payload === null) return Buffer.alloc(0)
  if (Buffer.isBuffer(payload) || payload instanceof Readable) return payload
  if (typeof payload === 'string') return Buffer.from(payload)
  return Buffer.from(schema ? serializerOf(schema)(payload) : JSON.stringify(payload))
}

/** As the route's parser reads a body over HTTP. */
function parseJson(app: App, text: string, limitBytes: number): unknown {
  if (Buffer.byteLength(text) > limitBytes) throw tooLarge(limitBytes)
  const refusal = refusalOfJson(text)
  if (refusal) throw refusal
  let parsed: unknown
  void app.getDefaultJsonParser('error', 'error')(undefined as never, text, (error, value) => {
    if (error) throw error
    parsed = value
  })
  return parsed
}
